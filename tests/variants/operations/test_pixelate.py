"""pixelate: squares of their mean."""

from pathlib import Path

import numpy
import pytest
from rendering import checks, pixels, rendered, saved

from variants.errors import BadOption
from variants.notation.url import parse


@pytest.mark.parametrize("side", [2, 7, 10, 64])
def test_formula(side: int, tmp_path: Path) -> None:
    noise = numpy.random.default_rng(3).integers(0, 255, (50, 73, 3), "uint8")
    found = pixels(rendered(saved(noise, tmp_path / "a.png"), f"pixelate={side}"))
    assert found.shape == noise.shape
    for top in range(0, 50 - side + 1, side):
        for left in range(0, 73 - side + 1, side):
            block = noise[top : top + side, left : left + side].reshape(-1, 3)
            shown = found[top : top + side, left : left + side].reshape(-1, 3)
            assert (shown == shown[0]).all() and abs(shown[0] - block.mean(axis=0)).max() <= 1


def test_the_last_squares_are_of_one_colour_too(tmp_path: Path) -> None:
    noise = numpy.random.default_rng(3).integers(0, 255, (45, 45, 3), "uint8")
    found = pixels(rendered(saved(noise, tmp_path / "a.png"), "pixelate=20"))
    assert len(numpy.unique(found.reshape(-1, 3), axis=0)) == 9
    assert (found[40:, 40:] == found[40, 40]).all()


def test_colours_of_transparent_pixels_stay_out_of_it(tmp_path: Path) -> None:
    array = numpy.zeros((20, 20, 4), "uint8")
    array[:, :10] = (200, 100, 50, 255)
    array[:, 10:] = (0, 255, 0, 0)
    found = pixels(rendered(saved(array, tmp_path / "a.png"), "pixelate=20"))
    assert (abs(found.astype(int) - (200, 100, 50, 128)) <= 1).all()


@pytest.mark.parametrize("side", [0, 1])
def test_nothing(side: int, tmp_path: Path) -> None:
    array = checks(30, 20)
    assert (pixels(rendered(saved(array, tmp_path / "a.png"), f"pixelate={side}")) == array).all()


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (40, 3)])
def test_squares_larger_than_the_picture(size: tuple[int, int], tmp_path: Path) -> None:
    found = pixels(rendered(saved(checks(*size), tmp_path / "a.png"), "pixelate=12000"))
    assert found.shape[:2] == size[::-1] and (found == found[0, 0]).all()


@pytest.mark.parametrize("value", ["", "x", "-4", "10px"])
def test_what_is_malformed_is_refused(value: str) -> None:
    with pytest.raises(BadOption):
        parse(f"w=100,pixelate={value}")
