"""Where a window is laid to show objects: numbers by hand, for each mode and each position."""

import itertools

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from variants.arrangement import middle
from variants.cutout import MODES
from variants.findings import Found
from variants.geometry import Size
from variants.options.compass import EDGES
from variants.options.gravity import Gravity
from variants.options.objects import MIDDLE, Objects, Placement, Position

PICTURE = Size(1000, 500)
ALL = Objects()


def at(left: float, top: float, right: float, bottom: float, label: str = "dog", score: float = 0.8) -> Found:
    return Found(left, top, right, bottom, score, label)


BIG, SMALL, CAT = at(0.1, 0.2, 0.3, 0.8), at(0.7, 0.4, 0.8, 0.6), at(0.85, 0.4, 0.95, 0.6, "cat", 0.9)


def laid(
    found: tuple[Found, ...],
    window: tuple[int, int] = (300, 500),
    wanted: str = "objects",
    mode: str = "max_score_area",
    position: str = "ce",
    dpr: float = 1,
) -> tuple[float, float] | None:
    return middle(found, Gravity().parse(wanted), mode, Placement().parse(position), PICTURE, Size(*window), dpr)


@pytest.mark.parametrize(
    ("wanted", "mode", "across"),
    [
        # s: 0.8 · √0.12 = 0.277 for the large dog, 0.113 for the small one, 0.9 · √0.02 = 0.127 for the cat.
        ("objects", "max_score_area", 0.2),
        ("objects;cat;dog", "max_score_area", 0.2),
        ("objects;cat", "max_score_area", 0.85),  # as far right as the picture goes
        ("objects;all;cat=2", "max_score_area", 0.825),  # 0.255 + 0.113 with the small dog beside it
        ("objects;dog=0;all", "max_score_area", 0.85),
        ("objects", "one_best", 0.2),
        ("objects;cat=3;dog", "one_best", 0.85),
        ("objects", "one_best_centermost", 0.2),  # 0.277 · (1 − 0.6 / 1.118) = 0.128, the small dog 0.062
        ("objects;cat=2;dog=0.4", "one_best", 0.85),
    ],
)
def test_which_objects_are_shown(wanted: str, mode: str, across: float) -> None:
    assert laid((BIG, SMALL, CAT), wanted=wanted, mode=mode) == pytest.approx((across, 0.5))


def test_the_one_near_the_middle() -> None:
    large, central = at(0, 0, 0.3, 0.3), at(0.45, 0.4, 0.65, 0.6)
    assert laid((large, central), mode="one_best") == pytest.approx((0.15, 0.5))
    assert laid((large, central), mode="one_best_centermost") == pytest.approx((0.55, 0.5))


def test_an_object_that_is_cut_counts_less_than_what_is_left_of_it() -> None:
    # Half of the wide one: s · 0.25; the narrow one counts whole.
    wide, narrow = at(0, 0.2, 0.6, 0.8, score=0.6), at(0.7, 0.3, 0.9, 0.7, score=0.8)
    assert laid((wide, narrow)) == pytest.approx((0.8, 0.5))
    assert laid((wide, narrow), window=(600, 500)) == pytest.approx((0.3, 0.5))


@pytest.mark.parametrize(
    ("position", "middle_of_window"),
    [
        ("ce", (0.5, 0.5)),
        ("no", (0.5, 0.65)),
        ("so", (0.5, 0.35)),
        ("we", (0.6, 0.5)),
        ("ea", (0.4, 0.5)),
        ("nowe", (0.6, 0.65)),
        ("soea", (0.4, 0.35)),
        ("no;0;20", (0.5, 0.61)),  # 20 of 500 pixels further down in the window
        ("so;0;20", (0.5, 0.39)),
        ("we;20", (0.58, 0.5)),
        ("ce;20;-20", (0.48, 0.54)),
        ("no;0;0.1", (0.5, 0.6)),  # a tenth of the window
        ("0.5x0.5", (0.5, 0.5)),
        ("0.25x0.5", (0.6, 0.5)),
        ("prop", (0.5, 0.5)),
    ],
)
@pytest.mark.parametrize("mode", MODES)
def test_where_it_lies_in_the_window(position: str, middle_of_window: tuple[float, float], mode: str) -> None:
    thing = at(0.4, 0.4, 0.6, 0.6)
    assert laid((thing,), (400, 250), mode=mode, position=position) == pytest.approx(middle_of_window)


def test_offsets_grow_with_dpr() -> None:
    thing = at(0.4, 0.4, 0.6, 0.6)
    assert laid((thing,), (400, 250), position="no;0;20", dpr=2) == pytest.approx((0.5, 0.57))
    assert laid((thing,), (400, 250), position="no;0;0.1", dpr=2) == pytest.approx((0.5, 0.6))


def test_prop_keeps_the_place_that_objects_have() -> None:
    x, y = laid((at(0.1, 0.1, 0.2, 0.3),), (400, 250), position="prop") or (0, 0)
    assert (0.15 - (x - 0.2)) / 0.4 == pytest.approx(0.15) and (0.2 - (y - 0.25)) / 0.5 == pytest.approx(0.2)


def test_a_position_moves_the_window_only_as_far_as_nothing_is_lost() -> None:
    pair = at(0.4, 0.4, 0.5, 0.6), at(0.6, 0.4, 0.7, 0.6)
    for position in ("we", "ea", "0x0.5", "1x0.5", "we;200"):
        x, _ = laid(pair, (350, 500), position=position) or (0, 0)
        assert x - 0.175 <= 0.4 + 1e-9 and x + 0.175 >= 0.7 - 1e-9
    # The best one alone is laid where it is wanted.
    assert laid(pair, (350, 500), position="we", mode="one_best") == pytest.approx((0.575, 0.5))


def test_nothing_that_counts() -> None:
    assert laid(()) is None
    assert laid((BIG,), wanted="objects;cat") is None
    assert laid((BIG,), wanted="objects;dog=0") is None
    assert laid((at(0.5, 0.5, 0.5, 0.7),)) is None
    assert laid((at(0.2, 0.2, 0.4, 0.4, "face"),)) is None  # a face is no object, but for who names it
    assert laid((at(0.2, 0.2, 0.4, 0.4, "face"),), wanted="objects;face") == pytest.approx((0.3, 0.5))
    assert laid((at(0.2, 0.2, 0.4, 0.4, "Dog"),), wanted="objects;dog") == pytest.approx((0.3, 0.5))


boxes = st.tuples(*[st.floats(0, 1)] * 4).map(
    lambda edges: at(min(edges[0], edges[2]), min(edges[1], edges[3]), max(edges[0], edges[2]), max(edges[1], edges[3]))
)
many = st.lists(boxes, min_size=1, max_size=8)
windows = st.tuples(st.integers(50, 1000), st.integers(50, 500))
positions = st.sampled_from([*map(Position, EDGES), Position("prop"), Position("point", 0.2, 0.9), Position("no", 9)])


def value(found: list[Found], middle_of_window: tuple[float, float], window: tuple[int, int]) -> float:
    """The rule, one object after the other."""
    across, down = window[0] / 1000, window[1] / 500
    x, y = middle_of_window
    total = 0.0
    for left, top, right, bottom, score, _ in found:
        width, height = right - left, bottom - top
        if width and height:
            shown = max(0, min(right, x + across / 2) - max(left, x - across / 2)) / width
            shown *= max(0, min(bottom, y + down / 2) - max(top, y - down / 2)) / height
            total += score * (width * height) ** 0.5 * shown**2
    return total


@given(many, windows, positions, st.sampled_from(MODES), st.randoms())
def test_inside_and_whatever_the_order(
    found: list[Found], window: tuple[int, int], place: Position, mode: str, random: "numpy.random.Generator"
) -> None:
    first = middle(found, ALL, mode, place, PICTURE, Size(*window))
    random.shuffle(found)
    assert middle(found, ALL, mode, place, PICTURE, Size(*window)) == first
    if first:
        half = window[0] / 2000, window[1] / 1000
        for share, length in zip(first, half, strict=True):
            assert length - 1e-9 <= share <= 1 - length + 1e-9


@given(many, windows, positions)
def test_no_place_shows_more(found: list[Found], window: tuple[int, int], place: Position) -> None:
    best = middle(found, ALL, "max_score_area", place, PICTURE, Size(*window))
    if best is None:
        return
    across, down = window[0] / 1000, window[1] / 500
    most = value(found, best, window)
    centred = [((left + right) / 2, (top + bottom) / 2) for left, top, right, bottom, *_ in found]
    for x, y in itertools.chain(centred, [(0.5, 0.5)]):
        inside = min(max(x, across / 2), 1 - across / 2), min(max(y, down / 2), 1 - down / 2)
        assert value(found, inside, window) <= most + 1e-6


@given(many, windows, positions)
def test_a_position_costs_nothing(found: list[Found], window: tuple[int, int], place: Position) -> None:
    usual = middle(found, ALL, "max_score_area", MIDDLE, PICTURE, Size(*window))
    moved = middle(found, ALL, "max_score_area", place, PICTURE, Size(*window))
    if usual and moved:
        assert value(found, moved, window) == pytest.approx(value(found, usual, window), abs=1e-6)
