"""unsharp, against the formula."""

from pathlib import Path
from typing import Any

import numpy
import pytest
from rendering import checks, pixels, rendered, saved

WEIGHTS = [0.2126, 0.7152, 0.0722]


def blurred(array: Any, sigma: float) -> Any:
    reach = 6 * int(sigma + 1)
    window = numpy.exp(-(numpy.arange(-reach, reach + 1) ** 2) / (2 * sigma**2))
    window /= window.sum()
    for axis in (0, 1):
        padded = numpy.pad(array, [(reach, reach) if at == axis else (0, 0) for at in (0, 1)], "edge")
        array = numpy.apply_along_axis(lambda line: numpy.convolve(line, window, "valid"), axis, padded)
    return array


@pytest.mark.parametrize(
    ("options", "radius", "amount", "threshold"),
    [("2", 2, 1, 0), ("4;1.5", 4, 1.5, 0), ("3;2;12", 3, 2, 12), ("6;0.5;30", 6, 0.5, 30), ("12", 12, 1, 0)],
)
def test_formula(options: str, radius: float, amount: float, threshold: float, tmp_path: Path) -> None:
    array = checks(90, 60)
    found = pixels(rendered(saved(array, tmp_path / "a.png"), f"unsharp={options}"))
    luma = array @ WEIGHTS
    detail = luma - blurred(luma, radius / 2)
    detail[abs(detail) <= threshold] = 0
    wanted = numpy.clip(array + amount * detail[..., None], 0, 255)
    # the window is cut off where it has fallen to a hundredth: that is a level or two
    assert (abs(found - wanted) <= 2 + 2 * amount).mean() > 0.99 and abs(found - wanted).mean() < 1


def test_colours_of_transparent_pixels_stay_out_of_it(tmp_path: Path) -> None:
    array = numpy.full((40, 60, 4), 100, "uint8")
    array[..., 3] = 255
    array[:, 30:] = (255, 255, 255, 0)
    found = pixels(rendered(saved(array, tmp_path / "a.png"), "unsharp=6;3"))
    assert (abs(found[:, :30, :3].astype(int) - 100) <= 1).all() and (found[..., 3] == array[..., 3]).all()


def test_no_amount_is_nothing(tmp_path: Path) -> None:
    array = checks(30, 20)
    assert (pixels(rendered(saved(array, tmp_path / "a.png"), "unsharp=6;0")) == array).all()
