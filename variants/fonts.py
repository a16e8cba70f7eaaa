"""Font files that are fetched: the family they hold, by which a text names them."""

import struct
import zlib
from pathlib import Path

from images.errors import FetchRefused

LARGEST_TABLE = 2**20
HEADERS = {b"\0\1\0\0": "sfnt", b"OTTO": "sfnt", b"true": "sfnt", b"wOFF": "woff"}
FAMILY, TYPOGRAPHIC_FAMILY, STYLE, TYPOGRAPHIC_STYLE = 1, 16, 2, 17
UNICODE = {(0, 0), (0, 1), (0, 3), (0, 4), (3, 1), (3, 10)}  # platform and encoding of text in UTF-16
REFUSED = "the font cannot be used; send TrueType, OpenType or WOFF (not WOFF2)"


def family(path: Path) -> str:
    """Family and style of the font at ``path``, as Pango reads them. Raises ``FetchRefused``."""
    try:
        names = _names(_name_table(path.read_bytes()))
        found = names.get(TYPOGRAPHIC_FAMILY) or names[FAMILY]
        style = names.get(TYPOGRAPHIC_STYLE) or names.get(STYLE, "")
    except (struct.error, zlib.error, KeyError, ValueError, IndexError):
        raise FetchRefused(REFUSED) from None
    # A comma ends the family, so that a family whose last word is a number or a style is read as it is.
    return f"{found.replace(',', ' ')}, {style if style != 'Regular' else ''}".strip()


def _name_table(font: bytes) -> bytes:
    """The table ``name`` of an sfnt or WOFF file."""
    kind, count_at, first, size = {"sfnt": ("sfnt", 4, 12, 16), "woff": ("woff", 12, 44, 20)}[HEADERS[font[:4]]]
    (count,) = struct.unpack_from(">H", font, count_at)
    for at in range(first, first + count * size, size):
        if font[at : at + 4] == b"name":
            return _unpacked(font, at, kind)
    raise ValueError("no names")


def _unpacked(font: bytes, at: int, kind: str) -> bytes:
    if kind == "sfnt":
        offset, length = struct.unpack_from(">II", font, at + 8)
        return font[offset : offset + length]
    offset, packed, length = struct.unpack_from(">III", font, at + 4)
    table = font[offset : offset + packed]
    return zlib.decompressobj().decompress(table, LARGEST_TABLE) if packed < length else table


def _names(table: bytes) -> dict[int, str]:
    """The names that are written in Unicode, the English ones first."""
    _, count, start = struct.unpack_from(">HHH", table)
    found: dict[int, str] = {}
    for at in range(6, 6 + count * 12, 12):
        platform, encoding, language, name, length, offset = struct.unpack_from(">HHHHHH", table, at)
        if (platform, encoding) in UNICODE and (name not in found or language == 0x409):
            found[name] = table[start + offset : start + offset + length].decode("utf-16-be")
    return found
