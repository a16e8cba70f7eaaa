"""The size and the pixels of an SVG: libvips' loader for them opens for the sanitised bytes alone, and closes again.

No Django here; it runs in a child of the box.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pyvips

from images import svg

LOADER = "VipsForeignLoadSvg"
UNSIZED = (300, 150)  # what browsers take where an SVG says nothing (CSS 2, 10.3.2)
LARGEST = 100_000  # pixels of a side: beyond it the numbers are a mistake or an attack
SMALLEST_SCALE, LARGEST_SCALE = 0.001, 1000.0


def size(clean: bytes) -> tuple[int, int]:
    """Width and height in pixels of what ``svg.sanitised`` wrote; ``UNSIZED`` when nothing in it says how large."""
    try:
        image = _opened(clean, 1.0)
    except pyvips.Error:
        return UNSIZED
    return image.width, image.height


def drawn(path: str, scale: float = 1.0) -> pyvips.Image:
    """The SVG at ``path``, sanitised, as RGBA pixels of sRGB; ``scale`` multiplies its size.

    Pixels are drawn when they are read. Raises the faults of ``svg.sanitised``, ``pyvips.Error``.
    """
    return _opened(svg.sanitised(path), min(max(scale, SMALLEST_SCALE), LARGEST_SCALE))


def _opened(clean: bytes, scale: float) -> pyvips.Image:
    with _unlocked():
        return pyvips.Image.svgload_buffer(clean, scale=scale)


@contextmanager
def _unlocked() -> Iterator[None]:
    pyvips.operation_block_set(LOADER, False)
    try:
        yield
    finally:
        pyvips.operation_block_set(LOADER, True)
