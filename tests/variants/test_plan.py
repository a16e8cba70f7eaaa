"""The arithmetic of a transformation."""

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from variants.errors import TooLarge
from variants.geometry import ORIENTATIONS, Box, Size, Turn, rounded
from variants.limits import Limits
from variants.notation.url import parse
from variants.plan import FITS, check, output_size, plan
from variants.table import make

sides = st.integers(1, 5000)
turns = st.builds(Turn, st.booleans(), st.sampled_from([0, 90, 180, 270]))


def turned(array: "numpy.ndarray[object, object]", turn: Turn) -> "numpy.ndarray[object, object]":
    array = array[:, ::-1] if turn.mirror else array
    return numpy.rot90(array, -turn.angle // 90)


GRID = numpy.arange(12).reshape(3, 4)


@given(turns, turns)
def test_two_turns_are_one(one: Turn, other: Turn) -> None:
    assert (turned(turned(GRID, one), other) == turned(GRID, one.then(other))).all()
    assert one.then(one.inverse()) == Turn() == one.inverse().then(one)


@given(turns, st.integers(0, 3), st.integers(0, 2), st.integers(1, 4), st.integers(1, 3))
def test_a_box_turns_with_its_picture(turn: Turn, left: int, top: int, width: int, height: int) -> None:
    box = Box(left, top, min(width, 4 - left), min(height, 3 - top))
    part = GRID[box.top : box.top + box.height, box.left : box.left + box.width]
    after = turn.box(box, Size(4, 3))
    found = turned(GRID, turn)[after.top : after.top + after.height, after.left : after.left + after.width]
    assert (found == turned(part, turn)).all()


def test_orientations_are_eight_different_turns() -> None:
    assert len(set(ORIENTATIONS.values())) == 8


@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_rounding_is_half_up(number: int, divisor: int) -> None:
    assert rounded(number, divisor) == (number * 2 // divisor + 1) // 2


@given(
    sides,
    sides,
    st.integers(1, 3000),
    st.integers(1, 3000),
    st.sampled_from(FITS),
    st.sampled_from(["", "h", "v", "hv"]),
    st.sampled_from([0, 90, 180, 270, 33.3, 359]),
    st.integers(1, 8),
)
def test_promises_of_the_fits(
    width: int, height: int, w: int, h: int, fit: str, flip: str, rotate: float, orientation: int
) -> None:
    made = plan(
        width,
        height,
        make({"width": w, "height": h, "fit": fit, "flip": flip, "rotate": rotate}),
        orientation=orientation,
    )
    stored = ORIENTATIONS[orientation].inverse().size(Size(width, height))
    assert min(made.canvas) >= 1 and min(made.size) >= 1
    assert made.crop.left >= 0 and made.crop.left + made.crop.width <= made.scaled.width
    assert made.crop.top >= 0 and made.crop.top + made.crop.height <= made.scaled.height
    assert made.turn.size(Size(made.crop.width, made.crop.height)) == made.size
    if fit in ("cover", "pad", "squeeze"):
        assert made.sheet == (w, h)
    if fit in ("scale-down", "contain", "crop", "aspect-crop"):
        assert made.sheet.width <= w and made.sheet.height <= h
    if fit in ("scale-down", "crop", "aspect-crop"):
        assert not made.enlarged and made.scaled.width <= stored.width and made.scaled.height <= stored.height


@pytest.mark.parametrize(
    ("source", "options", "size"),
    [
        ((1080, 720), "width=500,height=500", (500, 333)),
        ((1080, 720), "width=2000,height=2000", (1080, 720)),
        ((1080, 720), "w=1296,h=1296,fit=crop", (1080, 720)),
        ((612, 613), "w=1920,h=1120,fit=aspect-crop", (612, 357)),
        ((1080, 720), "w=1080,h=1080,fit=pad", (1080, 1080)),
        ((1080, 720), "w=1080,h=540,fit=squeeze", (1080, 540)),
        ((100, 50), "w=300,fit=scale-up", (300, 150)),
        ((1000, 500), "w=300,fit=scale-up", (1000, 500)),
        ((1000, 500), "w=300,fit=pad", (300, 150)),
        ((1000, 500), "h=100,fit=squeeze", (200, 100)),
        ((100, 50), "w=300,fit=aspect-crop", (100, 50)),
        ((100, 50), "dpr=3", (100, 50)),
        ((1000, 500), "w=0.5,dpr=0.1", (1, 1)),
        ((300, 200), "trim.left=0.5,trim.width=100,trim.top=10,trim.height=1000", (100, 190)),
        ((300, 200), "trim=10;10;10;10,dpr=2", (260, 160)),
        ((300, 200), "trim=0.1;0.2;0.1;0.2", (180, 160)),
        ((300, 200), "trim.width=1", (1, 200)),
    ],
)
def test_sizes(source: tuple[int, int], options: str, size: tuple[int, int]) -> None:
    assert output_size(*source, parse(options).chain[0]) == size


@pytest.mark.parametrize(
    "options",
    ["w=12001,fit=contain", "w=12000,h=12000,fit=squeeze", "w=13000,h=10,fit=pad", "w=900000,h=3,fit=cover"],
)
def test_enlarged_too_much(options: str) -> None:
    made = plan(1000, 1000, parse(options).chain[0])
    with pytest.raises(TooLarge, match="enlarged too much"):
        check(made, 1, Limits())


def test_what_is_not_enlarged_may_be_as_large_as_it_is() -> None:
    check(plan(16_000, 5000, parse("w=900000,format=webp").chain[0]), 1, Limits())


def test_frames_count_together() -> None:
    made = plan(100, 100, parse("w=2000,fit=contain").chain[0])
    check(made, 20, Limits())
    with pytest.raises(TooLarge):
        check(made, 30, Limits())


@pytest.mark.parametrize("options", ["trim=60;0;60;0", "trim.left=100", "trim.top=0.5,trim.bottom=0.5"])
def test_trimming_everything_is_refused(options: str) -> None:
    with pytest.raises(TooLarge, match="leaves nothing"):
        output_size(100, 100, parse(options).chain[0])
