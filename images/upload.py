"""The only way in: API, dashboard, widget, demo and import all end in :func:`receive`."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.models import Account
from images import counting, filenames, focal, ids, metadata
from images.arrival import arriving
from images.errors import FieldInvalid, IdTaken
from images.models import Image, digest_of
from images.signals import original_stored
from images.text import is_plain

LONGEST_CREATOR = 1024


def receive(
    account: Account,
    file: Path,
    *,
    filename: str,
    public_id: str | None = None,
    meta: dict[str, Any] | None = None,
    creator: str | None = None,
    require_signed_urls: bool = False,
    focal_point: focal.Point | None = None,
) -> Image:
    """Make an image of ``file``: afterwards its bytes are in storage and it is in the database, or nothing is.

    ``public_id`` None makes a new id; ``filename`` is cleaned here. Raises ``ImageFault``, ``BoxFault``.
    """
    image = prepare(account, public_id, meta, creator, require_signed_urls, focal_point)
    image.filename = filenames.clean(filename)
    refuse_taken(image)
    counting.refuse_when_full(account)
    with arriving(image, file) as accept, transaction.atomic():
        insert(image)
        counting.add(account)
        accept()
    transaction.on_commit(lambda: original_stored.send(Image, image=image))
    return image


def prepare(
    account: Account,
    public_id: str | None,
    meta: dict[str, Any] | None,
    creator: str | None,
    require_signed_urls: bool,
    focal_point: focal.Point | None = None,
) -> Image:
    """An image with these fields, checked and not saved. Raises ``IdInvalid`` or ``FieldInvalid``."""
    image = Image(account=account, public_id=ids.make() if public_id is None else ids.check(public_id))
    image.meta = metadata.check(meta or {})
    image.creator = check_creator(creator)
    image.focal_point = focal.check(focal_point)
    image.require_signed_urls = require_signed_urls
    check_privacy(image)
    return image


def check_creator(creator: str | None) -> str | None:
    """``creator`` as it stands; raises ``FieldInvalid`` when it is too long or cannot be kept."""
    if creator is not None and (len(creator) > LONGEST_CREATOR or not is_plain(creator)):
        raise FieldInvalid(f"creator: expected at most {LONGEST_CREATOR} characters without control characters")
    return creator


def check_privacy(image: Image) -> None:
    """Raise ``FieldInvalid`` for a private image with a chosen id, where the strict mode is on."""
    if image.require_signed_urls and ids.is_custom(image.public_id) and not settings.CUSTOM_IDS_MAY_BE_PRIVATE:
        raise FieldInvalid("requireSignedURLs: an image with a custom id cannot be private; leave out one of the two")


def refuse_taken(image: Image) -> None:
    """Raise ``IdTaken`` when the id exists; :func:`insert` decides, this saves the work before it."""
    if Image.objects.filter(account=image.account, public_id_digest=digest_of(image.public_id)).exists():
        raise IdTaken("Resource already exists: choose another id, or delete the image that has this one")


def insert(image: Image) -> None:
    """Save a new row. Raises ``IdTaken``."""
    try:
        with transaction.atomic():
            image.save(force_insert=True)
    except IntegrityError:
        refuse_taken(image)
        raise
