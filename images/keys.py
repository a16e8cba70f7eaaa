"""Keys of objects in storage: made by our code alone, and checked once more before they meet a file system."""

import re

from images.errors import KeyRefused

SEGMENT = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
MAX_LENGTH = 512


def check_key(key: str) -> str:
    """``key`` itself, when it is segments of letters, digits, ``.``, ``_``, ``-`` between single slashes.

    No segment starts with a dot, so neither ``..`` nor hidden files can be named. Raises ``KeyRefused``.
    """
    if len(key) > MAX_LENGTH or not all(SEGMENT.fullmatch(segment) for segment in key.split("/")):
        raise KeyRefused(f"not a storage key: {key[:80]!r}")
    return key


def covers(prefix: str, key: str) -> bool:
    """Whether ``key`` is ``prefix`` or lies below it: ``a/b`` covers ``a/b`` and ``a/b/c`` but not ``a/bc``."""
    return key == prefix or key.startswith(prefix + "/")
