"""The life of a delivery request: plain values in, an answer out. Nothing here blocks the process.

``deliver`` is a straight line; what can go wrong leaves it as an exception, and the table in :mod:`variants.refusals`
turns that into an answer.
"""

import functools
import logging
import time
from collections.abc import Hashable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from images import signing
from images.box import the_box
from images.errors import ImageNotFound, Missing, SignatureMissing
from images.storage import storage
from variants import box, cache, errors, facts, headers, hints, moment, remote, remote_address, rescue, threads
from variants.address import PREFIX, Address, Site, is_delivery, parse, parse_on
from variants.encoders import ENCODERS
from variants.facts import AccountFacts, ImageFacts, VariantFacts
from variants.flight import Flights
from variants.ledger import Ledger, Made
from variants.notation import url
from variants.order import Order, Pictures, degraded, drawn_by, limits, order_for, source_of, variant_of
from variants.refusals import row_of

FOR_EVER = 2**31

log = logging.getLogger(__name__)
flights: Flights[cache.Kept] = Flights()
ledger = Ledger()


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it travelled: ``path`` and ``query`` are raw, ``headers`` have lower-case names."""

    method: str
    host: str
    path: str
    query: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back. The body is ``body``, or the content of ``file`` where there is one."""

    status: int
    headers: headers.Headers
    body: bytes = b""
    file: Path | None = None


async def is_for(request: Request) -> bool:
    """Whether delivery answers this request: its path says so, or it came to an own domain of an account."""
    return is_delivery(request.path) or await _site(request, await moment.now()) is not None


async def deliver(request: Request) -> Answer:
    """Answer a delivery request, whatever happens."""
    try:
        if request.method == "OPTIONS":
            return Answer(204, headers.PREFLIGHT)
        if request.method not in {"GET", "HEAD"}:
            raise errors.MethodRefused("expected GET, HEAD or OPTIONS")
        return await _picture(request)
    except Missing:
        # Deleted since this process looked; or lost, which is worth a line.
        log.warning("the original is not in storage: %s", request.path)
        return _refusal(ImageNotFound("Image not found"), head=request.method == "HEAD")
    except Exception as fault:
        return _refusal(fault, head=request.method == "HEAD")


async def start() -> None:
    """Get ready: the render children start now, not with the first request."""
    await threads.in_thread(the_box)


async def stop() -> None:
    """Finish what is under way and close what is open."""
    await remote.flights.settle()
    await flights.settle()
    await ledger.settle()
    await moment.close()
    await threads.in_thread(the_box().close)
    await threads.close()


async def _picture(request: Request) -> Answer:
    asked_at = await moment.now()
    if remote_address.is_for(request.path):
        return await _elsewhere(request, asked_at)
    account, address = await _place(request, asked_at)
    image = await facts.images.get((account.id, address.image_id), asked_at)
    if image is None and not account.fallback_image:
        raise ImageNotFound("Image not found")
    variant = variant_of(account, address)
    try:
        if image is None:
            raise ImageNotFound("Image not found")
        return await _wanted(request, account, image, variant, address, asked_at)
    except rescue.RESCUED as fault:
        if image and (location := _original_at(account, address, image, variant)):
            return Answer(302, headers.of_redirect(location, row_of(fault)[2]))
        return await _instead(request, account, variant, address, fault, asked_at)


async def _elsewhere(request: Request, asked_at: Hashable) -> Answer:
    """A picture of another origin."""
    remote.check_no_loop(request.headers)
    wanted, source = remote_address.parse(request.path, request.query)
    account, site = await remote.owner(request.host, source, asked_at)
    place = remote.located(account, site, request.host, source)
    address = Address(account.hash, "", wanted, ())
    try:
        url.parse(wanted)  # what is malformed is refused before anything is fetched
        image = await remote.original(account, place.url, asked_at)
        return await _wanted(request, account, image, None, address, asked_at)
    except rescue.RESCUED as fault:
        if place.home and rescue.redirects(None, wanted):
            return Answer(302, headers.of_redirect(place.home, row_of(fault)[2]))
        return await _instead(request, account, None, address, fault, asked_at)


async def _wanted(
    request: Request,
    account: AccountFacts,
    image: ImageFacts,
    variant: VariantFacts | None,
    address: Address,
    asked_at: Hashable,
    status: int | None = None,
) -> Answer:
    """``image`` as it is wanted; with a ``status`` it stands in for another one."""
    pictures = await _pictures(account, drawn_by(variant, address.wanted), asked_at)
    remaining = _admitted(request, address, account, image, variant, pictures)
    seen = hints.seen(variant.hinted if variant else url.parse(address.wanted).chain, request.headers)
    order = order_for(account, image, variant, address.wanted, request.headers.get("accept"), pictures, seen)
    if order.serving.expires is not None and order.serving.expires <= time.time():
        raise errors.Expired("the URL has expired")
    if status is None and _has(request.headers.get("if-none-match"), order.etag):
        return Answer(304, headers.of_unchanged(order, remaining))
    kept, hit = await _found(order), True
    if kept is None:
        order, kept, hit = await _awaited(account, order)
    if image.origin is None:
        ledger.touch(image.uuid, order.digest)
    told = order if status is None else replace(order, degraded=True)
    sent = headers.of_picture(told, remaining, kept.size, hit, kept.told)
    if request.method == "HEAD":
        return Answer(status or 200, sent)
    return Answer(status or 200, sent, kept.body, kept.file)


def _original_at(
    account: AccountFacts, address: Address, image: ImageFacts, variant: VariantFacts | None
) -> str | None:
    """Where browsers find the original of an image that could not be made into what they wanted, if they may see it."""
    if image.require_signed_urls or not account.flexible_variants or not rescue.redirects(variant, address.wanted):
        return None
    return f"{PREFIX}/{account.hash}/{quote(address.image_id)}/raw=true"


async def _instead(
    request: Request,
    account: AccountFacts,
    variant: VariantFacts | None,
    address: Address,
    fault: Exception,
    asked_at: Hashable,
) -> Answer:
    """The fallback image in the place of one that is missing or damaged; without one, the fault."""
    if not account.fallback_image or not isinstance(fault, rescue.LOST):
        raise fault
    image = await facts.images.get((account.id, account.fallback_image), asked_at)
    if image is None or image.require_signed_urls:
        raise fault
    status = account.fallback_status or row_of(fault)[1]
    log.info("the fallback image of %s in place of %s: %s", account.id, request.path, fault)
    try:
        return await _wanted(request, account, image, variant, address, asked_at, status)
    except rescue.RESCUED:
        raise fault from None


async def _site(request: Request, asked_at: Hashable) -> Site | None:
    return await facts.site(request.host, request.path, asked_at)


async def _place(request: Request, asked_at: Hashable) -> tuple[AccountFacts, Address]:
    """Whose picture, and which."""
    site = None if request.path.startswith(PREFIX) else await _site(request, asked_at)
    if site is None:
        address = parse(request.path)
        return await _account(address.account_hash, asked_at), address
    account = await _account(site.account_hash, asked_at)
    return account, parse_on(site, request.path, account.variants)


async def _account(account_hash: str, asked_at: Hashable) -> AccountFacts:
    account = await facts.accounts.get(account_hash, asked_at)
    if account is None:
        raise errors.AccountUnknown("no account has this hash")
    return account


async def _pictures(account: AccountFacts, ids: tuple[str, ...], asked_at: Hashable) -> Pictures:
    """The images that are drawn. Raises ``OverlayNotFound``."""
    found = []
    for image_id in ids:
        picture = await facts.images.get((account.id, image_id), asked_at)
        if picture is None:
            raise errors.OverlayNotFound(image_id)
        found.append((image_id, picture))
    return tuple(found)


def _admitted(
    request: Request,
    address: Address,
    account: AccountFacts,
    image: ImageFacts,
    variant: VariantFacts | None,
    pictures: Pictures,
) -> int | None:
    """None for what everybody may see, else the seconds that the signature still opens it.

    Options in the URL are for everybody only where the account switched them on; those it signed are always its own.
    A private image is drawn by a variant of the account, or by options that it signed. Its own bytes always need a
    signature. Of pictures of other origins all is for everybody, since the account has allowed where they come from.
    Raises ``SignatureFault``, ``FlexibleOff``.
    """
    switched_off = variant is None and not account.flexible_variants and bool(address.spellings)
    opened = variant and variant.never_require_signed_urls and not variant.untouched
    private = image.require_signed_urls and not opened
    private |= variant is None and any(picture.require_signed_urls for _, picture in pictures)
    if not private and not switched_off:
        return None
    if not address.spellings:
        raise SignatureMissing("a private image cannot be drawn on a picture of another origin")
    path, *alternatives = address.spellings
    now = time.time()
    try:
        exp = signing.verify(path, request.query, account.keys, now, alternatives)
    except SignatureMissing:
        if switched_off:
            raise errors.FlexibleOff("flexible variants are not enabled for this account; sign the URL") from None
        raise
    return FOR_EVER if exp is None else int(exp - now)


def _has(if_none_match: str | None, etag: str) -> bool:
    if if_none_match is None or etag.endswith('-d"'):
        return False
    return if_none_match in {etag, "*"} or etag in {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}


async def _awaited(account: AccountFacts, order: Order) -> tuple[Order, cache.Kept, bool]:
    """Have it made; the order that was fulfilled, its bytes, and whether it was there after all."""
    try:
        return await _once(order)
    except errors.CannotEncode:
        if order.target.format != "avif" or not order.target.negotiated:
            raise
        return await _once(degraded(account, order))


async def _once(order: Order) -> tuple[Order, cache.Kept, bool]:
    rendered = False

    async def look() -> cache.Kept | None:
        return None if order.degraded else await _found(order)

    async def make() -> cache.Kept:
        nonlocal rendered
        rendered = True
        if order.target.untransformed:
            raise Missing(order.key)
        log.info("rendering %s", order.key)
        return await _made(order)

    kept = await flights.once(order.digest + "d" * order.degraded, look, make, functools.partial(_keep, order))
    return order, kept, not rendered


async def _found(order: Order) -> cache.Kept | None:
    """What was made before."""
    return await cache.find(order.digest, order.key, order.image.uuid if order.target.searched else None)


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
    original, drawn = await _original(order.image), await _drawn(order)
    made = await box.render(original, order.chain, target, limits(), source_of(order.image), quality, drawn)
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
    found = {}
    for image_id, picture in order.pictures:
        try:
            found[image_id] = await _original(picture)
        except Missing:
            raise errors.OverlayNotFound(image_id) from None
    return found


def _refusal(fault: Exception, head: bool) -> Answer:
    kind, status, code, prefix = row_of(fault)
    if kind is Exception:
        log.error("a delivery request failed", exc_info=fault)
        return _plain(status, code, prefix, head)
    return _plain(status, code, f"{prefix}{str(fault).removeprefix('url: ')}", head)


def _plain(status: int, code: int, text: str, head: bool) -> Answer:
    body = f"ERROR {code}: {text}".encode()
    return Answer(status, headers.of_refusal(status, code, len(body)), b"" if head else body)
