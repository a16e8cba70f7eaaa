"""ThumbHash: a picture with its shape and its transparency in at most 25 bytes, to be drawn while it loads.

The bytes are a discrete cosine transform of lightness, yellow to blue, red to green and alpha
(https://evanw.github.io/thumbhash/), on sRGB values from 0 to 1.
"""

import math

import numpy as np

from inference.colours import LEVELS, Coloured, Values, filled, opacity

LONGEST = 100  # pixels of a side
ALONG, ALONG_BESIDE_ALPHA = 7, 5  # coefficients of lightness along the longer side
FEWEST, OF_ALPHA = 3, 5
NOISE = 12  # decimals; what is smaller comes from rounding, and no two machines round alike
Channel = tuple[float, Values, float]
"""The mean, the other coefficients as shares of the largest one from 0 (its opposite) to 1, and that one."""


def encode(picture: Coloured) -> bytes:
    """The ThumbHash of ``picture``. Raises ``ValueError`` when a side has more than 100 pixels."""
    height, width, _ = picture.shape
    if max(height, width) > LONGEST:
        raise ValueError(f"ThumbHash takes at most {LONGEST} pixels a side, not {width} x {height}")
    alpha = opacity(picture)
    transparent = bool((alpha < 1).any())
    across, down = _counts(width, height, ALONG_BESIDE_ALPHA if transparent else ALONG)
    red, green, blue = np.moveaxis(filled(picture[..., :3] / LEVELS, alpha), -1, 0)
    lightness = _channel((red + green + blue) / 3, max(FEWEST, across), max(FEWEST, down))
    yellow, redness = (_channel(one, FEWEST, FEWEST) for one in ((red + green) / 2 - blue, red - green))
    channels = [lightness, yellow, redness, *([_channel(alpha, OF_ALPHA, OF_ALPHA)] if transparent else [])]
    shorter = down if width > height else across
    return _head(channels[:3], transparent, shorter, width > height) + _tail(channels)


def _counts(width: int, height: int, along: int) -> tuple[int, int]:
    longer = max(width, height)
    return max(1, _rounded(along * width / longer)), max(1, _rounded(along * height / longer))


def _channel(values: Values, across: int, down: int) -> Channel:
    """A triangle of the transform: the higher the frequency down, the fewer across."""
    rows, columns = (_cosines(side, count) for side, count in zip(values.shape, (down, across), strict=True))
    table = (rows @ values @ columns.T / values.size).round(NOISE)
    row, column = np.indices(table.shape)
    mean, *others = table[column * down < across * (down - row)]
    scale = max(abs(value) for value in others)
    return float(mean), np.array([0.5 + 0.5 * value / scale if scale else 0 for value in others]), float(scale)


def _cosines(side: int, count: int) -> Values:
    return np.cos(np.pi / side * np.outer(np.arange(count), np.arange(side) + 0.5))


def _head(channels: list[Channel], transparent: bool, shorter: int, landscape: bool) -> bytes:
    (light, _, light_scale), (yellow, _, yellow_scale), (red, _, red_scale) = channels
    first = (
        _rounded(63 * light)
        | _rounded(31.5 + 31.5 * yellow) << 6
        | _rounded(31.5 + 31.5 * red) << 12
        | _rounded(31 * light_scale) << 18
        | transparent << 23
    )
    second = shorter | _rounded(63 * yellow_scale) << 3 | _rounded(63 * red_scale) << 9 | landscape << 15
    return first.to_bytes(3, "little") + second.to_bytes(2, "little")


def _tail(channels: list[Channel]) -> bytes:
    """Mean and scale of alpha where there is one, then all coefficients, two a byte, the first one in the low half."""
    alpha = [_rounded(15 * value) for mean, _, scale in channels[3:] for value in (mean, scale)]
    found = [*alpha, *(_rounded(15 * value) for _, values, _ in channels for value in values)]
    found += [0] * (len(found) % 2)
    return bytes(low | high << 4 for low, high in zip(found[::2], found[1::2], strict=True))


def _rounded(value: float) -> int:
    """Halves go up."""
    return math.floor(value + 0.5)
