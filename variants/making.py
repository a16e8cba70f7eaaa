"""From an order to its bytes: found, or made once however many ask, and kept."""

import functools
import logging
from dataclasses import replace
from pathlib import Path

from images.errors import Missing
from images.storage import storage
from variants import box, cache, errors, remote, sight, threads
from variants.encoders import ENCODERS
from variants.facts import AccountFacts, ImageFacts
from variants.flight import Flights
from variants.ledger import Ledger, Made
from variants.order import Order, blind, degraded, limits, source_of

log = logging.getLogger(__name__)
flights: Flights[cache.Kept] = Flights()
ledger = Ledger()


async def settle() -> None:
    """Finish what is under way, and write what is to be remembered of it."""
    await remote.flights.settle()
    await flights.settle()
    await sight.settle()
    await ledger.settle()


async def found(order: Order) -> cache.Kept | None:
    """What was made before."""
    return await cache.find(order.digest, order.key, order.image.uuid if order.target.searched else None)


async def awaited(account: AccountFacts, order: Order) -> tuple[Order, cache.Kept, bool]:
    """Have it made; the order that was fulfilled, its bytes, and whether it was there after all."""
    try:
        return await _once(order)
    except errors.NotSeen:
        if any(look.needed for look in order.looks):
            raise
        return await awaited(account, blind(order))
    except errors.CannotEncode:
        if order.target.format != "avif" or not order.target.negotiated:
            raise
        return await _once(degraded(account, order))


async def _once(order: Order) -> tuple[Order, cache.Kept, bool]:
    rendered = False

    async def look() -> cache.Kept | None:
        return None if order.degraded else await found(order)

    async def make() -> cache.Kept:
        nonlocal rendered
        rendered = True
        if order.target.untransformed:
            raise Missing(order.key)
        log.info("rendering %s", order.key)
        return await _made(order)

    kept = await flights.once(order.digest + "d" * order.degraded, look, make, functools.partial(_keep, order))
    return order, kept, not rendered


async def _made(order: Order) -> cache.Kept:
    """A new rendition; where only its bytes were lost, with the format and the quality it had, without trials."""
    told = await cache.told(order.image.uuid, order.digest) if order.target.searched else None
    target = order.target
    if told and told.quality:
        form = next(name for name, encoder in ENCODERS.items() if encoder.mime == told.mime)
        target = replace(target, format=form, formats=())
    else:
        told = None
    quality = told.quality if told else None
    seen = await sight.seen(order.account_id, order.looks, order.images, limits())
    original, drawn = await _original(order.image), await _drawn(order)
    about = target, limits(), source_of(order.image)
    made = await box.render(original, order.chain, *about, quality, drawn, seen, order.on_drawings)
    if told is None and (target.searched or made.warnings):
        mime = ENCODERS[made.format].mime if target.searched else target.mime
        told = cache.Told(mime, made.quality if target.searched else None, made.warnings)
    return cache.Kept(len(made.body), made.body, told=told)


async def _keep(order: Order, kept: cache.Kept) -> None:
    """Remember what was made, unless it is worse than what was asked for."""
    if order.degraded or (order.image.origin and not order.image.origin.kept):
        return
    cache.memory.put(order.digest, kept)
    told = kept.told or cache.Told(order.target.mime)
    await cache.keep(order.key, kept.body, told.mime)
    if order.image.origin:
        return await remote.note_made(order.account_id, order.image, kept.size)
    ledger.note(
        Made(
            account_id=order.account_id,
            image_uuid=order.image.uuid,
            variant=order.variant,
            digest=order.digest,
            mime=told.mime,
            size=kept.size,
            storage_key=order.key,
            epochs=order.epochs,
            quality=told.quality,
            warnings=told.warnings,
        )
    )


async def _original(image: ImageFacts) -> Path | bytes:
    """The original as a path where it lies on this machine, else its bytes."""
    path = storage().path(image.storage_key)
    return path if path else await threads.in_thread(storage().get, image.storage_key)


async def _drawn(order: Order) -> dict[str, Path | bytes]:
    """The originals of the images that are drawn. Raises ``OverlayNotFound`` for one that has just gone."""
    originals = {}
    for image_id, picture in order.pictures:
        try:
            originals[image_id] = await _original(picture)
        except Missing:
            raise errors.OverlayNotFound(image_id) from None
    return originals
