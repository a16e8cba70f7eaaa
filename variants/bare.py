"""Animations that are delivered without being decoded: their file without what it says besides the pictures.

GIF89a and the WebP container (RFC 9649) are lists of blocks, each with its length; blocks that show nothing are left
out, and so is whatever stands behind the end.
"""

import struct
from collections.abc import Iterator

from images.errors import CannotDecode

VERSION = 1
TRAILER, EXTENSION, IMAGE = 0x3B, 0x21, 0x2C
COMMENT, APPLICATION = 0xFE, 0xFF
KEPT_APPLICATIONS = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")  # how often it is played, and colours
KEPT_CHUNKS = (b"VP8X", b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L")
METADATA_FLAGS = 0x08 | 0x04  # EXIF, XMP


def bare(data: bytes, form: str) -> bytes:
    """The animation ``data`` (``form``: gif or webp) with the same frames, times and colours, and nothing else.

    Raises ``CannotDecode``.
    """
    try:
        return b"".join(_gif(data)) if form == "gif" else _webp(data)
    except (IndexError, struct.error) as error:
        raise CannotDecode("The animation is cut off.") from error


def _gif(data: bytes) -> Iterator[bytes]:
    at = 13 + _palette(data[10])
    yield data[:at]
    while data[at] != TRAILER:
        start, kind, label = at, data[at], data[at + 1]
        if kind == EXTENSION:
            at = _behind_blocks(data, at + 2)
            kept = label != COMMENT and (label != APPLICATION or data[start + 3 : start + 14] in KEPT_APPLICATIONS)
        elif kind == IMAGE:
            at, kept = _behind_blocks(data, at + 11 + _palette(data[at + 9])), True
        else:
            raise CannotDecode("The animation is damaged between its frames.")
        if kept:
            yield data[start:at]
    yield bytes([TRAILER])


def _palette(flags: int) -> int:
    """Bytes of a palette that ``flags`` announce."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _behind_blocks(data: bytes, at: int) -> int:
    while data[at]:
        at += data[at] + 1
    return at + 1


def _webp(data: bytes) -> bytes:
    body = b"".join(_chunks(data))
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def _chunks(data: bytes) -> Iterator[bytes]:
    at, end = 12, min(len(data), 8 + struct.unpack_from("<I", data, 4)[0])
    while at + 8 <= end:
        name, (size,) = data[at : at + 4], struct.unpack_from("<I", data, at + 4)
        chunk = data[at : at + 8 + size + size % 2]
        if name == b"VP8X":
            yield chunk[:8] + bytes([chunk[8] & ~METADATA_FLAGS]) + chunk[9:]
        elif name in KEPT_CHUNKS:
            yield chunk
        at += 8 + size + size % 2
