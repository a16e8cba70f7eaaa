"""What a request asks for, worked out to the last detail: options, format, and the digest that names the result.

The digest is both cache key and strong ETag, so it must cover everything that can change a byte. It is computed from
what is known, never from the result: a 304 needs neither storage nor libvips.
"""

import functools
import hashlib
import json
import re
from collections import OrderedDict
from dataclasses import dataclass, replace

from django.conf import settings

from images import svg
from variants import cache, hints, lookers, negotiate, policy, table
from variants.address import Address, decode
from variants.bare import VERSION as BARE
from variants.errors import Unconvertible, VariantNotFound
from variants.facts import AccountFacts, ImageFacts, VariantFacts
from variants.limits import Limits
from variants.lookers import Look
from variants.needs import of_sight
from variants.notation import body, url
from variants.options.option import Options
from variants.serving import PLAIN, Serving, serving_of

BLIND_WARNING = "the inference service is away: the picture was cut without looking at it"
CREDENTIALS_WARNING = "content credentials (C2PA) are not kept in renditions"
# Moves only when the layout of the digest itself changes.
SCHEME = 1
# Orders that are remembered, and the longest request for one (characters): both come from outside.
REMEMBERED, LONGEST = 20_000, 1000
# Groups of options that say something of pixels.
PIXELS = frozenset({"transform", "draw", "output"})
NOT_IN_ETAG = re.compile(r"[^!#-~]")

# The images that are drawn on another one, with their ids.
Pictures = tuple[tuple[str, ImageFacts], ...]


@dataclass(frozen=True, slots=True)
class Order:
    """One rendition to be delivered. ``browser_ttl`` is in seconds; ``epochs`` are those of account, image, variant.

    ``pictures`` are the images that are drawn, ``seen`` is what the browser told, ``serving`` how it is handed over.
    ``on_drawings`` is what the policy does to the images that are drawn before anything else is done to them.
    ``degraded`` marks an answer that is worse than what was asked for: never stored, soon asked for anew. ``looks`` are
    what must be known of the pictures.
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
    pictures: Pictures = ()
    seen: hints.Seen = hints.NOTHING
    serving: Serving = PLAIN
    looks: tuple[Look, ...] = ()
    on_drawings: tuple[Options, ...] = ()

    @property
    def images(self) -> dict[str, ImageFacts]:
        """By id; "" is the one that is delivered."""
        return {"": self.image, **dict(self.pictures)}

    @property
    def etag(self) -> str:
        """The strong validator, quoted."""
        digest = f"{self.digest}-d" if self.degraded else self.digest
        if self.image.origin and not self.degraded:
            digest = f"cf-{digest}:{NOT_IN_ETAG.sub('', self.image.origin.etag.removeprefix('W/'))}"
        return f'"{digest}"'


@functools.cache
def limits() -> Limits:
    """The limits of the settings."""
    return Limits(
        max_side=settings.MAX_SIDE,
        max_pixels=settings.MAX_PIXELS,
        animated_max_area=settings.ANIMATED_MAX_AREA,
        avif_max_area=settings.AVIF_MAX_AREA,
        avif_effort=settings.AVIF_EFFORT,
        search_max_area=settings.SEARCH_MAX_AREA,
    )


def variant_of(account: AccountFacts, address: Address) -> VariantFacts | None:
    """The variant that an address names; None when it holds options. Raises ``VariantNotFound``."""
    if address.names_options:
        return None
    variant = account.variants.get(decode(address.wanted))
    if variant is None:
        raise VariantNotFound("This account doesn't have variant with this name")
    return variant


_remembered: OrderedDict[tuple[str, str, str | None, hints.Seen], tuple[AccountFacts, Pictures, Order]] = OrderedDict()


def order_for(
    account: AccountFacts,
    image: ImageFacts,
    variant: VariantFacts | None,
    wanted: str,
    accept: str | None,
    pictures: Pictures = (),
    seen: hints.Seen = hints.NOTHING,
) -> Order:
    """The order for ``variant``, or for the options ``wanted`` (raw) where it is None.

    Remembered for as long as the facts are the same, so that a hit parses and negotiates nothing. Raises
    ``VariantFault``.
    """
    asked = (image.uuid, wanted, accept, seen)
    remembered = _remembered.get(asked)
    if remembered is not None and _holds(remembered, account, image, pictures):
        _remembered.move_to_end(asked)
        return remembered[2]
    order = _order(account, image, variant, wanted, accept, pictures, seen)
    if len(wanted) + len(accept or "") <= LONGEST:
        _remembered[asked] = (account, pictures, order)
        if len(_remembered) > REMEMBERED:
            _remembered.popitem(last=False)
    return order


def _holds(
    remembered: tuple[AccountFacts, Pictures, Order], account: AccountFacts, image: ImageFacts, pictures: Pictures
) -> bool:
    """Whether nothing has changed since an order was worked out."""
    order = remembered[2]
    same = remembered[:2] == (account, pictures) and order.image is image
    return same and all(map(lookers.is_current, order.looks))


def degraded(account: AccountFacts, order: Order) -> Order:
    """The same order for a browser that knows no AVIF: what is sent when making an AVIF has failed."""
    target = negotiate.negotiate(order.chain, "image/webp", source_of(order.image), limits())
    parts = order.epochs, order.chain, target, order.pictures, order.looks, order.on_drawings
    digest = _digest(account, order.image, order.variant, *parts)
    return replace(
        order,
        target=target,
        warnings=(*order.warnings, "AVIF failed"),
        digest=digest,
        key=cache.key_of(account.id, order.image.uuid, digest),
        degraded=True,
    )


def blind(order: Order) -> Order:
    """The same order when nobody can look at the pictures just now, and gravity alone had asked for that."""
    return replace(order, warnings=(*order.warnings, BLIND_WARNING), degraded=True, looks=())


def source_of(image: ImageFacts) -> negotiate.Source:
    """What negotiation and rendering need to know of an original."""
    return negotiate.Source(image.format, image.width, image.height, image.frames, image.has_alpha, image.size)


def _order(
    account: AccountFacts,
    image: ImageFacts,
    variant: VariantFacts | None,
    wanted: str,
    accept: str | None,
    pictures: Pictures,
    seen: hints.Seen,
) -> Order:
    chain: tuple[Options, ...]
    ttl: int | None = None
    warnings: tuple[str, ...] = ()
    if variant:
        steps = body.check_chain(variant.options)
        ttl, chain = table.merged(steps).browser_ttl, steps
    else:
        parsed = url.parse(wanted)
        chain, warnings = parsed.chain, parsed.warnings
        if image.origin and "format" not in parsed.named:
            accept = None  # from elsewhere: JPEG or PNG, unless more is asked for
    serving, chain = serving_of(chain), hints.applied(chain, seen)
    first = policy.steps_of(account.policy)
    if first:
        policy.check(chain, image.format, accept)
    chain, on_drawings = (*first, *chain), policy.on_drawings(first)
    target = negotiate.negotiate(chain, accept, source_of(image), limits())
    if image.origin and accept is None and target.negotiated:
        target = replace(target, negotiated=False)
    chain = tuple(_of_pixels(step) for step in chain)
    if image.format == negotiate.VECTOR != target.format and not account.svg_rasterize:
        raise Unconvertible("Conversion between SVG and raster formats is not supported")
    epochs = (account.epoch, image.epoch, variant.epoch if variant else 0)
    name = variant.name if variant else ""
    looks = _looks(account, chain, {"": image, **dict(pictures)}, on_drawings)
    digest = _digest(account, image, name, epochs, chain, target, pictures, looks, on_drawings)
    return Order(
        account_id=account.id,
        image=image,
        variant=name,
        chain=chain,
        target=target,
        warnings=(*warnings, *target.warnings, *_of_credentials(account, chain, target)),
        browser_ttl=account.browser_ttl if ttl is None else ttl,
        epochs=epochs,
        digest=digest,
        # An original that is delivered as it is needs no copy of itself.
        key=image.storage_key if target.untransformed else cache.key_of(account.id, image.uuid, digest),
        pictures=pictures,
        seen=seen,
        serving=serving,
        looks=looks,
        on_drawings=on_drawings,
    )


def _looks(
    account: AccountFacts, chain: tuple[Options, ...], images: dict[str, ImageFacts], on_drawings: tuple[Options, ...]
) -> tuple[Look, ...]:
    """What must be known of which image. Where a person chose the point, gravity needs no model."""
    return tuple(
        look
        for sights in of_sight(chain, on_drawings)
        for look in lookers.looks(sights, aims=not images[sights.image_id].point, masks=account.segment_model)
    )


def _of_credentials(account: AccountFacts, chain: tuple[Options, ...], target: negotiate.Target) -> tuple[str, ...]:
    """Content credentials vouch for bytes that are no longer these; libvips does not carry them over either."""
    lost = account.preserve_content_credentials and not target.untransformed
    return (CREDENTIALS_WARNING,) if lost and table.merged(chain).metadata != "none" else ()


def _of_pixels(options: Options) -> Options:
    """``options`` without those that say nothing of pixels: they don't belong into the digest."""
    return table.make({name: value for name, value in options.items() if table.TABLE[name].group in PIXELS})


def _digest(
    account: AccountFacts,
    image: ImageFacts,
    variant: str,
    epochs: tuple[int, int, int],
    chain: tuple[Options, ...],
    target: negotiate.Target,
    pictures: Pictures,
    looks: tuple[Look, ...],
    on_drawings: tuple[Options, ...],
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
        (target.format, target.animated, target.untransformed, BARE if target.copied else 0, *target.formats),
        table.versions(chain, target.format, limits()),
        svg.VERSION if image.format == negotiate.VECTOR else 0,
        account.preserve_content_credentials,
        [(picture.sha256, picture.point) if picture.point else picture.sha256 for _, picture in pictures],
        # Only where there is one: an image without keeps the keys that it had.
        *([image.point] if image.point else ()),
        *([f"{look.image_id}: {look.task} {look.identity}" for look in looks]),
        *([{"on drawings": url.write(on_drawings)}] if on_drawings else ()),
    )
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
