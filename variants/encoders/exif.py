"""EXIF of a result: all but what would be wrong now, or the copyright alone (CIPA DC-008; TIFF 6.0)."""

import struct

import pyvips

BLOB = "exif-data"
HEADER = b"Exif\0\0"
COPYRIGHT, ASCII, ENTRY_BYTES = 0x8298, 2, 12
LONGEST = 10_000  # bytes of a copyright that are kept; one segment of JPEG holds 65533


def upright(image: pyvips.Image) -> pyvips.Image:
    """With an orientation of 1, as the pixels are upright, and without the preview, which shows the original."""
    image = image.copy()
    if image.get_typeof("jpeg-thumbnail-data"):
        image.remove("jpeg-thumbnail-data")
    if image.get_typeof(BLOB):
        image.set_type(pyvips.GValue.gint_type, "orientation", 1)
    return image


def copyright_of(image: pyvips.Image) -> bytes | None:
    """The copyright tag as it was written, without its closing zero; None where there is none or EXIF is damaged."""
    if not image.get_typeof(BLOB):
        return None
    try:
        tiff = bytes(image.get(BLOB)).removeprefix(HEADER)
        return _find(tiff).rstrip(b"\0 ")[:LONGEST] or None
    except (struct.error, LookupError, RuntimeError):  # the last one: pyvips, of an empty field
        return None


def _find(tiff: bytes) -> bytes:
    order = {b"II": "<", b"MM": ">"}[tiff[:2]]
    (start,) = struct.unpack_from(order + "I", tiff, 4)
    (count,) = struct.unpack_from(order + "H", tiff, start)
    for at in range(start + 2, start + 2 + count * ENTRY_BYTES, ENTRY_BYTES):
        tag, kind, length = struct.unpack_from(order + "HHI", tiff, at)
        if (tag, kind) == (COPYRIGHT, ASCII):
            value = at + 8 if length <= 4 else struct.unpack_from(order + "I", tiff, at + 8)[0]
            return tiff[value : value + length]
    return b""


def with_copyright(jpeg: bytes, owner: bytes) -> bytes:
    """The JPEG with an EXIF segment that holds this tag and nothing else, after its start or its JFIF segment."""
    value = owner + b"\0" * max(1, 5 - len(owner))  # five bytes or more always stand outside the entry
    entry = struct.pack("<HHII", COPYRIGHT, ASCII, len(value), 8 + 2 + ENTRY_BYTES + 4)
    tiff = b"II*\0" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 0) + value
    segment = b"\xff\xe1" + struct.pack(">H", 2 + len(HEADER) + len(tiff)) + HEADER + tiff
    after = 4 + struct.unpack_from(">H", jpeg, 4)[0] if jpeg[2:4] == b"\xff\xe0" else 2
    return jpeg[:after] + segment + jpeg[after:]
