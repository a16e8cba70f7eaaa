"""saturation, greyscale and sepia, against the matrices of CSS Filter Effects."""

from pathlib import Path
from typing import Any

import numpy
import pytest
from rendering import checks, pixels, rendered, saved

ARRAY = checks(96, 64, bands=4)
SEPIA = numpy.array([[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]])


def saturating(amount: float) -> Any:
    """As the specification writes it."""
    return numpy.array(
        [
            [0.2126 + 0.7874 * amount, 0.7152 - 0.7152 * amount, 0.0722 - 0.0722 * amount],
            [0.2126 - 0.2126 * amount, 0.7152 + 0.2848 * amount, 0.0722 - 0.0722 * amount],
            [0.2126 - 0.2126 * amount, 0.7152 - 0.7152 * amount, 0.0722 + 0.9278 * amount],
        ]
    )


@pytest.mark.parametrize("bands", [3, 4])
@pytest.mark.parametrize(
    ("options", "matrix"),
    [
        ("saturation=0", saturating(0)),
        ("saturation=0.4", saturating(0.4)),
        ("saturation=3", saturating(3)),
        ("greyscale=true", saturating(0)),
        ("grayscale=true,saturation=2", saturating(0)),
        ("sepia=1", SEPIA),
        ("sepia=0.3", 0.3 * SEPIA + 0.7 * numpy.eye(3)),
        ("saturation=1.5,sepia=0.5", (0.5 * SEPIA + 0.5 * numpy.eye(3)) @ saturating(1.5)),
    ],
)
def test_formula(bands: int, options: str, matrix: Any, tmp_path: Path) -> None:
    array = ARRAY[..., :bands]
    found = pixels(rendered(saved(array, tmp_path / "a.png"), options))
    wanted = numpy.clip(array[..., :3] @ matrix.T, 0, 255)
    assert abs(found[..., :3] - wanted).max() <= 0.51
    assert found.shape == array.shape and (found[..., 3:] == array[..., 3:]).all()


def test_saturation_0_is_grey(tmp_path: Path) -> None:
    found = pixels(rendered(saved(ARRAY[..., :3], tmp_path / "a.png"), "saturation=0"))
    assert (found[..., 0] == found[..., 1]).all() and (found[..., 1] == found[..., 2]).all()


@pytest.mark.parametrize("options", ["saturation=1", "greyscale=false", "sepia=0"])
def test_nothing(options: str, tmp_path: Path) -> None:
    assert (pixels(rendered(saved(ARRAY, tmp_path / "a.png"), options)) == ARRAY).all()
