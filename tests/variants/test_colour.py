"""Colours come out as sRGB with 8 bits, whatever came in."""

from pathlib import Path
from typing import Any

import numpy
import pytest
import pyvips
from rendering import checks, drawn, picture, pixels, rendered, saved

# Colours that sRGB can show, so that nothing is lost on the way there and back.
INSIDE = numpy.clip(checks(64, 48).astype(int), 60, 190).astype("uint8")


def near(found: Any, wanted: Any, tolerance: int) -> bool:
    return found.shape == wanted.shape and int(abs(found.astype(int) - wanted).max()) <= tolerance


@pytest.mark.parametrize("form", ["jpeg", "png", "webp", "avif"])
def test_a_profile_is_applied_and_dropped(form: str, tmp_path: Path) -> None:
    path = saved(drawn(INSIDE).icc_transform("p3", input_profile="srgb"), tmp_path / "a.png")
    stored = pyvips.Image.new_from_file(str(path)).numpy()
    assert not near(stored, INSIDE, 8)
    made = rendered(path, "q=100", form)
    assert not picture(made).get_typeof("icc-profile-data")
    mean = pixels(made)[..., :3].reshape(-1, 3).mean(axis=0)
    assert abs(mean - INSIDE.reshape(-1, 3).mean(axis=0)).max() < 1.5
    if form == "png":
        assert near(pixels(made), INSIDE, 2)


def test_srgb_stays_as_it_is(tmp_path: Path) -> None:
    path = saved(drawn(INSIDE).icc_transform("srgb", input_profile="srgb"), tmp_path / "a.png")
    stored = pyvips.Image.new_from_file(str(path))
    assert stored.get_typeof("icc-profile-data")
    assert near(pixels(rendered(path, "w=64")), stored.numpy(), 0)


def test_cmyk(tmp_path: Path) -> None:
    smooth = numpy.full((48, 64, 3), 120, "uint8")
    path = saved(drawn(smooth).icc_transform("cmyk", input_profile="srgb"), tmp_path / "a.jpg", Q=95)
    assert pyvips.Image.new_from_file(str(path)).bands == 4
    for options in ("w=64", "w=20", "w=128,fit=contain"):
        found = pixels(rendered(path, options))
        assert found.shape[2] == 3 and abs(found.astype(int) - 120).max() <= 8


@pytest.mark.parametrize("options", ["w=64", "w=16", "w=100,fit=contain", "blur=3", "trim=1;1;1;1"])
def test_sixteen_bits_with_alpha(options: str, tmp_path: Path) -> None:
    array = numpy.zeros((48, 64, 4), "uint16")
    array[...] = (100 * 257, 150 * 257, 200 * 257, 128 * 257)
    found = pixels(rendered(saved(array, tmp_path / "a.png"), options))
    assert found.dtype == "uint8" and (abs(found.astype(int) - [100, 150, 200, 128]) <= 1).all()


@pytest.mark.parametrize("options", ["w=64", "w=16", "w=100,fit=contain"])
def test_sixteen_bit_grey_with_alpha_and_a_profile(options: str, shared: Path) -> None:
    path = shared / "corpus" / "good" / "sharp-16-bit-grey-alpha.png"
    alpha = pyvips.Image.new_from_file(str(path))[1]
    found = pixels(rendered(path, options))
    assert found.shape[2] == 4
    assert abs(found[..., 3].mean() - alpha.avg() / 257) < 2


def test_a_damaged_profile_is_ignored(tmp_path: Path) -> None:
    image = drawn(INSIDE).copy()
    image.set_type(pyvips.GValue.blob_type, "icc-profile-data", b"\0" * 16 + b"RGB " + b"\0" * 200)
    path = saved(image, tmp_path / "a.png")
    assert near(pixels(rendered(path, "w=64")), INSIDE, 0)
