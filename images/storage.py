"""Where bytes lie: a directory of this machine or an S3 bucket, behind six functions.

``originals/<account>/<image>/<attempt>`` holds what was uploaded, ``renditions/<account>/<image>/<digest>`` what was
made of it. An object is there whole or not at all, and is never changed in place.
"""

import os
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings

from images.directory import DirectoryStorage
from images.errors import KeyRefused, Missing, StorageFault
from images.s3 import Bucket, S3Storage

__all__ = ["KeyRefused", "Missing", "Storage", "StorageFault", "storage"]


class Storage(Protocol):
    """What both kinds of storage do. Every call may raise ``StorageFault``, and ``KeyRefused`` for a bad key."""

    def put(self, key: str, source: Path | bytes, mime: str) -> None:
        """Store ``source`` under ``key``; afterwards it is there whole, replacing what was there."""

    def get(self, key: str) -> bytes:
        """All bytes of ``key``. Raises ``Missing``."""

    def open(self, key: str) -> BinaryIO:
        """A stream of the bytes of ``key``; the caller closes it. Raises ``Missing``."""

    def path(self, key: str) -> Path | None:
        """The file that holds ``key`` on this machine (there or not), None when storage is elsewhere."""

    def exists(self, key: str) -> bool:
        """Whether ``key`` is there."""

    def delete_prefix(self, prefix: str) -> int:
        """Remove ``prefix`` and everything below ``prefix/``; how many objects went. Safe to repeat."""


def storage() -> Storage:
    """The storage that the settings name: S3 when ``S3_BUCKET`` is set, else the directory ``STORAGE_DIR``."""
    if not settings.S3_BUCKET:
        return _directory(settings.STORAGE_DIR)
    bucket = Bucket(
        name=settings.S3_BUCKET,
        prefix=settings.S3_PREFIX,
        endpoint=settings.S3_ENDPOINT,
        region=settings.S3_REGION,
        path_style=settings.S3_PATH_STYLE,
        access_key=settings.S3_ACCESS_KEY,
        secret_key=settings.S3_SECRET_KEY,
    )
    return _s3(bucket, os.getpid())


@lru_cache(maxsize=4)
def _directory(root: Path) -> Storage:
    return DirectoryStorage(root)


@lru_cache(maxsize=4)
def _s3(bucket: Bucket, process: int) -> Storage:
    """One client per process: two processes must not share a connection that a fork has doubled."""
    return S3Storage(bucket)
