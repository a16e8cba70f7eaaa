"""Changes to images that exist, and their end. Rows change first; bytes that nobody needs go by a job."""

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts import generation
from accounts.models import Account
from images import counting, focal, metadata
from images.arrival import originals_of, renditions_of
from images.errors import FieldInvalid, ImageNotFound
from images.models import Discarded, Image, digest_of
from images.signals import original_removed
from images.storage import storage
from images.upload import check_creator, check_privacy

SWEPT_AT_ONCE = 1000
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(days=1)
CHANGEABLE = frozenset({"meta", "creator", "require_signed_urls", "focal_point"})

logger = logging.getLogger(__name__)


def find(account: Account, public_id: str) -> Image:
    """The image or draft of ``account`` with this id. Raises ``ImageNotFound``, also for somebody else's."""
    image = Image.objects.filter(account=account, public_id_digest=digest_of(public_id)).first()
    if image is None:
        raise ImageNotFound("Image not found")
    image.account = account
    return image


@transaction.atomic
def change(image: Image, **fields: Any) -> Image:
    """Set ``meta`` (the whole of it), ``creator``, ``require_signed_urls`` or ``focal_point`` (None removes it); the
    image as it is now.

    Holds for the next request of every process. Raises ``FieldInvalid`` and ``ImageNotFound``.
    """
    if unknown := fields.keys() - CHANGEABLE:
        raise FieldInvalid(f"{', '.join(sorted(unknown))}: cannot be changed")
    current = _locked(image)
    for name, value in fields.items():
        setattr(current, name, value)
    metadata.check(current.meta)
    focal.check(current.focal_point)
    check_creator(current.creator)
    check_privacy(current)
    current.save(update_fields=list(fields))
    generation.bump()
    return current


@transaction.atomic
def remove(image: Image) -> None:
    """Remove ``image`` with everything made of it. Raises ``ImageNotFound`` when somebody else was quicker."""
    current = _locked(image)
    account = current.account
    for prefix in (originals_of(current), renditions_of(current)):
        Discarded.objects.create(prefix=prefix)
    if not current.draft:
        counting.subtract(account)
    Image.objects.filter(pk=current.pk).delete()
    generation.bump()
    transaction.on_commit(lambda: original_removed.send(Image, image=current))


def _locked(image: Image) -> Image:
    current = Image.objects.select_for_update(of=("self",)).select_related("account").filter(pk=image.pk).first()
    if current is None:
        raise ImageNotFound("Image not found")
    return current


def sweep() -> int:
    """Remove bytes whose time has come; how many prefixes are done with. Two sweeps at once do no harm."""
    due = Discarded.objects.filter(next_attempt_at__lte=timezone.now()).order_by("next_attempt_at")
    return sum(_sweep_one(note) for note in due[:SWEPT_AT_ONCE])


def _sweep_one(note: Discarded) -> bool:
    """Claim the row by moving its time, then remove the bytes, then the row."""
    pause = min(FIRST_PAUSE * 2 ** min(note.attempts, 20), LONGEST_PAUSE)
    mine = Discarded.objects.filter(pk=note.pk, next_attempt_at=note.next_attempt_at)
    if not mine.update(attempts=F("attempts") + 1, next_attempt_at=timezone.now() + pause):
        return False
    try:
        storage().delete_prefix(note.prefix)
    except Exception:
        logger.warning("could not remove %s; trying again in %s", note.prefix, pause, exc_info=True)
        return False
    Discarded.objects.filter(pk=note.pk).delete()
    return True
