"""Scaling: the right pixels at the right place, alpha and large enlargements included."""

from pathlib import Path

import numpy
import pytest
import pyvips
from rendering import checks, drawn, pixels, rendered, saved


def test_the_same_size_is_the_same_picture(tmp_path: Path) -> None:
    array = checks(61, 47)
    path = saved(array, tmp_path / "a.png")
    for options in ("w=61", "fit=contain,w=61", "w=500", "fit=cover,w=61,h=47"):
        assert (pixels(rendered(path, options)) == array).all()


def test_enlarging_keeps_centres_where_they_are(tmp_path: Path) -> None:
    ramp = numpy.repeat((numpy.arange(60) * 4).astype("uint8")[None, :, None], 50, axis=0).repeat(3, axis=2)
    row = pixels(rendered(saved(ramp, tmp_path / "a.png"), "w=210,fit=contain"))[80, 10:-10, 0]
    exact = 4 * ((numpy.arange(210) + 0.5) / 3.5 - 0.5)[10:-10]
    assert abs(row - exact).max() < 0.6


def test_a_part_that_is_enlarged_is_the_same_as_that_part_of_the_whole(tmp_path: Path) -> None:
    path = saved(checks(61, 47), tmp_path / "a.png")
    whole = pixels(rendered(path, "w=200,h=154,fit=squeeze"))
    part = pixels(rendered(path, "w=200,h=40,fit=cover,gravity=0.2x0.7"))
    assert (part == whole[80:120]).all()


def test_a_tiny_part_of_a_long_picture(tmp_path: Path) -> None:
    path = saved(numpy.full((7, 9000, 3), 200, "uint8"), tmp_path / "a.png")
    made = rendered(path, "w=3000,h=3000,fit=cover")
    assert (made.width, made.height) == (3000, 3000)
    assert abs(pixels(made).astype(int) - 200).max() <= 1


@pytest.mark.parametrize("options", ["w=20", "w=400,fit=contain", "w=20,trim=1;1;1;1", "blur=6"])
def test_colours_of_transparent_pixels_do_not_show(options: str, tmp_path: Path) -> None:
    array = numpy.zeros((100, 100, 4), "uint8")
    array[..., 0] = 255  # transparent red
    array[20:80, 20:80] = (0, 0, 255, 255)
    found = pixels(rendered(saved(array, tmp_path / "a.png"), options))
    visible = found[found[..., 3] > 8]
    assert visible[:, 0].max() <= 8 and visible[:, 2].min() >= 240


@pytest.mark.parametrize("form", ["jpg", "webp", "png"])
def test_shrinking_while_loading_gives_the_picture_of_a_full_decode(form: str, tmp_path: Path) -> None:
    y, x = numpy.mgrid[0:1600, 0:2400]
    array = numpy.stack([x / 10, y / 8, 128 + 60 * numpy.sin(x / 90) * numpy.cos(y / 70)], -1).astype("uint8")
    path = saved(array, tmp_path / f"a.{form}", Q=95) if form != "png" else saved(array, tmp_path / "a.png")
    whole = drawn(array).thumbnail_image(200, height=133, size="force").numpy().astype(int)
    found = pixels(rendered(path, "w=200")).astype(int)
    assert found.shape == (133, 200, 3)
    assert abs(found - whole).mean() < 1.5


def test_sides_are_exact_at_every_scale(tmp_path: Path) -> None:
    path = saved(checks(1001, 667), tmp_path / "a.jpg")
    for width in (1000, 501, 333, 126, 125, 124, 63, 7, 1):
        made = rendered(path, f"w={width}")
        height = max(1, (2 * 667 * width + 1001) // 2002)
        assert (made.width, made.height) == (width, height)
        assert pixels(made).shape[:2] == (height, width)


def test_enlarging_sixteen_bits(tmp_path: Path) -> None:
    array = numpy.full((10, 10, 4), 30_000, "uint16")
    found = pixels(rendered(saved(array, tmp_path / "a.png"), "w=30,fit=contain"))
    assert found.dtype == "uint8" and abs(found.astype(int) - 117).max() <= 1


def test_a_grey_picture_with_alpha(tmp_path: Path) -> None:
    array = numpy.zeros((40, 40, 2), "uint8")
    array[..., 0], array[..., 1] = 77, 130
    image = pyvips.Image.new_from_array(array).copy(interpretation="b-w")
    found = pixels(rendered(saved(image, tmp_path / "a.png"), "w=10"))
    assert found.shape == (10, 10, 4) and (abs(found.astype(int) - [77, 77, 77, 130]) <= 1).all()
