"""colorize and gradient: a colour over the picture."""

from pathlib import Path
from typing import Any

import numpy
import pytest
from rendering import checks, pixels, rendered, saved

ARRAY = checks(96, 64, bands=4)


@pytest.mark.parametrize("bands", [3, 4])
@pytest.mark.parametrize(("colour", "opacity"), [("%23ff000066", 0.4), ("%23ff0000", 1), ("%23ff000000", 0)])
def test_colorize(bands: int, colour: str, opacity: float, tmp_path: Path) -> None:
    array = ARRAY[..., :bands]
    found = pixels(rendered(saved(array, tmp_path / "a.png"), f"colorize={colour}"))
    wanted = array[..., :3] * (1 - opacity) + numpy.array([255, 0, 0]) * opacity
    assert abs(found[..., :3] - wanted).max() <= 0.51
    assert (found[..., 3:] == array[..., 3:]).all()


@pytest.mark.parametrize("bands", [3, 4])
@pytest.mark.parametrize(
    ("value", "axis", "back", "start", "end"),
    [
        ("", 0, False, 0, 1),
        (";bottom;0.4;1", 0, False, 0.4, 1),
        (";top;0.25;0.75", 0, True, 0.25, 0.75),
        (";right", 1, False, 0, 1),
        (";left;0;0.5", 1, True, 0, 0.5),
        (";right;1;0", 1, False, 1, 0),
    ],
)
def test_gradient(bands: int, value: str, axis: int, back: bool, start: float, end: float, tmp_path: Path) -> None:
    array = ARRAY[..., :bands]
    found = pixels(rendered(saved(array, tmp_path / "a.png"), f"gradient=%2300ff00cc{value}"))
    length = array.shape[axis]
    place = (numpy.arange(length) + 0.5) / length
    share = numpy.clip(((1 - place if back else place) - start) / (end - start), 0, 1) * 0.8
    opacity: Any = share[:, None, None] if axis == 0 else share[None, :, None]
    wanted = array[..., :3] * (1 - opacity) + numpy.array([0, 255, 0]) * opacity
    assert abs(found[..., :3] - wanted).max() <= 0.51
    assert (found[..., 3:] == array[..., 3:]).all()


def test_a_gradient_without_length_is_an_edge(tmp_path: Path) -> None:
    found = pixels(
        rendered(saved(numpy.full((20, 40, 3), 9, "uint8"), tmp_path / "a.png"), "gradient=red;right;0.5;0.5")
    )
    assert (found[:, :20] == 9).all() and (found[:, 20:] == (255, 0, 0)).all()
