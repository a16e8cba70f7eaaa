"""What was seen in a picture, as members of JSON. All places are shares, 0 to 1 from the left and from the top."""

from array import array
from collections.abc import Callable, Iterable
from typing import Any

import pyvips

from variants import focus
from variants.findings import Findings, Found, Shares, Sought
from variants.options.gravity import Point
from variants.options.include import Items

DECIMALS = 4
LONGEST = 16  # cells of a side of the grid that is told
FINE = 3  # decimals of its cells
NEEDS: dict[str, frozenset[Sought]] = {
    "faces": frozenset({"faces"}),
    "objects": frozenset({"objects"}),
    "saliency": frozenset({"saliency"}),
    "focal-point": frozenset({"faces", "saliency"}),
}


def needed(items: Items) -> frozenset[Sought]:
    """What must have been looked for to tell of ``items``."""
    return frozenset[Sought]().union(*(NEEDS.get(item.name, frozenset()) for item in items))


def sightings(seen: Findings, items: Items, attention: Callable[[], Point]) -> dict[str, Any]:
    """Members for those of ``items`` that a look at the picture can tell; None where nothing could look.

    ``attention`` gives the point that draws the eye by libvips' rules, for where no model is.
    """
    makers: dict[str, Callable[[], Any]] = {
        "faces": lambda: boxes(seen.faces),
        "objects": lambda: boxes(seen.objects),
        "saliency": lambda: seen.saliency and _saliency(seen.saliency),
        "focal-point": lambda: _focal_point(seen, attention),
    }
    return {item.member: makers[item.name]() for item in items if item.name in makers}


def boxes(found: Iterable[Found] | None) -> list[dict[str, Any]] | None:
    """Boxes with score and label; None for what was not looked for."""
    return None if found is None else [_box(one) for one in found]


def place(part: Shares) -> dict[str, float]:
    """A part of a picture."""
    left, top, right, bottom = part
    sides = {"left": left, "top": top, "width": right - left, "height": bottom - top}
    return {name: round(value, DECIMALS) for name, value in sides.items()}


def _box(found: Found) -> dict[str, Any]:
    told = place(Shares(*found[:4]))
    return {**told, "score": round(found.score, DECIMALS), "label": found.label}


def _focal_point(seen: Findings, attention: Callable[[], Point]) -> dict[str, Any]:
    """What a person chose, else the middle of all faces, else what is looked at most."""
    if seen.point:
        return point(seen.point) | {"by": "hand"}
    if seen.faces:
        return point(focus.middle(focus.outer(seen.faces))) | {"by": "faces"}
    if seen.saliency:
        return point(_peak(seen.saliency)) | {"by": "saliency"}
    return point(attention()) | {"by": "attention"}


def point(at: Point) -> dict[str, Any]:
    """A point of a picture."""
    return {"x": round(at[0], DECIMALS), "y": round(at[1], DECIMALS)}


def _saliency(grid: pyvips.Image) -> dict[str, Any]:
    """The middle of the cell that is looked at most, and rows of cells beside the highest one: 0 to 1."""
    factor = min(1, LONGEST / max(grid.width, grid.height))
    small = grid.resize(factor, vscale=factor, kernel="linear") if factor < 1 else grid
    values = array("f", bytes(small.cast("float").write_to_memory()))
    highest = max(values) or 1
    cells = [round(max(0, value) / highest, FINE) for value in values]
    rows = [cells[start : start + small.width] for start in range(0, len(cells), small.width)]
    return point(_peak(grid)) | {"grid": rows}


def _peak(grid: pyvips.Image) -> Point:
    _, x, y = grid.maxpos()
    return (x + 0.5) / grid.width, (y + 0.5) / grid.height
