"""What was seen in a picture, carried to a part of it, to the turned picture, to the one with a frame around it."""

import math
from collections.abc import Callable
from dataclasses import replace

import pyvips

from variants import framing
from variants.findings import NONE, Findings, Found, Shares
from variants.geometry import Box, Size, Turn
from variants.options.gravity import Point
from variants.options.option import Options

WHOLE = Shares(0, 0, 1, 1)
Carry = Callable[[Shares], Shares | None]


def shares(box: Box, size: Size) -> Shares:
    """``box`` of a picture of ``size`` in shares of it."""
    left, top, width, height = box
    return Shares(left / size.width, top / size.height, (left + width) / size.width, (top + height) / size.height)


def within(box: Shares, outer: Shares) -> Shares:
    """``box`` of a part, as a part of the whole that ``outer`` is a part of."""
    width, height = outer.right - outer.left, outer.bottom - outer.top
    left, right = (outer.left + x * width for x in (box.left, box.right))
    top, bottom = (outer.top + y * height for y in (box.top, box.bottom))
    return Shares(left, top, right, bottom)


def point_within(point: Point, part_of: Shares, turn: Turn, outer: Shares) -> Point:
    """A point of ``part_of`` a picture that is turned by ``turn`` then, as a point of the whole around ``outer``."""
    spot = within(Shares(*point, *point), part_of)
    return within(turned_box(spot, turn), outer)[:2]


def part(seen: Findings, of: Shares) -> Findings:
    """What is seen of a part of the picture; a box that reaches beyond it ends at its edge."""
    if seen is NONE or of == WHOLE:
        return seen
    width, height = of.right - of.left, of.bottom - of.top

    def moved(box: Shares) -> Shares | None:
        left, right = (_within((x - of.left) / width) for x in (box.left, box.right))
        top, bottom = (_within((y - of.top) / height) for y in (box.top, box.bottom))
        return Shares(left, top, right, bottom) if left < right and top < bottom else None

    point = seen.point and (_within((seen.point[0] - of.left) / width), _within((seen.point[1] - of.top) / height))
    return _carried(seen, moved, lambda grid: _cut(grid, of), point)


def turned(seen: Findings, turn: Turn) -> Findings:
    """What is seen of the picture after ``turn``."""
    if seen is NONE or turn == Turn():
        return seen

    def grid(image: pyvips.Image) -> pyvips.Image:
        image = image.fliphor() if turn.mirror else image
        return image.rot(f"d{turn.angle}") if turn.angle else image

    point = seen.point and _middle(turned_box(Shares(*seen.point, *seen.point), turn))
    return _carried(seen, lambda box: turned_box(box, turn), grid, point)


def turned_box(box: Shares, turn: Turn) -> Shares:
    """Where ``box`` lies after ``turn`` of the whole picture."""
    left, top, right, bottom = box
    if turn.mirror:
        left, right = 1 - right, 1 - left
    if turn.angle == 90:
        return Shares(1 - bottom, left, 1 - top, right)
    if turn.angle == 180:
        return Shares(1 - right, 1 - bottom, 1 - left, 1 - top)
    if turn.angle == 270:
        return Shares(top, 1 - right, bottom, 1 - left)
    return Shares(left, top, right, bottom)


def framed(seen: Findings, place: tuple[int, int], size: Size, sheet: Size, options: Options) -> Findings:
    """What is seen of the result: ``seen`` belongs to a picture of ``size`` that was laid at ``place`` of ``sheet``.

    Padding and border are around the sheet, and a free angle turns it; a box is the upright one around it then.
    """
    (above, _, _, before), (top, _, _, left) = framing.padding(options), framing.border(options)
    x, y = place[0] + before + left, place[1] + above + top
    straight = framing.framed(sheet, options.other({**options, "rotate": 0}))
    if seen is NONE or (straight == size and not framing.tilt(options)):
        return seen

    def moved(box: Shares) -> Shares:
        across, down = (size.width / straight.width, size.height / straight.height)
        start, rise = x / straight.width, y / straight.height
        laid = (start + box.left * across, rise + box.top * down, start + box.right * across, rise + box.bottom * down)
        return _tilted(Shares(*laid), straight, framing.tilt(options))

    def grid(image: pyvips.Image) -> pyvips.Image:
        return _tilted_grid(_laid(image, x, y, size, straight), framing.tilt(options))

    return _carried(seen, moved, grid, seen.point and _middle(moved(Shares(*seen.point, *seen.point))))


def _within(share: float) -> float:
    return min(max(0.0, share), 1.0)


def _carried(seen: Findings, box: Carry, grid: Callable[[pyvips.Image], pyvips.Image], point: Point | None) -> Findings:
    """All boxes and grids moved; a box of which nothing is left goes."""

    def boxes(found: tuple[Found, ...] | None) -> tuple[Found, ...] | None:
        if found is None:
            return None
        moved = ((box(Shares(*one[:4])), one) for one in found)
        return tuple(Found(*place, one.score, one.label) for place, one in moved if place)

    return replace(
        seen,
        faces=boxes(seen.faces),
        objects=boxes(seen.objects),
        doubtful=boxes(seen.doubtful) or (),
        saliency=seen.saliency and grid(seen.saliency),
        mask=seen.mask and grid(seen.mask),
        point=point,
    )


def _cut(grid: pyvips.Image, of: Shares) -> pyvips.Image:
    """The part of a grid; what reaches beyond it is as its edge."""
    across, down = (of.right - of.left) * grid.width, (of.bottom - of.top) * grid.height
    return _moved(grid, -of.left * grid.width, -of.top * grid.height, across, down, "copy")


def _laid(grid: pyvips.Image, x: int, y: int, size: Size, sheet: Size) -> pyvips.Image:
    """The grid with nothing around it, as the picture of ``size`` lies at (x, y) of ``sheet``."""
    across, down = grid.width / size.width, grid.height / size.height
    return _moved(grid, x * across, y * down, sheet.width * across, sheet.height * down, "black")


def _moved(grid: pyvips.Image, x: float, y: float, across: float, down: float, extend: str) -> pyvips.Image:
    """The grid at (x, y) of one of ``across`` x ``down`` cells, which are stretched to whole ones.

    Between cells where it must be: a cell of a coarse grid is many pixels wide.
    """
    width, height = max(1, round(across)), max(1, round(down))
    stretch_x, stretch_y = width / across, height / down
    return grid.affine(
        [stretch_x, 0, 0, stretch_y],
        oarea=[0, 0, width, height],
        odx=x * stretch_x,
        ody=y * stretch_y,
        idx=0.5 - 0.5 / stretch_x,  # centres of cells stay centres
        idy=0.5 - 0.5 / stretch_y,
        extend=extend,
    )


def _tilted(box: Shares, size: Size, angle: float) -> Shares:
    """The upright box around one that was turned with the whole picture of ``size``."""
    if not angle:
        return box
    whole = framing.tilted(size, angle)
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    corners = [(x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)]
    off = [((x - 0.5) * size.width, (y - 0.5) * size.height) for x, y in corners]
    across = [0.5 + (x * cosine - y * sine) / whole.width for x, y in off]
    down = [0.5 + (x * sine + y * cosine) / whole.height for x, y in off]
    return Shares(min(across), min(down), max(across), max(down))


def _tilted_grid(grid: pyvips.Image, angle: float) -> pyvips.Image:
    return grid.rotate(angle) if angle else grid


def _middle(box: Shares) -> Point:
    return (box.left + box.right) / 2, (box.top + box.bottom) / 2
