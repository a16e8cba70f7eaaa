"""The box around what was found, larger or of another shape: arithmetic, in shares of the picture."""

from collections.abc import Iterable

from variants.findings import Found, Shares
from variants.options.gravity import Point


def around(found: Iterable[Found]) -> Shares | None:
    """The smallest box around all, as far as it lies in the picture; None where there is nothing."""
    boxes = [tuple(min(max(0.0, edge), 1.0) for edge in one[:4]) for one in found]
    if not boxes:
        return None
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Shares(min(lefts), min(tops), max(rights), max(bottoms))


def middle(box: Shares) -> Point:
    """Across and down."""
    return (box.left + box.right) / 2, (box.top + box.bottom) / 2


def scaled(box: Shares, factor: float) -> Shares:
    """As large as ``factor`` times the box, with the same middle; no larger than the picture, and moved into it."""
    return _sized(box, factor * (box.right - box.left), factor * (box.bottom - box.top))


def shaped(box: Shares, ratio: float) -> Shares:
    """Wider or higher until its share of the width is ``ratio`` times that of the height, as far as the picture goes.

    So nothing of it is lost where a window of that ratio is cut out of it.
    """
    across, down = box.right - box.left, box.bottom - box.top
    return _sized(box, max(across, down * ratio), max(down, across / ratio))


def _sized(box: Shares, across: float, down: float) -> Shares:
    x, y = middle(box)
    (left, right), (top, bottom) = _side(x, across), _side(y, down)
    return Shares(left, top, right, bottom)


def _side(middle: float, length: float) -> tuple[float, float]:
    length = min(1, length)
    start = min(max(0, middle - length / 2), 1 - length)
    return start, start + length
