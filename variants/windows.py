"""Which window of a picture shows most of what people look at: arithmetic on small grids, in shares of the picture.

Gaze saliency, the mask of the subject and the boxes of faces count alike: each has the sum 1, as far as it is there.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyvips
from numpy.typing import NDArray

from variants.findings import Findings, Found
from variants.options.gravity import Point

CELLS = 256  # along each side of the grid on which all three are added
ALIKE = 1e-9  # of the largest sum: windows that differ by no more are equally good

Grid = NDArray[np.float64]


def most_seen(findings: Findings, across: float, down: float) -> Point | None:
    """The middle of the best window of ``across`` x ``down``, both above 0 and at most 1; None where nothing was seen.

    ``findings`` are in shares of the picture that the window is a part of.
    """
    seen = interest(findings)
    return None if seen is None else best_window(seen, across, down)


def interest(findings: Findings) -> Grid | None:
    """How much is to be seen where: ``CELLS`` x ``CELLS``, rows from the top; None where nothing is."""
    grids = [_cells(_array(image)) for image in (findings.saliency, findings.mask) if image is not None]
    grids.append(_boxes(findings.faces or ()))
    sums = [(grid, grid.sum()) for grid in grids]
    shares = [grid / total for grid, total in sums if total > 0]
    return sum(shares[1:], shares[0]) if shares else None


def best_window(seen: Grid, across: float, down: float) -> Point:
    """The middle of the window with the largest sum of ``seen``, which is square; of several the one nearest to the
    middle of the picture.

    Cells are even inside, so the sum is bilinear in left and top between those at which an edge of the window meets an
    edge of a cell, and largest at one of them.
    """
    total = np.zeros((len(seen) + 1, len(seen) + 1))
    total[1:, 1:] = seen.cumsum(0).cumsum(1)
    lefts, tops = _starts(across, len(seen)), _starts(down, len(seen))
    rows = _between(total, tops, down)
    sums = _between(rows.T, lefts, across).T
    off = (tops[:, None] + down / 2 - 0.5) ** 2 + (lefts + across / 2 - 0.5) ** 2
    off[sums < sums.max() * (1 - ALIKE)] = np.inf
    row, column = np.unravel_index(int(off.argmin()), off.shape)
    return float(lefts[column] + across / 2), float(tops[row] + down / 2)


def _starts(length: float, cells: int) -> Grid:
    """Where a window of ``length`` may begin so that one of its edges meets one of a cell, and in the middle."""
    edges, last = np.arange(cells + 1) / cells, max(0.0, 1 - length)
    starts = np.concatenate([edges, edges - length, [last / 2]])
    return np.unique(starts[(starts >= 0) & (starts <= last)])


def _between(total: Grid, starts: Grid, length: float) -> Grid:
    """Of sums from the first row on, those of ``length`` from each of ``starts`` on."""
    return _at(total, np.minimum(starts + length, 1)) - _at(total, starts)


def _at(total: Grid, shares: Grid) -> Grid:
    """``total``, known at the edges of rows, at shares of its height."""
    places = shares * (len(total) - 1)
    above = np.minimum(places.astype(int), len(total) - 2)
    part = (places - above)[:, None]
    return np.asarray(total[above] * (1 - part) + total[above + 1] * part)


def _array(image: pyvips.Image) -> Grid:
    array: NDArray[Any] = image[0].numpy()
    return array.astype(np.float64)


def _cells(array: Grid) -> Grid:
    """A grid of any size on ours; every cell gets what lies in it."""
    return _rows(_rows(array).T).T


def _rows(array: Grid) -> Grid:
    total = np.vstack([np.zeros(array.shape[1]), array.cumsum(0)])
    return np.diff(_at(total, np.arange(CELLS + 1) / CELLS), axis=0)


def _boxes(found: Iterable[Found]) -> Grid:
    """The area of boxes in each cell; where two lie on each other both count."""
    grid = np.zeros((CELLS, CELLS))
    for box in found:
        grid += np.outer(_covered(box.top, box.bottom), _covered(box.left, box.right))
    return grid


def _covered(start: float, end: float) -> Grid:
    edges = np.clip(np.arange(CELLS + 1) / CELLS, start, max(start, end))
    return np.diff(edges)
