"""Rows about renditions, written behind the answers: what was made, and when it was last used.

One writer per process takes everything that waits in one transaction, so a database that is slow holds up neither hits
nor renders. What is lost with a process are counts; the bytes are found again by their key.
"""

import asyncio
import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from images.models import Discarded, Image
from variants.models import Rendition, Variant
from variants.threads import in_database

TOUCH_SECONDS, HOUR = 60.0, 3600.0
MOST_SEEN = 100_000
AT_ONCE = 500

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Made:
    """A rendition that has been stored. ``epochs`` of account, image and variant are those it was made under;
    ``quality`` and ``warnings`` what trials came to."""

    account_id: str
    image_uuid: str
    variant: str
    digest: str
    mime: str
    size: int
    storage_key: str
    epochs: tuple[int, int, int]
    quality: int | None = None
    warnings: tuple[str, ...] = ()


class Ledger:
    """What this process has still to write."""

    def __init__(self) -> None:
        self._made: list[Made] = []
        self._touched: dict[tuple[str, str], None] = {}
        self._seen: set[str] = set()
        self._until = 0.0
        self._writing: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def note(self, made: Made) -> None:
        """Write a row for a new rendition soon."""
        self._made.append(made)
        self._start()

    def touch(self, image_uuid: str, digest: str) -> None:
        """Note a use. Once an hour and rendition is enough to tell what is used from what is not."""
        if time.monotonic() > self._until or len(self._seen) > MOST_SEEN:
            self._seen.clear()
            self._until = time.monotonic() + HOUR
        if digest in self._seen:
            return
        self._seen.add(digest)
        self._touched[image_uuid, digest] = None
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(TOUCH_SECONDS, self._start)

    async def settle(self) -> None:
        """Write everything now."""
        self._start()
        while self._writing:
            await asyncio.wait([self._writing])

    def _start(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._writing is None and (self._made or self._touched):
            self._writing = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        try:
            while self._made or self._touched:
                made, self._made = self._made[:AT_ONCE], self._made[AT_ONCE:]
                touched, self._touched = list(self._touched), {}
                await in_database(write, made, touched)
        except Exception:
            log.exception("could not write rows about renditions")
        finally:
            self._writing = None


@transaction.atomic
def write(made: Iterable[Made], touched: list[tuple[str, str]]) -> None:
    """Write rows; bytes of images that are gone, or made under an epoch that is over, are left to the sweep."""
    made = list(made)
    current = _epochs(made)
    wanted = [row for row in made if current.get((row.image_uuid, row.variant)) == row.epochs]
    Discarded.objects.bulk_create(Discarded(prefix=row.storage_key) for row in made if row not in wanted)
    Rendition.objects.bulk_create(
        (
            Rendition(
                image_id=row.image_uuid,
                account_id=row.account_id,
                variant=row.variant,
                digest=row.digest,
                mime=row.mime,
                size=row.size,
                quality=row.quality,
                warnings=list(row.warnings),
            )
            for row in wanted
        ),
        ignore_conflicts=True,
    )
    for start in range(0, len(touched), AT_ONCE):
        images, digests = zip(*touched[start : start + AT_ONCE], strict=True)
        Rendition.objects.filter(image_id__in=images, digest__in=digests).update(last_used=timezone.now())


def _epochs(made: list[Made]) -> dict[tuple[str, str], tuple[int, int, int]]:
    """The epochs of account, image and variant as they are, by image and variant; images are held until the commit."""
    names = {(row.account_id, row.variant) for row in made}
    variants = {
        (variant.account_id, variant.name): variant.epoch
        for variant in Variant.objects.filter(
            account_id__in={account for account, _ in names}, name__in={name for _, name in names}
        )
    }
    found = Image.objects.select_for_update(of=("self",)).select_related("account").order_by("pk")
    images = {str(image.uuid): image for image in found.filter(uuid__in={row.image_uuid for row in made})}
    return {
        (row.image_uuid, row.variant): (
            images[row.image_uuid].account.epoch,
            images[row.image_uuid].epoch,
            variants.get((row.account_id, row.variant), 0),
        )
        for row in made
        if row.image_uuid in images
    }
