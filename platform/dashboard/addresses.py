"""Delivery URLs as the pages show them: signed where they have to be."""

import time

from django.conf import settings

from accounts.models import Account, SigningKey
from images.models import Image
from images.signing import sign
from variants import address
from variants.models import Variant

DAY = 86_400
FOR_EVER = 0
# Signed options may be used without the account's switch for flexible variants: that is how thumbnails are made.
THUMBNAIL = "anim=false,fit=scale-down,format=webp,height=480,metadata=none,width=480"
PREVIEW = "fit=scale-down,format=webp,height=1200,metadata=none,width=1200"


def key_of(account: Account) -> str | None:
    """The text of the key that pages sign with: the account's first one. None when it has none."""
    key = SigningKey.objects.filter(account=account).order_by("id").first()
    return key.value if key else None


def delivery_url(account: Account, image: Image, wanted: str) -> str:
    """The plain URL of an image in a variant, or with options."""
    return settings.DELIVERY_URL + address.write(account.hash, image.public_id, wanted)


def signed_url(account: Account, image: Image, wanted: str, key: str | None, lifetime: int) -> str:
    """The same, opened by ``key`` for ``lifetime`` seconds from now; ``FOR_EVER`` leaves the end out."""
    url = delivery_url(account, image, wanted)
    if key is None:
        return url
    return sign(url, key, None if lifetime == FOR_EVER else int(time.time()) + lifetime)


def needs_signature(image: Image, variant: Variant) -> bool:
    """Whether this variant of a private image opens with a signature only."""
    return image.require_signed_urls and not variant.never_require_signed_urls


def shown_url(account: Account, image: Image, variant: Variant, key: str | None, lifetime: int = DAY) -> str:
    """The URL of an image in a variant that works: signed where it has to be."""
    if needs_signature(image, variant):
        return signed_url(account, image, variant.name, key, lifetime)
    return delivery_url(account, image, variant.name)


def picture_url(account: Account, image: Image, key: str | None, options: str = THUMBNAIL) -> str:
    """The image with ``options``, for our own pages: signed until the end of tomorrow.

    The URL stays the same for a day, and with it the copy that a browser keeps.
    """
    url = delivery_url(account, image, options)
    return sign(url, key, (int(time.time()) // DAY + 2) * DAY) if key else url
