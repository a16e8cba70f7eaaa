"""The window that shows most: never outside, never worse than the middle, and where a count over all says it is."""

import numpy
import pytest
import pyvips
from hypothesis import given
from hypothesis import strategies as st
from seen import boxes, mask_of

from variants.findings import Findings
from variants.windows import Grid, best_window, most_seen

lengths = st.floats(0.05, 1, allow_nan=False)
grids = st.integers(0, 2**32 - 1).map(lambda seed: numpy.random.default_rng(seed).random((12, 12)) ** 4)


def shown(seen: Grid, box: tuple[float, ...]) -> float:
    """The sum of a grid inside left, top, right and bottom, cell by cell."""
    cells = len(seen)
    edges = numpy.arange(cells + 1) / cells

    def covered(start: float, end: float) -> Grid:
        return numpy.clip(numpy.minimum(end, edges[1:]) - numpy.maximum(start, edges[:-1]), 0, None) * cells

    return float(covered(box[1], box[3]) @ seen @ covered(box[0], box[2]))


def around(middle: tuple[float, float], across: float, down: float) -> tuple[float, ...]:
    x, y = middle
    return x - across / 2, y - down / 2, x + across / 2, y + down / 2


@given(grids, lengths, lengths)
def test_inside_and_no_worse_than_the_middle(seen: Grid, across: float, down: float) -> None:
    box = around(best_window(seen, across, down), across, down)
    assert min(box) > -1e-9 and max(box) < 1 + 1e-9
    assert shown(seen, box) >= shown(seen, around((0.5, 0.5), across, down)) - 1e-9


@given(grids, lengths, lengths)
def test_no_window_shows_more(seen: Grid, across: float, down: float) -> None:
    best = shown(seen, around(best_window(seen, across, down), across, down))
    for x in numpy.linspace(across / 2, 1 - across / 2, 9):
        for y in numpy.linspace(down / 2, 1 - down / 2, 9):
            assert shown(seen, around((x, y), across, down)) <= best + 1e-9


def test_of_equal_windows_the_one_in_the_middle() -> None:
    assert best_window(numpy.ones((8, 8)), 0.3, 0.4) == pytest.approx((0.5, 0.5))
    spot = numpy.zeros((8, 8))
    spot[1, 1] = 1
    x, y = best_window(spot, 0.5, 0.5)
    assert (x, y) == pytest.approx((0.375, 0.375))  # as far in as the spot is still shown


@pytest.mark.parametrize(("across", "down"), [(1, 0.25), (0.25, 1), (0.25, 0.25), (1, 1)])
def test_where_the_only_thing_is(across: float, down: float) -> None:
    seen = numpy.zeros((20, 20))
    seen[14:16, 3:5] = 1
    x, y = best_window(seen, across, down)
    left, top, right, bottom = around((x, y), across, down)
    assert left <= 0.15 + 1e-9 and right >= 0.25 - 1e-9 and top <= 0.7 + 1e-9 and bottom >= 0.8 - 1e-9


def grid(left: float, right: float, cells: int = 40) -> pyvips.Image:
    """1 between two shares of the width."""
    middles = (numpy.arange(cells) + 0.5) / cells
    return mask_of(numpy.repeat([(middles > left) & (middles < right)], 10, axis=0) * 1.0)


def test_all_three_count_alike() -> None:
    mask, saliency, faces = grid(0.1, 0.3), (grid(0.7, 0.9) / 8000).cast("float"), boxes((0.1, 0.4, 0.2, 0.5))
    x, _ = most_seen(Findings(saliency=saliency, mask=mask), 0.4, 1) or (0, 0)
    assert min(abs(x - 0.3), abs(x - 0.7)) < 0.01  # one or the other, however large their numbers are
    for findings, where in (
        (Findings(saliency=saliency), 0.7),
        (Findings(mask=mask), 0.3),
        (Findings(faces=faces), 0.3),
        (Findings(saliency=saliency, mask=mask, faces=faces), 0.3),
        (Findings(saliency=saliency, faces=boxes((0.75, 0, 0.9, 1)), mask=mask), 0.7),
    ):
        x, _ = most_seen(findings, 0.4, 1) or (0, 0)
        assert x == pytest.approx(where, abs=0.01), findings


def test_nothing_was_seen() -> None:
    for findings in (Findings(), Findings(faces=(), mask=mask_of(numpy.zeros((9, 9))))):
        assert most_seen(findings, 0.5, 0.5) is None
