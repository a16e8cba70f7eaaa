"""Parameter files (``.vxm``) of Twitter's image-crop-analysis.

The form is described nowhere; this is what ``bin/fastgaze.vxm`` shows. Little-endian throughout: four bytes of
signature, the number of entries, then for each entry the length of its key, the key with a closing zero, the length
of its value, the value. ``layerCount`` says how many layers follow each other. Keys of a layer begin with its number:
``3Type``, ``3Act`` and ``3Pool`` are whole numbers, ``3w`` and ``3b`` are arrays whose type and shape are entries
``3w.dtype`` and ``3w.shape``.
"""

import math
import struct
from pathlib import Path

import numpy as np

from inference.errors import CannotConvert
from inference.model import Array

SIGNATURE = b"\x01tPM"
MOST_BYTES = 64 << 20
MOST_AXES = 4
DAMAGED = "The file is damaged: it ends in the middle of an entry."


class Entries:
    """The entries of a file, by key. Raises ``CannotConvert`` for what is absent or of another form."""

    def __init__(self, entries: dict[str, bytes]) -> None:
        self._entries = entries

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def number(self, key: str) -> int:
        """A whole number of 32 bits."""
        return self.numbers(key, 1)[0]

    def numbers(self, key: str, most: int) -> tuple[int, ...]:
        """One or more whole numbers."""
        value = self._value(key)
        if len(value) % 4 or not 0 < len(value) <= 4 * most:
            raise CannotConvert(f"{key} has {len(value)} bytes, which are no whole numbers.")
        return struct.unpack(f"<{len(value) // 4}i", value)

    def array(self, key: str) -> Array:
        """An array of float32."""
        value, kind = self._value(key), self._value(f"{key}.dtype").rstrip(b"\0")
        shape = self.numbers(f"{key}.shape", MOST_AXES)
        if kind != b"float32" or min(shape) < 1 or math.prod(shape) * 4 != len(value):
            raise CannotConvert(f"{key} is no array of float32 with the shape {list(shape)}.")
        return np.frombuffer(value, "<f4").reshape(shape)

    def _value(self, key: str) -> bytes:
        if key not in self._entries:
            raise CannotConvert(f"The file has no entry {key}.")
        return self._entries[key]


def read(path: Path) -> Entries:
    """All entries of a file. Raises ``CannotConvert`` when it is another file or damaged; ``OSError`` from reading."""
    if path.stat().st_size > MOST_BYTES:
        raise CannotConvert(f"{path.name} is larger than {MOST_BYTES >> 20} MiB.")
    content = path.read_bytes()
    if not content.startswith(SIGNATURE):
        raise CannotConvert(f"{path.name} is not a .vxm file.")
    count, at = _word(content, len(SIGNATURE)), len(SIGNATURE) + 4
    entries = {}
    for _ in range(count):
        key, at = _piece(content, at)
        value, at = _piece(content, at)
        entries[key.rstrip(b"\0").decode("latin-1")] = value
    return Entries(entries)


def _piece(content: bytes, at: int) -> tuple[bytes, int]:
    """The bytes at ``at`` behind their length, and where they end."""
    start = at + 4
    end = start + _word(content, at)
    if end > len(content):
        raise CannotConvert(DAMAGED)
    return content[start:end], end


def _word(content: bytes, at: int) -> int:
    if at + 4 > len(content):
        raise CannotConvert(DAMAGED)
    return int.from_bytes(content[at : at + 4], "little")
