"""The wire shapes: the only place where our names become those of the API."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from accounts.models import Account, Origin, SigningKey
from images import focal
from images.models import Image
from variants import address
from variants.models import Variant


def wire_image(image: Image, account: Account, variants: Iterable[Variant]) -> dict[str, Any]:
    """The Image object: members that are not known or set are left out, ``draft`` is there only while it is one."""
    wire: dict[str, Any] = {
        "id": image.public_id,
        "meta": image.meta,
        "uploaded": instant(image.uploaded),
        "requireSignedURLs": image.require_signed_urls,
        "variants": [delivery_url(account, image, variant.name) for variant in variants],
    }
    if image.filename:
        wire["filename"] = image.filename
    if image.creator is not None:
        wire["creator"] = image.creator
    if image.focal_point is not None:
        wire[focal.NAME] = focal.written(image.focal_point)
    if image.draft:
        wire["draft"] = True
    return wire


def wire_variant(variant: Variant) -> dict[str, Any]:
    """The Variant object, its options as they were sent."""
    return {
        "id": variant.name,
        "options": variant.options,
        "neverRequireSignedURLs": variant.never_require_signed_urls,
    }


def wire_keys(keys: Iterable[SigningKey]) -> dict[str, Any]:
    """All signing keys with their texts."""
    return {"keys": [{"name": key.name, "value": key.value} for key in keys]}


def wire_origin(origin: Origin) -> dict[str, Any]:
    """The Origin object."""
    return {"id": str(origin.pk), "host": origin.host, "path_prefix": origin.path_prefix}


def delivery_url(account: Account, image: Image, wanted: str) -> str:
    """The unsigned URL of ``image`` in a variant."""
    return settings.DELIVERY_URL + address.write(account.hash, image.public_id, wanted)


def instant(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: ``2022-01-31T16:39:28.458Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def instant_in_nanoseconds(moment: datetime) -> str:
    """The same with nine fractional digits, as the batch token's end is written."""
    nanoseconds = (moment - moment.replace(microsecond=0)) // timedelta(microseconds=1) * 1000
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{nanoseconds:09d}Z"
