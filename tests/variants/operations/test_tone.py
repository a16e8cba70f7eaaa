"""brightness, contrast, gamma and negative, against their formulas."""

from pathlib import Path
from typing import Any

import numpy
import pytest
from rendering import checks, pixels, rendered, saved

ARRAY = checks(96, 64, bands=4)


def toned(array: Any, brightness: float = 1, contrast: float = 1, gamma: float = 1) -> Any:
    x = numpy.clip(array / 255 * brightness, 0, 1)
    x = numpy.clip((x - 0.5) * contrast + 0.5, 0, 1)
    return numpy.floor(x ** (1 / gamma) * 255 + 0.5)


@pytest.mark.parametrize("bands", [3, 4])
@pytest.mark.parametrize(
    "factors",
    [
        {"brightness": 0.5},
        {"brightness": 2},
        {"contrast": 0.3},
        {"contrast": 1.8},
        {"gamma": 0.5},
        {"gamma": 2.2},
        {"brightness": 1.3, "contrast": 1.2, "gamma": 0.8},
        {"contrast": 100},
    ],
)
def test_formula(bands: int, factors: dict[str, float], tmp_path: Path) -> None:
    array = ARRAY[..., :bands]
    found = pixels(rendered(saved(array, tmp_path / "a.png"), ",".join(f"{k}={v}" for k, v in factors.items())))
    assert (found[..., :3] == toned(array[..., :3], **factors)).all()
    assert (found[..., 3:] == array[..., 3:]).all()


def test_gamma_above_1_lightens(tmp_path: Path) -> None:
    path = saved(ARRAY[..., :3], tmp_path / "a.png")
    assert pixels(rendered(path, "gamma=2")).mean() > ARRAY[..., :3].mean() > pixels(rendered(path, "gamma=0.5")).mean()


@pytest.mark.parametrize("options", ["brightness=0", "contrast=0", "gamma=0", "brightness=1", "gamma=1,contrast=0"])
def test_0_and_1_do_nothing(options: str, tmp_path: Path) -> None:
    assert (pixels(rendered(saved(ARRAY, tmp_path / "a.png"), options)) == ARRAY).all()


def test_tone_comes_before_saturation_and_after_scaling(tmp_path: Path) -> None:
    path = saved(ARRAY[..., :3], tmp_path / "a.png")
    scaled = pixels(rendered(path, "w=30"))
    assert (pixels(rendered(path, "w=30,contrast=3")) == toned(scaled, contrast=3)).all()
    grey = pixels(rendered(path, "brightness=3,saturation=0"))
    assert abs(grey[..., 0] - toned(ARRAY[..., :3], 3) @ [0.2126, 0.7152, 0.0722]).max() <= 0.5


def test_negative(tmp_path: Path) -> None:
    found = pixels(rendered(saved(ARRAY, tmp_path / "a.png"), "negative=true"))
    assert (found[..., :3] == 255 - ARRAY[..., :3]).all() and (found[..., 3] == ARRAY[..., 3]).all()
