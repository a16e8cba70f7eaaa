"""rotate by any angle."""

import math
from pathlib import Path

import numpy
import pytest
from rendering import checks, pixels, rendered, saved

from variants.geometry import Size
from variants.limits import Limits
from variants.negotiate import Source, negotiate
from variants.notation.url import parse
from variants.plan import output_size


@pytest.mark.parametrize("angle", [0.5, 15, 30, 45, 60, 89, 91, 133.3, 200, 300, 359.5, -30])
def test_the_result_is_the_rectangle_around_it(angle: float, tmp_path: Path) -> None:
    made = rendered(saved(checks(61, 40), tmp_path / "a.png"), f"rotate={angle}")
    sine, cosine = abs(math.sin(math.radians(angle))), abs(math.cos(math.radians(angle)))
    assert abs(made.width - (61 * cosine + 40 * sine)) <= 0.5 + 1e-6
    assert abs(made.height - (61 * sine + 40 * cosine)) <= 0.5 + 1e-6
    assert output_size(61, 40, parse(f"rotate={angle}").chain[0]) == (made.width, made.height)


@pytest.mark.parametrize("angle", [10, 45, 100, 250, 301])
def test_pixels_are_where_the_formula_lays_them(angle: float, tmp_path: Path) -> None:
    """A slope of colours tells for every pixel where it comes from."""
    y, x = numpy.mgrid[0:50, 0:80]
    slope = numpy.stack([20 + x * 2, 20 + y * 3, 0 * x + 99], -1).astype("uint8")
    found = pixels(rendered(saved(slope, tmp_path / "a.png"), f"rotate={angle}")).astype(float)
    height, width = found.shape[:2]
    down, across = numpy.mgrid[0:height, 0:width]
    across, down = across + 0.5 - width / 2, down + 0.5 - height / 2
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    source_x = across * cosine + down * sine + 40 - 0.5
    source_y = -across * sine + down * cosine + 25 - 0.5
    inside = (source_x > 2) & (source_x < 77) & (source_y > 2) & (source_y < 47)
    assert abs(found[inside, 0] - 20 - 2 * source_x[inside]).max() < 1.1
    assert abs(found[inside, 1] - 20 - 3 * source_y[inside]).max() < 1.1
    outside = (source_x < -2) | (source_x > 81) | (source_y < -2) | (source_y > 51)
    assert (found[inside, 3] == 255).all() and (found[outside] == 0).all()


def test_right_angles_stay_exact_however_they_are_written(tmp_path: Path) -> None:
    array = checks(48, 32)
    path = saved(array, tmp_path / "a.png")
    for text, turns in (("90.0", -1), ("-90", 1), ("450", -1), ("540", 2)):
        assert (pixels(rendered(path, f"rotate={text}")) == numpy.rot90(array, turns)).all()
    assert (pixels(rendered(path, "rotate=720")) == array).all()


def test_the_box_is_that_of_the_picture_before_it_is_turned(tmp_path: Path) -> None:
    path = saved(checks(200, 100), tmp_path / "a.png")
    assert rendered(path, "w=50,rotate=45").width == round(75 * math.sqrt(0.5))
    assert output_size(200, 100, parse("w=60,h=60,fit=pad,padding=5,border=5,rotate=45").chain[0]) == Size(113, 113)


@pytest.mark.parametrize(
    ("options", "corner"),
    [("", (0, 0, 0, 0)), (",background=red", (255, 0, 0)), (",background=%23ff000080", (255, 0, 0, 128))],
)
def test_corners(options: str, corner: tuple[int, ...], tmp_path: Path) -> None:
    path = saved(numpy.full((40, 60, 3), 100, "uint8"), tmp_path / "a.png")
    found = pixels(rendered(path, "rotate=30" + options))
    assert (found[0, 0] == corner).all() and (found[-1, -1] == corner).all()
    assert (found[found.shape[0] // 2, found.shape[1] // 2][:3] == 100).all()


def test_edges_are_smooth_and_have_no_dark_seam(tmp_path: Path) -> None:
    path = saved(numpy.full((60, 60, 3), 200, "uint8"), tmp_path / "a.png")
    found = pixels(rendered(path, "rotate=20"))
    edge = (found[..., 3] > 20) & (found[..., 3] < 235)
    assert edge.sum() > 60 and abs(found[edge][:, :3].astype(int) - 200).max() <= 12


@pytest.mark.parametrize(
    ("options", "form"),
    [
        ("rotate=30", "png"),
        ("rotate=90", "jpeg"),
        ("rotate=30,background=white", "jpeg"),
        ("rotate=30,background=%23ffffff80", "png"),
        ("padding=3", "png"),
        ("padding=0", "jpeg"),
        ("padding=3,background=red", "jpeg"),
        ("radius=3", "png"),
        ("radius=0", "jpeg"),
        ("radius=max,background=red", "jpeg"),
        ("border=3;red", "jpeg"),
        ("border=3;%23ff000080", "png"),
        ("border=3;%23ff000080,background=red", "jpeg"),
        ("radius=3~background=red", "jpeg"),
        ("background=red~radius=3", "png"),
    ],
)
def test_a_format_with_alpha_where_something_shows_through(options: str, form: str) -> None:
    assert negotiate(parse(options).chain, None, Source("jpeg", 200, 100, 1, False, 9000), Limits()).format == form


def test_the_area_of_the_turned_picture_counts() -> None:
    source = Source("jpeg", 1500, 1200, 1, False, 9000)
    assert negotiate(parse("fit=scale-down").chain, "image/avif", source, Limits()).format == "avif"
    assert negotiate(parse("rotate=45,background=red").chain, "image/avif", source, Limits()).format == "jpeg"
