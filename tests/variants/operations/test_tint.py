"""tint and duotone: luma, painted."""

from pathlib import Path
from typing import Any

import numpy
import pytest
from rendering import checks, pixels, rendered, saved

ARRAY = checks(96, 64, bands=4)
WEIGHTS = numpy.array([0.2126, 0.7152, 0.0722])
LUMA = numpy.rint(ARRAY[..., :3] @ WEIGHTS) / 255


def painted(*steps: tuple[float, tuple[int, int, int]]) -> Any:
    places = [place for place, _ in steps]
    return numpy.stack([numpy.interp(LUMA, places, [colour[band] for _, colour in steps]) for band in range(3)], -1)


@pytest.mark.parametrize("bands", [3, 4])
@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ("duotone=%231a0033;%23ffcc00", painted((0, (26, 0, 51)), (1, (255, 204, 0)))),
        ("duotone=white;black", painted((0, (255, 255, 255)), (1, (0, 0, 0)))),
        ("duotone=black;%2300ff80,tint=red", painted((0, (0, 0, 0)), (1, (0, 255, 128)))),
        ("tint=black", painted((0, (0, 0, 0)), (1, (255, 255, 255)))),
        ("tint=white", painted((0, (0, 0, 0)), (1, (255, 255, 255)))),
        (
            "tint=%233366cc",
            painted((0, (0, 0, 0)), (WEIGHTS @ (51, 102, 204) / 255, (51, 102, 204)), (1, (255, 255, 255))),
        ),
    ],
)
def test_formula(bands: int, options: str, wanted: Any, tmp_path: Path) -> None:
    found = pixels(rendered(saved(ARRAY[..., :bands], tmp_path / "a.png"), options))
    assert found.shape[2] == bands and (found[..., 3:] == ARRAY[..., 3:bands]).all()
    assert abs(found[..., :3] - wanted).max() <= 1


def test_tint_keeps_luma(tmp_path: Path) -> None:
    found = pixels(rendered(saved(ARRAY[..., :3], tmp_path / "a.png"), "tint=%23d04020"))
    assert abs(found @ WEIGHTS - LUMA * 255).max() <= 1


def test_the_two_colours_of_duotone_in_json_text() -> None:
    from variants.notation.body import check

    assert check({"duotone": {"dark": "black", "light": "red"}}) == check({"duotone": "#000;#f00"})
