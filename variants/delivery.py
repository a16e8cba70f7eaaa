"""The life of a delivery request: plain values in, an answer out. Nothing here blocks the process.

``deliver`` is a straight line; what can go wrong leaves it as an exception, and the table at the end of this file turns
that into an answer.
"""

import functools
import logging
import time
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path

from images import signing
from images.box import the_box
from images.errors import ImageNotFound, Missing, SignatureFault, SignatureMissing, StorageFault
from images.storage import storage
from variants import box, cache, errors, facts, headers, moment, threads
from variants.address import PREFIX, Address, Site, is_delivery, parse, parse_on
from variants.facts import AccountFacts, ImageFacts, VariantFacts
from variants.flight import Flights
from variants.ledger import Ledger, Made
from variants.order import Order, degraded, limits, order_for, source_of, variant_of

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
    await flights.settle()
    await ledger.settle()
    await moment.close()
    await threads.in_thread(the_box().close)
    await threads.close()


async def _picture(request: Request) -> Answer:
    asked_at = await moment.now()
    account, address = await _place(request, asked_at)
    image = await _image(account, address, asked_at)
    variant = variant_of(account, address)
    remaining = _admitted(request, address, account, image, variant)
    order = order_for(account, image, variant, address.wanted, request.headers.get("accept"))
    if _has(request.headers.get("if-none-match"), order.etag):
        return Answer(304, headers.of_unchanged(order, remaining))
    kept, hit = await cache.find(order.digest, order.key), True
    if kept is None:
        order, kept, hit = await _awaited(account, order)
    ledger.touch(image.uuid, order.digest)
    sent = headers.of_picture(order, remaining, kept.size, hit)
    if request.method == "HEAD":
        return Answer(200, sent)
    return Answer(200, sent, kept.body, kept.file)


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


async def _image(account: AccountFacts, address: Address, asked_at: Hashable) -> ImageFacts:
    image = await facts.images.get((account.id, address.image_id), asked_at)
    if image is None:
        raise ImageNotFound("Image not found")
    return image


def _admitted(
    request: Request, address: Address, account: AccountFacts, image: ImageFacts, variant: VariantFacts | None
) -> int | None:
    """None for what everybody may see, else the seconds that the signature still opens it.

    Options in the URL are for everybody only where the account switched them on; those it signed are always its own.
    Raises ``SignatureFault``, ``FlexibleOff``.
    """
    switched_off = variant is None and not account.flexible_variants
    private = image.require_signed_urls and not (variant and variant.never_require_signed_urls)
    if not private and not switched_off:
        return None
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
        return None if order.degraded else await cache.find(order.digest, order.key)

    async def make() -> cache.Kept:
        nonlocal rendered
        rendered = True
        if order.target.untransformed:
            raise Missing(order.key)
        log.info("rendering %s", order.key)
        made = await box.render(await _original(order), order.chain, order.target, limits(), source_of(order.image))
        return cache.Kept(len(made.body), made.body)

    kept = await flights.once(order.digest + "d" * order.degraded, look, make, functools.partial(_keep, order))
    return order, kept, not rendered


async def _keep(order: Order, kept: cache.Kept) -> None:
    """Remember what was made, unless it is worse than what was asked for."""
    if order.degraded:
        return
    cache.memory.put(order.digest, kept)
    await cache.keep(order.key, kept.body, order.target.mime)
    ledger.note(
        Made(
            account_id=order.account_id,
            image_uuid=order.image.uuid,
            variant=order.variant,
            digest=order.digest,
            mime=order.target.mime,
            size=kept.size,
            storage_key=order.key,
            epochs=order.epochs,
        )
    )


async def _original(order: Order) -> Path | bytes:
    """The original as a path where it lies on this machine, else its bytes."""
    path = storage().path(order.image.storage_key)
    return path if path else await threads.in_thread(storage().get, order.image.storage_key)


def _refusal(fault: Exception, head: bool) -> Answer:
    for kind, status, code, prefix in FAULTS:
        if isinstance(fault, kind):
            return _plain(status, code, f"{prefix}{fault}", head)
    log.error("a delivery request failed", exc_info=fault)
    return _plain(500, 9523, "internal error; it was logged", head)


def _plain(status: int, code: int, text: str, head: bool) -> Answer:
    body = f"ERROR {code}: {text}".encode()
    return Answer(status, headers.of_refusal(status, code, len(body)), b"" if head else body)


FAULTS: tuple[tuple[type[Exception], int, int, str], ...] = (
    (errors.MethodRefused, 405, 9424, ""),
    (errors.BadOption, 400, 9401, ""),
    (errors.AddressMalformed, 403, 9426, ""),
    (errors.AccountUnknown, 403, 9427, ""),
    (errors.FlexibleOff, 403, 9429, ""),
    (errors.VariantNotFound, 403, 9425, "Image access denied: "),
    (SignatureFault, 403, 9425, "Image access denied: "),
    (ImageNotFound, 404, 9404, ""),
    (errors.TooLarge, 403, 9413, ""),
    (errors.CannotDecode, 422, 9516, ""),
    (errors.CannotEncode, 500, 9516, ""),
    (errors.Busy, 503, 9522, ""),
    (errors.TimedOut, 504, 9522, ""),
    (StorageFault, 503, 9523, ""),
)
