"""What the drawings share: a canvas of numbers, smooth noise, soft edges, the way to a file.

A canvas is an array of height x width x 3 numbers from 0 to 1 (sRGB). Drawings are mixed onto it through masks of
height x width numbers from 0 (nothing) to 1 (all).
"""

from collections.abc import Sequence

import numpy as np
import pyvips
from numpy.typing import NDArray

Array = NDArray[np.float64]


def grid(width: int, height: int) -> tuple[Array, Array]:
    """x and y of every pixel; y from 0 to 1, x in the same unit."""
    y, x = np.mgrid[0:height, 0:width]
    return x / height, y / height


def colour(text: str) -> Array:
    """``"ffb070"`` as three numbers."""
    return np.array([int(text[i : i + 2], 16) / 255 for i in (0, 2, 4)])


def gradient(where: Array, stops: Sequence[tuple[float, str]]) -> Array:
    """Colours along ``where``: ``stops`` are places and colours in rising order."""
    places = [place for place, _ in stops]
    colours = np.array([colour(text) for _, text in stops])
    return np.stack([np.interp(where, places, colours[:, band]) for band in range(3)], axis=-1)


def soft(distance: Array, width: float = 0.002) -> Array:
    """1 where ``distance`` is below zero, 0 above, with an edge of ``width``."""
    return np.clip(0.5 - distance / width, 0, 1)


def mix(canvas: Array, over: Array, mask: Array) -> Array:
    """``over`` (a canvas or one colour) on ``canvas`` where ``mask`` says."""
    return canvas + (over - canvas) * mask[..., None]


def ridge(x: Array, seed: int, roughness: float = 0.55, octaves: int = 7) -> Array:
    """A line of hills over ``x``: waves of ever smaller length and height, about -1 to 1."""
    random = np.random.default_rng(seed)
    line = np.zeros_like(x)
    for octave in range(octaves):
        phase, stretch = random.uniform(0, 2 * np.pi), random.uniform(0.8, 1.2)
        line += roughness**octave * np.sin(x * stretch * 2**octave * 1.7 + phase)
    return line * (1 - roughness)


def noise(x: Array, y: Array, seed: int, octaves: int = 5) -> Array:
    """Soft clouds from 0 to 1."""
    random = np.random.default_rng(seed)
    total = np.zeros_like(x)
    for octave in range(octaves):
        for _ in range(3):
            angle, phase = random.uniform(0, 2 * np.pi, 2)
            total += 0.55**octave * np.sin((x * np.cos(angle) + y * np.sin(angle)) * 3.1 * 2**octave + phase)
    return 0.5 + 0.5 * np.tanh(total / 1.5)


def image_of(canvas: Array, alpha: Array | None = None) -> pyvips.Image:
    """The canvas in 8 bits, with ``alpha`` (0 to 1) as a fourth band where it is given."""
    bands = canvas if alpha is None else np.dstack([canvas, alpha])
    pixels = np.ascontiguousarray(np.clip(bands * 255 + 0.5, 0, 255).astype(np.uint8))
    height, width, count = pixels.shape
    return pyvips.Image.new_from_memory(pixels.tobytes(), width, height, count, "uchar").copy(interpretation="srgb")
