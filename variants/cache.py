"""Renditions that were made: in this process's memory, beside the originals in storage, and as rows.

A rendition is addressed by a digest of everything that can change a byte of it, so it is never wrong, only unused. A
purge is one step of an epoch, which every digest holds: it acts at once, in every process. The bytes go by a job.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet, Sum

from accounts import generation
from accounts.models import Account
from images.formats import HEAD_BYTES, MIMES, format_of
from images.models import Discarded, Image
from images.storage import Missing, storage
from variants.memory import Memory
from variants.models import Rendition, Variant
from variants.threads import in_database, in_thread

AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Told:
    """What only trials could tell of a rendition: the format that was the smallest, the quality, and warnings."""

    mime: str
    quality: int | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """The bytes of a rendition, or the file that holds them; ``size`` in bytes; ``told``: what it came to."""

    size: int
    body: bytes = b""
    file: Path | None = None
    told: Told | None = None


memory: Memory[Kept] = Memory(lambda kept: kept.size, lambda: settings.RENDITION_MEMORY_BYTES, share=1 / 32)
"""Larger renditions are sent from their files."""


def key_of(account_id: str, image_uuid: str, digest: str) -> str:
    """Where a rendition lies in storage."""
    return f"renditions/{account_id}/{image_uuid}/{digest}"


async def find(digest: str, key: str, searched: str | None = None) -> Kept | None:
    """The rendition, from memory or from storage; None when it has to be made.

    ``searched``: the uuid of the image whose rendition came out of trials, so that what they told is needed too.
    """
    kept = memory.get(digest)
    if kept is None and _may_be_there(key):
        kept = await in_thread(_load, key)
        if kept is not None and searched is not None:
            kept = replace(kept, told=await told(searched, digest) or await in_thread(_sniffed, kept))
        if kept is not None and kept.file is None:
            memory.put(digest, kept)
    return kept


async def told(image_uuid: str, digest: str) -> Told | None:
    """What trials came to for a rendition, whether or not its bytes are there still."""
    return await in_database(_told, image_uuid, digest)


def _told(image_uuid: str, digest: str) -> Told | None:
    row = Rendition.objects.filter(image_id=image_uuid, digest=digest).first()
    return Told(row.mime, row.quality, tuple(row.warnings)) if row else None


def _sniffed(kept: Kept) -> Told:
    """From the bytes alone: the row may not be written yet, or be lost."""
    if kept.file is None:
        return Told(MIMES[format_of(kept.body[:HEAD_BYTES])])
    with kept.file.open("rb") as file:
        return Told(MIMES[format_of(file.read(HEAD_BYTES))])


async def keep(key: str, body: bytes, mime: str) -> None:
    """Store a rendition, whole or not at all."""
    await in_thread(storage().put, key, body, mime)


def _may_be_there(key: str) -> bool:
    """Whether it is worth a thread to look: a file on this machine that is not there is told at once."""
    path = storage().path(key)
    return path is None or path.exists()


def _load(key: str) -> Kept | None:
    path = storage().path(key)
    try:
        if path is None or memory.fits(path.stat().st_size):
            body = storage().get(key)
            return Kept(len(body), body)
        return Kept(path.stat().st_size, file=path)
    except (Missing, FileNotFoundError):
        return None


@transaction.atomic
def purge_image(image: Image) -> int:
    """Drop everything made of ``image``; how many renditions went."""
    Image.objects.filter(pk=image.pk).update(epoch=F("epoch") + 1)
    return _purge(Rendition.objects.filter(image=image))


@transaction.atomic
def purge_variant(account: Account, name: str) -> int:
    """Drop everything made with the variant ``name``; how many renditions went."""
    Variant.objects.filter(account=account, name=name).update(epoch=F("epoch") + 1)
    return _purge(Rendition.objects.filter(account=account, variant=name))


@transaction.atomic
def purge_account(account: Account) -> int:
    """Drop everything made for ``account``; how many renditions went."""
    Account.objects.filter(pk=account.pk).update(epoch=F("epoch") + 1)
    return _purge(Rendition.objects.filter(account=account))


def _purge(rows: QuerySet[Rendition]) -> int:
    went = 0
    while gone := _discard(list(rows.order_by("variant", "pk")[:AT_ONCE])):
        went += gone
    generation.bump()
    return went


@transaction.atomic
def _discard(rows: list[Rendition]) -> int:
    """Turn rows into bytes that are to be removed; how many."""
    keys = [key_of(row.account_id, str(row.image_id), row.digest) for row in rows]
    Discarded.objects.bulk_create(Discarded(prefix=key) for key in keys)
    Rendition.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def trim(budget: int) -> int:
    """Drop renditions, those first that were not used for longest, down to ``budget`` bytes; how many went."""
    went, excess = 0, (Rendition.objects.aggregate(total=Sum("size"))["total"] or 0) - budget
    while oldest := _oldest(excess):
        went += _discard(oldest)
        excess -= sum(row.size for row in oldest)
    return went


def _oldest(excess: int) -> list[Rendition]:
    """Renditions that were not used for longest, until they make up ``excess`` bytes, and not too many at once."""
    chosen: list[Rendition] = []
    for row in Rendition.objects.order_by("last_used", "pk")[:AT_ONCE]:
        if excess <= 0:
            break
        chosen.append(row)
        excess -= row.size
    return chosen
