"""DSSIM against the formula of the paper, written out in numpy."""

import numpy as np
import pytest
import pyvips

from variants.quality.dssim import WINDOW, dssim


def reference(x: np.ndarray, y: np.ndarray) -> float:
    kernel = np.outer(WINDOW, WINDOW)
    kernel /= kernel.sum()
    views = [np.lib.stride_tricks.sliding_window_view(a.astype(float), (11, 11)) for a in (x, y)]
    mean = [(v * kernel).sum(axis=(2, 3)) for v in views]
    var = [(v * v * kernel).sum(axis=(2, 3)) - m * m for v, m in zip(views, mean, strict=True)]
    cov = (views[0] * views[1] * kernel).sum(axis=(2, 3)) - mean[0] * mean[1]
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    ssim = ((2 * mean[0] * mean[1] + c1) * (2 * cov + c2)) / (
        (mean[0] ** 2 + mean[1] ** 2 + c1) * (var[0] + var[1] + c2)
    )
    return float((1 - ssim.mean()) / 2)


def grey(pixels: np.ndarray) -> pyvips.Image:
    return pyvips.Image.new_from_array(pixels).cast("uchar").copy(interpretation="b-w")


@pytest.fixture
def pixels() -> np.ndarray:
    y, x = np.mgrid[0:60, 0:80]
    return (127 + 100 * np.sin(x / 6) * np.cos(y / 9)).astype(np.uint8)


def test_equal_pictures_are_at_nought(pixels: np.ndarray) -> None:
    assert dssim(grey(pixels), grey(pixels)) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("noise", [3, 20, 80])
def test_it_is_the_formula_of_the_paper(pixels: np.ndarray, noise: int) -> None:
    other = np.clip(pixels + np.random.default_rng(1).normal(0, noise, pixels.shape), 0, 255).astype(np.uint8)
    assert dssim(grey(pixels), grey(other)) == pytest.approx(reference(pixels, other), abs=2e-4)


def test_more_damage_is_further_away(pixels: np.ndarray) -> None:
    image = grey(pixels)
    assert 0 < dssim(image, image.gaussblur(1)) < dssim(image, image.gaussblur(4))


def test_tiny_pictures_are_measured_too() -> None:
    assert dssim(pyvips.Image.black(3, 3), pyvips.Image.black(3, 3) + 255) > 0.4


def test_other_sizes_are_refused(pixels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="sizes differ"):
        dssim(grey(pixels), grey(pixels[:10]))
