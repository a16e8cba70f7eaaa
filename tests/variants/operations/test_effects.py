"""sharpen, blur and background."""

from pathlib import Path

import numpy
import pytest
from rendering import checks, pixels, rendered, saved


def test_blur_spreads_as_a_gaussian_of_half_its_radius(tmp_path: Path) -> None:
    edge = numpy.zeros((60, 200, 3), "uint8")
    edge[:, 100:] = 250
    row = pixels(rendered(saved(edge, tmp_path / "a.png"), "blur=10"))[30, :, 0].astype(float)
    slope = numpy.diff(row)
    middle = (slope * numpy.arange(199)).sum() / slope.sum()
    sigma = numpy.sqrt((slope * (numpy.arange(199) - middle) ** 2).sum() / slope.sum())
    assert abs(middle - 99) < 0.2 and abs(sigma - 5) < 0.5


def test_a_large_radius_is_continuous_with_a_small_one(tmp_path: Path) -> None:
    path = saved(checks(300, 200, size=50), tmp_path / "a.png")
    contrast = [pixels(rendered(path, f"blur={radius}")).std() for radius in (8, 11, 12, 13, 14, 20, 40, 90, 250)]
    assert contrast == sorted(contrast, reverse=True)
    assert abs(contrast[2] - contrast[3]) < 3


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 2)])
def test_any_size_can_be_blurred(size: tuple[int, int], tmp_path: Path) -> None:
    made = rendered(saved(checks(*size), tmp_path / "a.png"), "blur=250")
    assert (made.width, made.height) == size


@pytest.mark.parametrize("bands", [3, 4])
def test_blur_leaves_one_colour_alone(bands: int, tmp_path: Path) -> None:
    path = saved(numpy.full((70, 90, bands), 101, "uint8"), tmp_path / "a.png")
    for radius in (0.1, 1, 2, 4, 5, 8, 12, 13, 100):
        assert abs(pixels(rendered(path, f"blur={radius}")).astype(int) - 101).max() <= 1


def test_sharpen_grows_with_its_strength_and_keeps_colour_and_alpha(tmp_path: Path) -> None:
    array = checks(100, 80, bands=4)
    soft = saved(array, tmp_path / "soft.png")
    plain = pixels(rendered(soft, "w=60"))
    contrast = [pixels(rendered(soft, f"w=60,sharpen={strength}"))[..., :3].std() for strength in (0, 1, 4, 10)]
    assert contrast == sorted(contrast) and contrast[0] < contrast[-1]
    assert (pixels(rendered(soft, "w=60,sharpen=5"))[..., 3] == plain[..., 3]).all()


def test_background_lies_underneath(tmp_path: Path) -> None:
    array = numpy.zeros((10, 10, 4), "uint8")
    array[:5] = (200, 100, 0, 128)
    path = saved(array, tmp_path / "a.png")
    opaque = pixels(rendered(path, "background=%230000ff"))
    assert opaque.shape == (10, 10, 3)
    assert (abs(opaque[0, 0].astype(int) - [100, 50, 127]) <= 1).all() and (opaque[9, 9] == [0, 0, 255]).all()
    through = pixels(rendered(path, "background=%230000ff80"))
    assert (through[9, 9] == [0, 0, 255, 128]).all() and abs(int(through[0, 0, 3]) - 192) <= 1


def test_jpeg_gets_white_where_nothing_else_is_asked_for(tmp_path: Path) -> None:
    path = saved(numpy.zeros((16, 16, 4), "uint8"), tmp_path / "a.png")
    assert pixels(rendered(path, "fit=scale-down", "jpeg")).min() >= 254
    assert (abs(pixels(rendered(path, "background=red,q=100", "jpeg")).astype(int) - [255, 0, 0]) <= 2).all()


@pytest.mark.parametrize(
    ("options", "corner"),
    [
        ("", [255, 255, 255]),
        (",background=%23102030", [16, 32, 48]),
        (",background=%2310203040", [16, 32, 48, 64]),
        (",background=transparent", [0, 0, 0, 0]),
    ],
)
def test_padding(options: str, corner: list[int], tmp_path: Path) -> None:
    path = saved(numpy.full((20, 40, 3), 90, "uint8"), tmp_path / "a.png")
    found = pixels(rendered(path, "fit=pad,w=40,h=41" + options))
    assert found.shape[:2] == (41, 40)
    assert (found[0, 0] == corner).all() and (found[40, 39] == corner).all()
    # 10.5 pixels on either side: the half one goes above
    assert (found[11:31, :, :3] == 90).all() and (found[10, 0] == corner).all() and (found[31, 0] == corner).all()


def test_padding_keeps_transparency_inside(tmp_path: Path) -> None:
    array = numpy.zeros((20, 40, 4), "uint8")
    path = saved(array, tmp_path / "a.png")
    assert pixels(rendered(path, "fit=pad,w=40,h=40"))[20, 20, 3] == 0
    assert (pixels(rendered(path, "fit=pad,w=40,h=40"))[0, 0] == 255).all()
