"""trim: edges and borders, before everything else."""

from pathlib import Path
from typing import Any

import numpy
import pytest
from rendering import checks, pixels, rendered, saved


@pytest.fixture
def framed() -> "numpy.ndarray[Any, Any]":
    """100 x 80, with a white border of 10, 12, 14 and 16 pixels (top, right, bottom, left)."""
    array = numpy.full((80, 100, 3), 255, "uint8")
    array[10:66, 16:88] = checks(72, 56) // 2
    return array


def test_edges_are_cut_exactly(tmp_path: Path) -> None:
    array = checks(60, 40)
    path = saved(array, tmp_path / "a.png")
    assert (pixels(rendered(path, "trim=3;5;7;9")) == array[3:33, 9:55]).all()
    assert (pixels(rendered(path, "trim.left=9,trim.width=20")) == array[:, 9:29]).all()
    assert (pixels(rendered(path, "trim=0.25;0;0.5;0")) == array[10:20]).all()


def test_edges_are_those_of_the_upright_picture(tmp_path: Path) -> None:
    array = checks(60, 40)
    upright = saved(array, tmp_path / "upright.png")
    turned = saved(numpy.rot90(array), tmp_path / "turned.png")
    assert (pixels(rendered(upright, "trim=3;5;7;9,rotate=90")) == numpy.rot90(array[3:33, 9:55], -1)).all()
    assert (pixels(rendered(turned, "rotate=90,trim=5;7;9;3")) == array[3:33, 9:55]).all()


def test_no_trace_of_the_edge_is_left_when_scaled_down(tmp_path: Path) -> None:
    array = numpy.zeros((800, 800, 3), "uint8")
    array[33:767, 33:767] = 255
    path = saved(array, tmp_path / "a.jpg", Q=95)
    assert pixels(rendered(path, "trim=40;40;40;40,w=50")).min() >= 250


@pytest.mark.parametrize("options", ["trim=border", "trim.border=true", "trim.border.color=white"])
def test_border(framed: Any, options: str, tmp_path: Path) -> None:
    path = saved(framed, tmp_path / "a.png")
    assert (pixels(rendered(path, options)) == framed[10:66, 16:88]).all()


def test_border_with_something_to_keep(framed: Any, tmp_path: Path) -> None:
    path = saved(framed, tmp_path / "a.png")
    assert (pixels(rendered(path, "trim.border.keep=4")) == framed[6:70, 12:92]).all()
    assert pixels(rendered(path, "trim.border.keep=400")).shape == framed.shape


def test_tolerance_is_the_difference_that_is_allowed(framed: Any, tmp_path: Path) -> None:
    framed[5, 5] = 255 - 20
    path = saved(framed, tmp_path / "a.png")
    assert pixels(rendered(path, "trim.border.tolerance=20")).shape[:2] == (56, 72)
    assert pixels(rendered(path, "trim.border.tolerance=19")).shape[:2] == (61, 83)
    assert pixels(rendered(path, "trim.border.tolerance=0")).shape[:2] == (61, 83)


def test_border_of_transparent_pixels(tmp_path: Path) -> None:
    array = numpy.zeros((50, 60, 4), "uint8")
    array[10:30, 20:50] = (0, 0, 0, 255)
    path = saved(array, tmp_path / "a.png")
    assert pixels(rendered(path, "trim=border")).shape[:2] == (20, 30)


def test_a_border_is_found_in_the_upright_picture(framed: Any, tmp_path: Path) -> None:
    path = saved(framed, tmp_path / "a.png")
    assert (pixels(rendered(path, "trim=border,rotate=90")) == numpy.rot90(framed[10:66, 16:88], -1)).all()


def test_a_picture_of_one_colour_stays_whole(tmp_path: Path) -> None:
    path = saved(numpy.full((20, 30, 3), 90, "uint8"), tmp_path / "a.png")
    made = rendered(path, "trim=border")
    assert (made.width, made.height) == (30, 20)
    assert made.warnings == ("nothing but border was found, it was not trimmed",)


def test_a_border_in_a_second_transformation(framed: Any, tmp_path: Path) -> None:
    path = saved(framed, tmp_path / "a.png")
    assert pixels(rendered(path, "fit=pad,w=100,h=100~trim=border")).shape[:2] == (56, 72)


@pytest.mark.parametrize(
    ("options", "box"),
    [
        ("trim=0.1;0.2;0.1;0.2", (12, 4, 36, 32)),
        ("trim.top=0.25,trim.left=0.5", (30, 10, 30, 30)),
        ("trim.top=1", (0, 1, 60, 39)),
        ("trim.top=1.0", (0, 1, 60, 39)),
        ("trim.left=10,trim.top=5,trim.width=20,trim.height=10", (10, 5, 20, 10)),
        ("trim.left=10,trim.width=0.5", (10, 0, 30, 40)),
        ("trim.left=50,trim.width=20", (50, 0, 10, 40)),
        ("trim=1;2;3;4,trim.left=9", (9, 1, 49, 36)),
        ("trim=2;2;2;2,dpr=2", (4, 4, 52, 32)),
        ("trim.width=10,dpr=2", (0, 0, 20, 40)),
    ],
)
def test_amounts(options: str, box: tuple[int, int, int, int], tmp_path: Path) -> None:
    array = checks(60, 40)
    left, top, width, height = box
    found = pixels(rendered(saved(array, tmp_path / "a.png"), options))
    assert found.shape == (height, width, 3) and (found == array[top : top + height, left : left + width]).all()


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ("trim.border.color=white", (56, 72)),
        ("trim.border.color=%23ffffff", (56, 72)),
        ("trim.border.color=rgb%28255%2C255%2C255%29", (56, 72)),
        ("trim.border.color=black", (80, 100)),
        ("trim.border.tolerance=0", (56, 72)),
        ("trim.border.keep=3", (62, 78)),
        ("trim.border.keep=3,dpr=2", (68, 84)),
        ("trim=border,trim.top=6", (50, 72)),
    ],
)
def test_every_key_of_border_trims_it(framed: Any, options: str, shape: tuple[int, int], tmp_path: Path) -> None:
    assert pixels(rendered(saved(framed, tmp_path / "a.png"), options)).shape[:2] == shape


def test_trim_comes_before_rotate_and_filters(framed: Any, tmp_path: Path) -> None:
    path = saved(framed, tmp_path / "a.png")
    assert pixels(rendered(path, "trim=border,rotate=90,brightness=0.5")).shape[:2] == (72, 56)
    assert pixels(rendered(path, "trim=border,negative=true,padding=4")).shape[:2] == (64, 80)
