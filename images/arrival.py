"""Bytes on their way in: checked, stored, and not lost track of whatever happens meanwhile.

A ``Discarded`` row names the bytes before they are stored, and is taken back in the transaction that accepts them. So
a crash at any moment leaves either an image with its bytes, or bytes that the periodic sweep removes an hour later.
"""

import hashlib
import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from images.errors import FileTooLarge, NotAnImage, UploadExpired
from images.models import Discarded, Image
from images.probe import probe
from images.storage import storage

SLOWEST = timedelta(hours=1)
"""Longer than any upload takes from its first stored byte to its commit; later the sweep takes the bytes."""

logger = logging.getLogger(__name__)


@contextmanager
def arriving(image: Image, file: Path) -> Iterator[Callable[[], None]]:
    """Check and store the bytes of ``file`` and note in ``image`` (not saved) what they are.

    Yields ``accept``, to be called inside the transaction that saves the image. When the block fails, the bytes go.
    Raises the faults of :func:`images.probe.probe`, ``FileTooLarge``.
    """
    size = _checked_size(file)
    picture = probe(file)
    image.format, image.width, image.height = picture.format, picture.width, picture.height
    image.frames, image.has_alpha, image.size = picture.frames, picture.has_alpha, size
    image.sha256 = _sha256(file)
    image.storage_key = f"{originals_of(image)}/{uuid.uuid4().hex}"
    due = timezone.now() + SLOWEST
    note = Discarded.objects.create(prefix=image.storage_key, next_attempt_at=due)
    try:
        storage().put(image.storage_key, file, picture.mime)
        yield lambda: _take_back(note, due)
    except BaseException:
        _forget(note, due)
        raise


def originals_of(image: Image) -> str:
    """The prefix in storage below which the image's original lies."""
    return f"originals/{image.account_id}/{image.uuid}"


def renditions_of(image: Image) -> str:
    """The prefix in storage below which all that was made of the image lies."""
    return f"renditions/{image.account_id}/{image.uuid}"


def _checked_size(file: Path) -> int:
    size = file.stat().st_size
    if size == 0:
        raise NotAnImage("The file is empty; send the bytes of an image")
    if size > settings.MAX_UPLOAD_BYTES:
        raise FileTooLarge(f"The file has {size} bytes; send at most {settings.MAX_UPLOAD_BYTES}")
    return size


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _take_back(note: Discarded, due: datetime) -> None:
    """The bytes are wanted. If the sweep has claimed them meanwhile (it moves the time), the upload came too late."""
    if not Discarded.objects.filter(pk=note.pk, next_attempt_at=due).delete()[0]:
        raise UploadExpired("The upload took too long; send it again")


def _forget(note: Discarded, due: datetime) -> None:
    """Remove the bytes at once if they are still ours to remove; what fails here is left to the sweep.

    A commit whose answer was lost has taken the row back: then the image exists and its bytes must stay.
    """
    try:
        if Discarded.objects.filter(pk=note.pk, next_attempt_at=due).update(next_attempt_at=timezone.now()):
            storage().delete_prefix(note.prefix)
            Discarded.objects.filter(pk=note.pk).delete()
    except Exception:
        logger.warning("bytes of a refused upload are left to the sweep: %s", note.prefix, exc_info=True)
