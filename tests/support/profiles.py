"""Colour profiles drawn by numbers (ICC.1:2001): matrix and curve, or grey with a curve."""

import struct
from typing import Any

import numpy

WHITE = (0.9642, 1.0, 0.8249)  # D50
# Colorants of Adobe RGB (1998) and of sRGB, adapted to D50.
ADOBE = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
SRGB = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))
ADOBE_GAMMA = 563 / 256


def rgb(colorants: Any, gamma: float) -> bytes:
    """A profile of a display with these three colorants (X, Y, Z) and one curve."""
    tags = {b"wtpt": _xyz(WHITE), b"desc": _text(), b"cprt": b"text\0\0\0\0none\0"}
    tags |= {name + b"XYZ": _xyz(colorant) for name, colorant in zip((b"r", b"g", b"b"), colorants, strict=True)}
    tags |= {name + b"TRC": _curve(gamma) for name in (b"r", b"g", b"b")}
    return _profile(b"RGB ", tags)


def grey(gamma: float) -> bytes:
    """A profile of grey with a curve."""
    return _profile(
        b"GRAY", {b"wtpt": _xyz(WHITE), b"desc": _text(), b"cprt": b"text\0\0\0\0none\0", b"kTRC": _curve(gamma)}
    )


def to_srgb(pixels: Any, colorants: Any, gamma: float) -> Any:
    """8-bit colours under ``rgb(colorants, gamma)`` as 8-bit sRGB, worked out without a colour engine."""
    linear = (numpy.asarray(pixels) / 255.0) ** gamma @ numpy.array(colorants) @ numpy.linalg.inv(numpy.array(SRGB))
    return encoded(linear)


def encoded(linear: Any) -> Any:
    """Linear light, 0 to 1, as 8-bit sRGB (IEC 61966-2-1)."""
    light = numpy.clip(linear, 0, 1)
    return 255 * numpy.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def _xyz(values: Any) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def _curve(gamma: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"


def _text() -> bytes:
    return b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + b"\0" * 78 + b"\0"


def _profile(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    at, table, body = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, data in tags.items():
        data += b"\0" * (-len(data) % 4)
        table += name + struct.pack(">II", at + len(body), len(data))
        body += data
    header = struct.pack(">I4sI4s4s4s", at + len(body), b"\0" * 4, 0x02400000, b"mntr", space, b"XYZ ")
    header += b"\0" * 12 + b"acsp" + b"\0" * 28 + b"".join(struct.pack(">i", round(value * 65536)) for value in WHITE)
    return header.ljust(128, b"\0") + table + body
