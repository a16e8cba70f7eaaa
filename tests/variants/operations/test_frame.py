"""padding, border and rounded corners."""

from pathlib import Path
from typing import Any

import numpy
import pytest
from rendering import checks, pixels, rendered, saved

ARRAY = checks(60, 40)
STEPS = 16


def covered(width: int, height: int, radii: list[tuple[float, float]]) -> Any:
    """How much of every pixel lies inside a rounded rectangle, counted at many points of it."""
    y, x = (numpy.mgrid[0 : height * STEPS, 0 : width * STEPS] + 0.5) / STEPS
    inside = numpy.ones(x.shape, bool)
    for (across, down), (from_left, from_top) in zip(
        radii, [(x, y), (width - x, y), (width - x, height - y), (x, height - y)], strict=True
    ):
        if across > 0 and down > 0:
            beyond = (from_left < across) & (from_top < down)
            out = ((from_left - across) / across) ** 2 + ((from_top - down) / down) ** 2 > 1
            inside &= ~(beyond & out)
    return inside.reshape(height, STEPS, width, STEPS).mean(axis=(1, 3))


@pytest.mark.parametrize(
    ("value", "sides"),
    [("5", (5, 5, 5, 5)), ("5;10", (5, 10, 5, 10)), ("1;2;3", (1, 2, 3, 2)), ("1;2;3;4", (1, 2, 3, 4))],
)
def test_padding(value: str, sides: tuple[int, ...], tmp_path: Path) -> None:
    top, right, bottom, left = sides
    path = saved(ARRAY, tmp_path / "a.png")
    clear = pixels(rendered(path, f"padding={value}"))
    assert clear.shape == (40 + top + bottom, 60 + left + right, 4)
    assert (clear[top : top + 40, left : left + 60, :3] == ARRAY).all()
    assert (clear[..., 3] > 0).sum() == 40 * 60
    blue = pixels(rendered(path, f"padding={value},background=blue"))
    assert blue.shape[2] == 3 and (blue[0, 0] == (0, 0, 255)).all() and (blue[-1, -1] == (0, 0, 255)).all()


def test_padding_and_border_are_multiplied_by_dpr(tmp_path: Path) -> None:
    made = rendered(saved(ARRAY, tmp_path / "a.png"), "w=15,dpr=2,padding=3,border=1.5;red")
    assert (made.width, made.height) == (30 + 12 + 6, 20 + 12 + 6)


def test_padding_is_white_in_jpeg(tmp_path: Path) -> None:
    found = pixels(rendered(saved(ARRAY, tmp_path / "a.png"), "padding=16", "jpeg"))
    assert found.shape == (72, 92, 3) and (found[:8] >= 250).all()


def test_border_is_added_outside(tmp_path: Path) -> None:
    found = pixels(rendered(saved(ARRAY, tmp_path / "a.png"), "border=1;2;3;4;%23f00"))
    assert found.shape == (44, 66, 3)
    assert (found[1:41, 4:64] == ARRAY).all()
    around = numpy.ones((44, 66), bool)
    around[1:41, 4:64] = False
    assert (found[around] == (255, 0, 0)).all()


def test_border_lies_around_padding(tmp_path: Path) -> None:
    found = pixels(rendered(saved(ARRAY, tmp_path / "a.png"), "border=2;red,padding=3,background=blue"))
    assert (found[0, 0] == (255, 0, 0)).all() and (found[2, 2] == (0, 0, 255)).all()
    assert (found[5:45, 5:65] == ARRAY).all()


@pytest.mark.parametrize(
    ("options", "corner"),
    [
        ("border=4;%23ff000080", (255, 0, 0, 128)),
        ("border=4;%23ff000080,background=%230000ff", (128, 0, 127)),
        ("border=4;transparent,background=lime", (0, 255, 0)),
    ],
)
def test_a_border_that_shines_through(options: str, corner: tuple[int, ...], tmp_path: Path) -> None:
    assert (pixels(rendered(saved(ARRAY, tmp_path / "a.png"), options))[0, 0] == corner).all()


@pytest.mark.parametrize(
    ("value", "radii"),
    [
        ("12", [(12, 12)] * 4),
        ("20;0;7;3", [(20, 20), (0, 0), (7, 7), (3, 3)]),
        ("max", [(30, 20)] * 4),
        ("1", [(1, 1)] * 4),
        ("500", [(20, 20)] * 4),
        ("0;40;0;40", [(0, 0), (40, 40), (0, 0), (40, 40)]),
    ],
)
def test_corners(value: str, radii: list[tuple[float, float]], tmp_path: Path) -> None:
    found = pixels(rendered(saved(ARRAY, tmp_path / "a.png"), f"radius={value}"))
    assert found.shape == (40, 60, 4)
    assert (found[..., :3] == ARRAY).all()
    wanted = covered(60, 40, radii)
    assert abs(found[..., 3] / 255 - wanted).max() < 0.16 and abs(found[..., 3] / 255 - wanted).mean() < 0.004


@pytest.mark.parametrize("size", [(1, 1), (1, 30), (31, 2), (33, 33)])
def test_corners_of_any_size(size: tuple[int, int], tmp_path: Path) -> None:
    path = saved(checks(*size), tmp_path / "a.png")
    for options in ("radius=max", "radius=9", "radius=9;1", "radius=max,border=3;red", "radius=5,padding=4,rotate=10"):
        made = rendered(path, options)
        assert (made.width, made.height) == pixels(made).shape[1::-1]


def test_a_circle(tmp_path: Path) -> None:
    found = pixels(rendered(saved(ARRAY, tmp_path / "a.png"), "w=40,h=40,fit=cover,radius=max"))[..., 3] / 255
    assert abs(found.sum() - numpy.pi * 400) < 4
    assert (found == found[::-1]).all() and (found == found.T).all()


def test_corners_show_the_background(tmp_path: Path) -> None:
    grey = saved(numpy.full((40, 60, 3), 100, "uint8"), tmp_path / "a.png")
    mask = covered(60, 40, [(12, 12)] * 4)[..., None]
    found = pixels(rendered(grey, "radius=12,background=blue"))
    assert found.shape[2] == 3
    assert abs(found - (100 * mask + numpy.array([0, 0, 255]) * (1 - mask))).max() < 30
    through = pixels(rendered(grey, "radius=12,background=%230000ff80"))
    assert (through[0, 0] == (0, 0, 255, 128)).all() and (through[20, 30] == (100, 100, 100, 255)).all()


def test_corners_of_a_transparent_picture(tmp_path: Path) -> None:
    array = numpy.full((40, 60, 4), 128, "uint8")
    found = pixels(rendered(saved(array, tmp_path / "a.png"), "radius=12"))
    assert abs(found[..., 3] - 128 * covered(60, 40, [(12, 12)] * 4)).max() < 20


def test_a_border_follows_the_corners(tmp_path: Path) -> None:
    grey = saved(numpy.full((40, 60, 3), 100, "uint8"), tmp_path / "a.png")
    found = pixels(rendered(grey, "border=6;red,radius=16")).astype(float)
    assert found.shape == (52, 72, 4)
    outer = covered(72, 52, [(16, 16)] * 4)
    inner = numpy.zeros((52, 72))
    inner[6:46, 6:66] = covered(60, 40, [(10, 10)] * 4)
    wanted = inner[..., None] * (100, 100, 100) + (1 - inner[..., None]) * (255, 0, 0)
    assert abs(found[..., 3] / 255 - outer).max() < 0.16
    assert abs(found[..., :3] - wanted).max() < 40 and abs(found[..., :3] - wanted).mean() < 1
