"""The life of a delivery request: plain values in, an answer out. Nothing here blocks the process.

``deliver`` is a straight line; what can go wrong leaves it as an exception, and the table in :mod:`variants.refusals`
turns that into an answer.
"""

import logging
from collections.abc import Hashable
from dataclasses import dataclass, replace
from pathlib import Path

from images.box import the_box
from images.errors import ImageNotFound, Missing
from variants import (
    errors,
    facts,
    headers,
    hints,
    making,
    moment,
    needs,
    remote,
    remote_address,
    rescue,
    serving,
    threads,
)
from variants.address import PREFIX, Address, Site, is_delivery, parse, parse_on
from variants.admission import admitted
from variants.facts import AccountFacts, ImageFacts, VariantFacts
from variants.notation import url
from variants.order import Pictures, order_for, variant_of
from variants.refusals import row_of

log = logging.getLogger(__name__)


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
    await making.settle()
    await moment.close()
    await threads.in_thread(the_box().close)
    await threads.close()


async def _picture(request: Request) -> Answer:
    asked_at = await moment.now()
    if remote_address.is_for(request.path):
        return await _elsewhere(request, asked_at)
    account, address = await _place(request, asked_at)
    image = await facts.images.get((account.id, address.image_id), asked_at)
    try:
        if image is None:
            raise ImageNotFound("Image not found")
        return await _delivered(request, account, image, variant_of(account, address), address, asked_at)
    except rescue.RESCUED as fault:
        if image and (location := rescue.original_at(account, image, address)):
            return Answer(302, headers.of_redirect(location, row_of(fault)[2]))
        return await _instead(request, account, address, fault, asked_at)


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
        return await _delivered(request, account, image, None, address, asked_at)
    except rescue.RESCUED as fault:
        if place.home and rescue.redirects(account, None, wanted):
            return Answer(302, headers.of_redirect(place.home, row_of(fault)[2]))
        return await _instead(request, account, address, fault, asked_at)


async def _instead(
    request: Request, account: AccountFacts, address: Address, fault: Exception, asked_at: Hashable
) -> Answer:
    """The fallback image in the place of one that is missing or damaged; without one, the fault."""
    if not account.fallback_image or not isinstance(fault, rescue.LOST):
        raise fault
    variant = variant_of(account, address)
    image = await facts.images.get((account.id, account.fallback_image), asked_at)
    if image is None or image.require_signed_urls:
        raise fault
    status = account.fallback_status or row_of(fault)[1]
    log.info("the fallback image of %s in place of %s: %s", account.id, request.path, fault)
    try:
        return await _delivered(request, account, image, variant, address, asked_at, status)
    except rescue.RESCUED:
        raise fault from None


async def _delivered(
    request: Request,
    account: AccountFacts,
    image: ImageFacts,
    variant: VariantFacts | None,
    address: Address,
    asked_at: Hashable,
    status: int | None = None,
) -> Answer:
    """``image`` as it is wanted; with a ``status`` it stands in for another one."""
    needed = variant.needs if variant else needs.of_text(address.wanted)
    pictures = await _pictures(account, needed.drawn, asked_at) if needed.drawn else ()
    remaining = admitted(account, image, variant, pictures, address, request.query, needed)
    if account.policy and (drawn := set(account.policy.drawn) - set(needed.drawn)):
        pictures += await _pictures(account, tuple(sorted(drawn)), asked_at)
    seen = hints.seen(needed.hinted, request.headers) if needed.hinted else hints.NOTHING
    order = order_for(account, image, variant, address.wanted, request.headers.get("accept"), pictures, seen)
    serving.check_time(order.serving)
    if status is None and _has(request.headers.get("if-none-match"), order.etag):
        return Answer(304, headers.of_unchanged(order, remaining))
    kept, hit = await making.found(order), True
    if kept is None:
        order, kept, hit = await making.awaited(account, order)
    if image.origin is None:
        making.ledger.touch(image.uuid, order.digest)
    told = order if status is None else replace(order, degraded=True)
    sent = headers.of_picture(told, remaining, kept.size, hit, kept.told)
    if request.method == "HEAD":
        return Answer(status or 200, sent)
    return Answer(status or 200, sent, kept.body, kept.file)


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


def _has(if_none_match: str | None, etag: str) -> bool:
    if if_none_match is None or etag.endswith('-d"'):
        return False
    return if_none_match in {etag, "*"} or etag in {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}


def _refusal(fault: Exception, head: bool) -> Answer:
    kind, status, code, prefix = row_of(fault)
    if kind is Exception:
        log.error("a delivery request failed", exc_info=fault)
        return _plain(status, code, prefix, head)
    return _plain(status, code, f"{prefix}{str(fault).removeprefix('url: ')}", head)


def _plain(status: int, code: int, text: str, head: bool) -> Answer:
    body = f"ERROR {code}: {text}".encode()
    return Answer(status, headers.of_refusal(status, code, len(body)), b"" if head else body)
