"""What a camera wrote about pixels is applied to them: orientation and profile, from every format into every format."""

from pathlib import Path
from typing import Any

import numpy
import profiles
import pytest
import pyvips
from rendering import FORMATS, drawn, picture, pixels, rendered, saved

# EXIF orientation → how the stored rows and columns become the picture (CIPA DC-008, tag 274).
UPRIGHT: dict[int, Any] = {
    1: lambda stored: stored,
    2: lambda stored: stored[:, ::-1],
    3: lambda stored: stored[::-1, ::-1],
    4: lambda stored: stored[::-1],
    5: lambda stored: stored.transpose(1, 0, 2),
    6: lambda stored: stored.transpose(1, 0, 2)[:, ::-1],
    7: lambda stored: stored[::-1, ::-1].transpose(1, 0, 2),
    8: lambda stored: stored.transpose(1, 0, 2)[::-1],
}
ORIGINALS = {"jpg": {"Q": 98, "subsample_mode": "off"}, "png": {}, "webp": {"lossless": True}}


def quarters() -> Any:
    """Four colours in the corners of 48 x 32 pixels."""
    array = numpy.zeros((32, 48, 3), "uint8")
    array[:16, :24], array[:16, 24:] = (220, 40, 40), (40, 200, 40)
    array[16:, :24], array[16:, 24:] = (40, 40, 220), (220, 220, 40)
    return array


def profiled(array: Any, profile: bytes) -> pyvips.Image:
    image = drawn(array).copy()
    image.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
    return image


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("original", ["jpg", "png", "webp"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation(orientation: int, original: str, form: str, tmp_path: Path) -> None:
    image = drawn(quarters()).copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    path = saved(image, tmp_path / f"a.{original}", **ORIGINALS[original])
    made = rendered(path, "q=100", form)
    expected = UPRIGHT[orientation](quarters())
    assert (made.height, made.width) == expected.shape[:2]
    found = pixels(made)[4::8, 4::8, :3].astype(int)
    assert abs(found - expected[4::8, 4::8]).max() <= 40  # a palette of GIF, chroma of AVIF
    again = picture(made)
    assert not again.get_typeof("orientation") or again.get("orientation") == 1


@pytest.mark.parametrize("original", ["jpg", "png", "webp", "avif"])
def test_adobe_rgb(original: str, tmp_path: Path) -> None:
    settings = {"lossless": True} if original in ("webp", "avif") else {}
    for colour in [(200, 120, 60), (90, 140, 190), (128, 128, 128), (180, 170, 160)]:
        image = profiled(numpy.full((32, 32, 3), colour, "uint8"), profiles.rgb(profiles.ADOBE, profiles.ADOBE_GAMMA))
        path = saved(image, tmp_path / f"a.{original}", keep="all", **settings)
        expected = profiles.to_srgb(colour, profiles.ADOBE, profiles.ADOBE_GAMMA)
        for options in ("w=32", "w=16", "w=64,fit=contain", "rotate=90"):
            assert abs(pixels(rendered(path, options))[8, 8].astype(float) - expected).max() <= 4


def test_adobe_rgb_of_16_bits(tmp_path: Path) -> None:
    array = numpy.full((32, 32, 3), (200 * 257, 120 * 257, 60 * 257), "uint16")
    path = saved(profiled(array, profiles.rgb(profiles.ADOBE, profiles.ADOBE_GAMMA)), tmp_path / "a.png", keep="all")
    found = pixels(rendered(path, "w=16"))
    assert found.dtype == "uint8"
    expected = profiles.to_srgb((200, 120, 60), profiles.ADOBE, profiles.ADOBE_GAMMA)
    assert abs(found[8, 8].astype(float) - expected).max() <= 2


@pytest.mark.parametrize("form", ["png", "jpeg", "webp", "avif"])
def test_grey_with_a_profile(form: str, tmp_path: Path) -> None:
    array = numpy.full((32, 32, 1), 100, "uint8")
    path = saved(profiled(array, profiles.grey(1.0)), tmp_path / "a.png", keep="all")
    expected = profiles.encoded((100 / 255) ** 1.0)
    found = pixels(rendered(path, "w=20,q=100", form))
    assert abs(found.astype(float).reshape(20, 20, -1)[5, 5, :3] - expected).max() <= 3


@pytest.mark.parametrize("bands", [2, 4])
@pytest.mark.parametrize("depth", ["uint8", "uint16"])
@pytest.mark.parametrize("options", ["w=20", "rotate=90", "fit=contain,w=90", "blur=1", "profile=keep", "w=20~flip=h"])
def test_png_never_loses_alpha(options: str, depth: str, bands: int, tmp_path: Path) -> None:
    array = numpy.full((40, 40, bands), 200 if depth == "uint8" else 200 * 257, depth)
    array[..., -1] = 100 if depth == "uint8" else 100 * 257
    found = pixels(rendered(saved(array, tmp_path / "a.png"), f"{options},f=png"))
    assert found.shape[2] in (2, 4)
    assert (abs(found[..., -1].astype(int) - 100) <= 1).all() and (abs(found[..., 0].astype(int) - 200) <= 2).all()
