"""What delivery knows of accounts, images and domains, without a query on a hit.

Every process remembers what it read together with the moment it read it under (:mod:`variants.moment`); at another
moment an entry is read again, one by one, as it is asked for. What is absent is never remembered: an image that is
uploaded is there at once, though nobody moved the generation for it.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from accounts.models import Account, Domain
from images import remote
from images.focal import Point
from images.models import Image, RemoteOriginal, digest_of
from variants import named, policy, untouched
from variants.address import Site
from variants.errors import BadOption
from variants.needs import NOTHING, Needs, of_chain
from variants.notation import body
from variants.policy import Policy
from variants.remembered import Remembered

ACCOUNTS, IMAGES, REMOTES = 10_000, 50_000, 50_000


@dataclass(frozen=True, slots=True)
class VariantFacts:
    """A named variant; ``options`` as they were sent, ``epoch`` as the cache counts.

    ``needs``: what its results depend on besides the original. ``untouched``: it may deliver originals as they are.
    """

    name: str
    options: Any
    never_require_signed_urls: bool
    epoch: int
    needs: Needs = NOTHING
    untouched: bool = False


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """An account with its signing keys and its variants by name. ``browser_ttl`` is in seconds."""

    id: str
    hash: str
    flexible_variants: bool
    browser_ttl: int
    preserve_content_credentials: bool
    svg_rasterize: bool
    epoch: int
    keys: tuple[str, ...]
    variants: dict[str, VariantFacts]
    any_origin: bool
    origins: tuple[tuple[str, str], ...]
    fallback_image: str
    fallback_status: int
    segment_model: str
    policy: Policy | None = None


@dataclass(frozen=True, slots=True)
class OriginFacts:
    """Of the answer that a picture of another server came with; times are Unix times, ``seconds`` its lifetime.

    ``insists``: it may not be used longer. ``kept``: it may be used by others than those who wait for it.
    """

    etag: str
    fetched: float
    seconds: int
    insists: bool
    kept: bool

    def is_fresh(self, now: float) -> bool:
        """Whether it may be used without asking."""
        return self.kept and now < self.fetched + self.seconds


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """An image that can be served. ``origin`` is set for a picture of another server.

    ``point``: the focal point that a person chose, as shares of the upright original.
    """

    uuid: str
    require_signed_urls: bool
    format: str
    width: int
    height: int
    frames: int
    has_alpha: bool
    size: int
    sha256: str
    storage_key: str
    epoch: int
    origin: OriginFacts | None = None
    point: Point | None = None


def _read_account(account_hash: str) -> AccountFacts | None:
    account = Account.objects.filter(hash=account_hash).first()
    if account is None:
        return None
    variants = [
        VariantFacts(
            variant.name,
            variant.options,
            variant.never_require_signed_urls,
            variant.epoch,
            *_of_chain(variant.options),
        )
        for variant in named.all_of(account)
    ]
    return AccountFacts(
        id=account.id,
        hash=account.hash,
        flexible_variants=account.flexible_variants,
        browser_ttl=account.browser_ttl,
        preserve_content_credentials=account.preserve_content_credentials,
        svg_rasterize=account.svg_rasterize,
        epoch=account.epoch,
        keys=tuple(key.value for key in account.signing_keys.all()),
        variants={variant.name: variant for variant in variants},
        any_origin=account.any_origin,
        origins=tuple((origin.host, origin.path_prefix) for origin in account.origins.all()),
        fallback_image=account.fallback_image,
        fallback_status=account.fallback_status,
        segment_model=account.segment_model,
        policy=policy.among(account.policy_variant, {variant.name: variant.options for variant in variants}),
    )


def _of_chain(options: Any) -> tuple[Needs, bool]:
    """``needs`` and ``untouched``; a variant that cannot be read has nothing, and says so itself."""
    try:
        chain = body.check_chain(options)
        return of_chain(chain), untouched.may_show(chain)
    except BadOption:
        return NOTHING, False


def _read_image(key: tuple[str, str]) -> ImageFacts | None:
    account_id, public_id = key
    found = Image.objects.filter(account_id=account_id, public_id_digest=digest_of(public_id), draft=False).first()
    if found is None:
        return None
    return of_image(found)


def of_image(row: Image) -> ImageFacts:
    """The facts of an image that has its bytes."""
    return ImageFacts(
        uuid=str(row.uuid),
        require_signed_urls=row.require_signed_urls,
        format=row.format,
        width=row.width,
        height=row.height,
        frames=row.frames,
        has_alpha=row.has_alpha,
        size=row.size,
        sha256=row.sha256,
        storage_key=row.storage_key,
        epoch=row.epoch,
        point=row.focal_point,
    )


def _read_remote(key: tuple[str, str]) -> ImageFacts | None:
    row = remote.find(*key)
    return of_remote(row) if row else None


def of_remote(row: RemoteOriginal) -> ImageFacts:
    """A picture of another server as an image; one that may not be kept is a row that was not saved."""
    return ImageFacts(
        uuid=str(row.uuid),
        require_signed_urls=False,
        format=row.format,
        width=row.width,
        height=row.height,
        frames=row.frames,
        has_alpha=row.has_alpha,
        size=row.size,
        sha256=row.sha256,
        storage_key=row.storage_key,
        epoch=0,
        origin=OriginFacts(row.etag, row.fetched.timestamp(), row.seconds, row.insists, row.pk is not None),
    )


def _read_only_account(_: None) -> str | None:
    hashes = list(Account.objects.values_list("hash", flat=True)[:2])
    return hashes[0] if len(hashes) == 1 else None


def _read_sites(_: None) -> dict[str, list[Site]]:
    """All own domains by host, the longest prefix first."""
    sites: dict[str, list[Site]] = {}
    for domain in Domain.objects.select_related("account"):
        site = Site(domain.account.hash, domain.path_prefix, domain.default_variant, domain.origin)
        sites.setdefault(domain.host.lower(), []).append(site)
    for known in sites.values():
        known.sort(key=lambda site: -len(site.prefix))
    return sites


accounts: Remembered[str, AccountFacts] = Remembered(_read_account, ACCOUNTS)
images: Remembered[tuple[str, str], ImageFacts] = Remembered(_read_image, IMAGES)
remotes: Remembered[tuple[str, str], ImageFacts] = Remembered(_read_remote, REMOTES)
_only: Remembered[None, str] = Remembered(_read_only_account, 1)
_sites: Remembered[None, dict[str, list[Site]]] = Remembered(_read_sites, 1)


async def site(host: str, path: str, moment: Hashable) -> Site | None:
    """The own domain that serves ``path`` on ``host`` (as the Host header says it), or None."""
    known = await _sites.get(None, moment) or {}
    if not known:
        return None
    for found in known.get(_without_port(host), ()):
        if path.startswith(found.prefix + "/"):
            return found
    return None


async def site_of_host(host: str, path: str, moment: Hashable) -> Site | None:
    """The own domain of ``host`` whose prefix ``path`` begins with, else the one with the shortest prefix, or None."""
    known = (await _sites.get(None, moment) or {}).get(_without_port(host))
    if not known:
        return None
    return next((found for found in known if path.startswith(found.prefix + "/")), known[-1])


async def only_account(moment: Hashable) -> str | None:
    """The hash of the account, where there is exactly one."""
    return await _only.get(None, moment)


def clear() -> None:
    """Forget everything that was read."""
    for remembered in (accounts, images, remotes, _only, _sites):
        remembered.clear()


def _without_port(host: str) -> str:
    name, _, port = host.rpartition(":")
    return (name if name and port.isdigit() else host).lower().rstrip(".")
