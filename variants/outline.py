"""A part of a picture that is made wider or higher to the shape of what it is cut out for: arithmetic."""

from variants.geometry import Box, Size, rounded


def shaped(part: Box, target: Size, picture: Size) -> Box:
    """``part`` grown on both sides until it has the ratio of ``target``, moved inside the picture, no larger than it.

    So nothing of the part is lost where it is to fill a box of that ratio.
    """
    width = max(part.width, rounded(part.height * target.width, target.height))
    height = max(part.height, rounded(part.width * target.height, target.width))
    left, width = _grown(part.left, part.width, width, picture.width)
    top, height = _grown(part.top, part.height, height, picture.height)
    return Box(left, top, width, height)


def _grown(start: int, before: int, length: int, side: int) -> tuple[int, int]:
    length = min(length, side)
    return min(max(0, start - (length - before) // 2), side - length), length
