"""Pictures of other origins: whose they are, whether they may be fetched, and what is known of them.

Delivery treats what comes out of here as it treats an image of the account: the same options, the same cache.
"""

import asyncio
import hashlib
import time
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from accounts import origins
from images import remote
from images.models import RemoteOriginal
from variants import facts
from variants.address import Site
from variants.errors import AccountUnknown, AlreadyTransformed, Busy, OriginRefused, SourceNotFound
from variants.facts import AccountFacts, ImageFacts
from variants.flight import Flights
from variants.remote_address import Source
from variants.threads import in_database, in_fetcher

LOOP_MARK = "image-resizing"

flights: Flights[ImageFacts] = Flights(seconds=settings.REMOTE_SECONDS + settings.RENDER_SECONDS)


@dataclass(frozen=True, slots=True)
class Place:
    """What is fetched. ``home``: where browsers find it, for what belongs to the host that was asked; else None."""

    url: str
    home: str | None


def check_no_loop(headers: Mapping[str, str]) -> None:
    """Raises ``AlreadyTransformed`` for a request that this platform, or one like it, sent for an original."""
    if LOOP_MARK in headers.get("via", "").lower():
        raise AlreadyTransformed("the source is a transformed picture itself; give the address of its original")


async def owner(host: str, source: Source, moment: Hashable) -> tuple[AccountFacts, Site | None]:
    """The account that ``host`` belongs to, and its own domain there. Raises ``AccountUnknown``."""
    site = await facts.site_of_host(host, source.path, moment)
    account_hash = site.account_hash if site else settings.REMOTE_ACCOUNT or await facts.only_account(moment)
    account = await facts.accounts.get(account_hash, moment) if account_hash else None
    if account is None:
        raise AccountUnknown("this host is no own domain of an account; add it, or name an account in REMOTE_ACCOUNT")
    return account, site


def located(account: AccountFacts, site: Site | None, host: str, source: Source) -> Place:
    """Where a source is fetched. An own domain's pictures may always be transformed.

    Raises ``OriginRefused``, and ``SourceNotFound`` for a path without an origin.
    """
    asked = host.lower()
    scheme, _, authority = source.origin.partition("://")
    at_home = site is not None and authority == asked
    if source.origin and not (at_home and site and site.origin):
        path = source.path.partition("?")[0]
        if not (at_home or account.any_origin or origins.allows(account.origins, scheme, authority, path)):
            raise OriginRefused("Transformation origin is not in allowed origins list")
        return Place(source.url, source.url if _is_below(authority, asked) else None)
    if site is None or not site.origin:
        raise SourceNotFound("no origin is set for paths of this host; set one for the domain, or give a whole URL")
    # Two slashes at its beginning would make the rest of a path the name of a host.
    return Place(site.origin + source.path, None if source.path.startswith("//") else source.path)


async def original(account: AccountFacts, url: str, moment: Hashable) -> ImageFacts:
    """The picture behind ``url``, fetched or asked for again where that is due; once for all who wait.

    Raises the faults of ``images.remote.bring``, and ``Busy``.
    """
    key = (account.id, url)
    known = await facts.remotes.get(key, moment)
    if known is not None and known.origin is not None and known.origin.is_fresh(time.time()):
        return known

    async def look() -> ImageFacts | None:
        row = await in_database(remote.find, *key)
        return facts.of_remote(row) if row and remote.is_fresh(row) else None

    async def bring() -> ImageFacts:
        try:
            async with asyncio.timeout(2 * settings.REMOTE_SECONDS + settings.RENDER_SECONDS):
                row: RemoteOriginal = await in_fetcher(remote.bring, *key)
        except TimeoutError:
            raise Busy("too many pictures of other origins are being fetched; try again") from None
        return facts.of_remote(row)

    async def keep(_: ImageFacts) -> None:
        return None

    name = hashlib.sha256(f"{account.id} {url}".encode()).hexdigest()
    return facts.remotes.put(key, moment, await flights.once(name, look, bring, keep))


async def note_made(account_id: str, image: ImageFacts, size: int) -> None:
    """Count what was made of a picture."""
    await in_database(remote.note_made, account_id, image.uuid, size)


def _is_below(authority: str, host: str) -> bool:
    """Whether a source is at the host that was asked, at a port of it or at a name below it."""
    try:
        mine, its = urlsplit(f"//{host}").hostname, urlsplit(f"//{authority}").hostname
    except ValueError:
        return False
    return mine is not None and its is not None and (its == mine or its.endswith(f".{mine}"))
