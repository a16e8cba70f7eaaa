"""Who may see a rendition: everybody, or who has a signature that opens it."""

import time

from images import signing
from images.errors import SignatureMissing
from variants.address import Address
from variants.errors import FlexibleOff
from variants.facts import AccountFacts, ImageFacts, VariantFacts
from variants.needs import Needs
from variants.order import Pictures

FOR_EVER = 2**31


def admitted(
    account: AccountFacts,
    image: ImageFacts,
    variant: VariantFacts | None,
    pictures: Pictures,
    address: Address,
    query: str,
    needed: Needs,
) -> int | None:
    """None for what everybody may see, else the seconds that the signature still opens it. ``query`` is raw.

    Options in the URL are for everybody only where the account switched them on; those it signed are always its own.
    A private image is drawn by a variant of the account, or by options that it signed. Its own bytes always need a
    signature, and so does what explains how it was made. Of pictures of other origins all else is for everybody, since
    the account has allowed where they come from.
    Raises ``SignatureFault``, ``FlexibleOff``.
    """
    switched_off = variant is None and not account.flexible_variants and bool(address.spellings)
    opened = variant and variant.never_require_signed_urls and not variant.untouched
    private = (image.require_signed_urls and not opened) or needed.explains
    if pictures and variant is None:
        private |= any(picture.require_signed_urls for _, picture in pictures)
    if not private and not switched_off:
        return None
    if not address.spellings:
        raise SignatureMissing("pictures of other origins have no signed URLs, so nothing private can be shown in them")
    path, *alternatives = address.spellings
    now = time.time()
    try:
        exp = signing.verify(path, query, account.keys, now, alternatives)
    except SignatureMissing:
        if switched_off:
            raise FlexibleOff("flexible variants are not enabled for this account; sign the URL") from None
        raise
    return FOR_EVER if exp is None else int(exp - now)
