"""What a request asks for, worked out to the last detail: options, format, and the digest that names the result.

The digest is both cache key and strong ETag, so it must cover everything that can change a byte. It is computed from
what is known, never from the result: a 304 needs neither storage nor libvips.
"""

import functools
import hashlib
import json
from collections import OrderedDict
from dataclasses import dataclass

from django.conf import settings

from variants import cache, negotiate, table
from variants.address import Address, decode
from variants.errors import VariantNotFound
from variants.facts import AccountFacts, ImageFacts, VariantFacts
from variants.limits import Limits
from variants.notation import body, url
from variants.options.option import Options

# Moves only when the layout of the digest itself changes.
SCHEME = 1
# Orders that are remembered, and the longest request for one (characters): both come from outside.
REMEMBERED, LONGEST = 20_000, 1000


_remembered: "OrderedDict[tuple[str, str, str | None], tuple[AccountFacts, Order]]" = OrderedDict()


@dataclass(frozen=True, slots=True)
class Order:
    """One rendition to be delivered. ``browser_ttl`` is in seconds; ``epochs`` are those of account, image, variant.

    ``degraded`` marks an answer that is worse than what was asked for: never stored, soon asked for anew.
    """

    account_id: str
    image: ImageFacts
    variant: str
    chain: tuple[Options, ...]
    target: negotiate.Target
    warnings: tuple[str, ...]
    browser_ttl: int
    epochs: tuple[int, int, int]
    digest: str
    key: str
    degraded: bool = False

    @property
    def etag(self) -> str:
        """The strong validator, quoted."""
        return f'"{self.digest}-d"' if self.degraded else f'"{self.digest}"'


@functools.cache
def limits() -> Limits:
    """The limits of the settings."""
    return Limits(
        max_side=settings.MAX_SIDE,
        max_pixels=settings.MAX_PIXELS,
        animated_max_area=settings.ANIMATED_MAX_AREA,
        avif_max_area=settings.AVIF_MAX_AREA,
        avif_effort=settings.AVIF_EFFORT,
    )


def variant_of(account: AccountFacts, address: Address) -> VariantFacts | None:
    """The variant that an address names; None when it holds options. Raises ``VariantNotFound``."""
    if address.names_options:
        return None
    variant = account.variants.get(decode(address.wanted))
    if variant is None:
        raise VariantNotFound("This account doesn't have variant with this name")
    return variant


def order_for(
    account: AccountFacts, image: ImageFacts, variant: VariantFacts | None, wanted: str, accept: str | None
) -> Order:
    """The order for ``variant``, or for the options ``wanted`` (raw) where it is None.

    Remembered for as long as the facts are the same, so that a hit parses and negotiates nothing. Raises
    ``VariantFault``.
    """
    asked = (image.uuid, wanted, accept)
    remembered = _remembered.get(asked)
    if remembered is not None and remembered[0] is account and remembered[1].image is image:
        _remembered.move_to_end(asked)
        return remembered[1]
    order = _order(account, image, variant, wanted, accept)
    if len(wanted) + len(accept or "") <= LONGEST:
        _remembered[asked] = (account, order)
        if len(_remembered) > REMEMBERED:
            _remembered.popitem(last=False)
    return order


def degraded(account: AccountFacts, order: Order) -> Order:
    """The same order for a browser that knows no AVIF: what is sent when making an AVIF has failed."""
    target = negotiate.negotiate(order.chain, "image/webp", source_of(order.image), limits())
    digest = _digest(account, order.image, order.variant, order.epochs, order.chain, target)
    return Order(
        account_id=order.account_id,
        image=order.image,
        variant=order.variant,
        chain=order.chain,
        target=target,
        warnings=(*order.warnings, "AVIF failed"),
        browser_ttl=order.browser_ttl,
        epochs=order.epochs,
        digest=digest,
        key=cache.key_of(account.id, order.image.uuid, digest),
        degraded=True,
    )


def source_of(image: ImageFacts) -> negotiate.Source:
    """What negotiation and rendering need to know of an original."""
    return negotiate.Source(image.format, image.width, image.height, image.frames, image.has_alpha, image.size)


def _order(
    account: AccountFacts, image: ImageFacts, variant: VariantFacts | None, wanted: str, accept: str | None
) -> Order:
    chain: tuple[Options, ...]
    ttl: int | None = None
    warnings: tuple[str, ...] = ()
    if variant:
        options = body.check(variant.options)
        ttl, chain = options.browser_ttl, (_of_pixels(options),)
    else:
        parsed = url.parse(wanted)
        chain, warnings = parsed.chain, parsed.warnings
    target = negotiate.negotiate(chain, accept, source_of(image), limits())
    epochs = (account.epoch, image.epoch, variant.epoch if variant else 0)
    name = variant.name if variant else ""
    digest = _digest(account, image, name, epochs, chain, target)
    return Order(
        account_id=account.id,
        image=image,
        variant=name,
        chain=chain,
        target=target,
        warnings=(*warnings, *target.warnings),
        browser_ttl=account.browser_ttl if ttl is None else ttl,
        epochs=epochs,
        digest=digest,
        # An original that is delivered as it is needs no copy of itself.
        key=image.storage_key if target.untransformed else cache.key_of(account.id, image.uuid, digest),
    )


def _of_pixels(options: Options) -> Options:
    """``options`` without those that say nothing of pixels: they don't belong into the digest."""
    return table.make({name: value for name, value in options.items() if name != table.BROWSER_TTL.name})


def _digest(
    account: AccountFacts,
    image: ImageFacts,
    variant: str,
    epochs: tuple[int, int, int],
    chain: tuple[Options, ...],
    target: negotiate.Target,
) -> str:
    """SHA-256, in hex, over everything that can change a byte of the result."""
    parts = (
        SCHEME,
        account.id,
        image.uuid,
        image.sha256,
        variant,
        epochs,
        url.write(chain),
        (target.format, target.animated, target.untransformed),
        table.versions(chain, target.format, limits()),
        account.preserve_content_credentials,
    )
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
