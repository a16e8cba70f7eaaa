"""BlurHash: a picture as a short text that a page can hold, and draw as a blur while the picture loads.

The text is a discrete cosine transform in linear light with a few coefficients, in base 83
(https://github.com/woltapp/blurhash/blob/master/Algorithm.md). As in the other implementations the cosines are those
at the left and top edges of pixels.
"""

import numpy as np

from inference.colours import Coloured, Values, filled, from_linear, opacity, to_linear

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
MOST = 9  # coefficients along a side
LARGEST = 166  # the largest coefficient is told in so many parts of 1, of which 83 have a digit
STEPS = 9  # that a coefficient has above 0, and as many below


def encode(picture: Coloured, across: int = 4, down: int = 3) -> str:
    """The BlurHash of ``picture``, best of at most 100 pixels a side, with ``across`` x ``down`` coefficients: a text
    of 4 + 2 · across · down characters. What is transparent gets the average colour of the rest.

    Raises ``ValueError`` unless both numbers are 1 to 9.
    """
    if not (1 <= across <= MOST and 1 <= down <= MOST):
        raise ValueError(f"BlurHash has 1 to {MOST} coefficients a side, not {across} x {down}")
    average, *others = _coefficients(filled(to_linear(picture[..., :3]), opacity(picture)), across, down)
    largest = _largest(others)
    head = _digits(across - 1 + (down - 1) * MOST, 1) + _digits(largest, 1) + _digits(_packed(average), 4)
    return head + "".join(_digits(_step(one, (largest + 1) / LARGEST), 2) for one in others)


def _coefficients(light: Values, across: int, down: int) -> Values:
    """Rows of red, green and blue: the average first, then row by row of the transform."""
    height, width, _ = light.shape
    columns, rows = _cosines(width, across), _cosines(height, down)
    found: Values = 2 * np.einsum("jy,ix,yxc->jic", rows, columns, light, optimize=True) / (width * height)
    found[0, 0] /= 2
    return found.reshape(across * down, 3)


def _cosines(side: int, count: int) -> Values:
    return np.cos(np.pi * np.outer(np.arange(count), np.arange(side)) / side)


def _largest(coefficients: list[Values]) -> int:
    largest = max((float(abs(one).max()) for one in coefficients), default=0)
    return max(0, min(len(DIGITS) - 1, int(np.floor(largest * LARGEST - 0.5))))


def _packed(average: Values) -> int:
    red, green, blue = (int(value) for value in from_linear(average))
    return red << 16 | green << 8 | blue


def _step(coefficient: Values, largest: float) -> int:
    """Three numbers from 0 to 18, of which 9 is nothing; small values have finer steps than large ones."""
    share = coefficient / largest
    steps = np.floor(np.sign(share) * np.sqrt(abs(share)) * STEPS + STEPS + 0.5)
    red, green, blue = (int(step) for step in np.clip(steps, 0, 2 * STEPS))
    base = 2 * STEPS + 1
    return (red * base + green) * base + blue


def _digits(value: int, count: int) -> str:
    base = len(DIGITS)
    return "".join(DIGITS[value // base**place % base] for place in reversed(range(count)))
