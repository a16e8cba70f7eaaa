"""What comes out: progressive and baseline, lossless, palettes, quality."""

from pathlib import Path
from typing import Any

import numpy
import pytest
from rendering import checks, picture, pixels, rendered, saved

from variants.errors import CannotEncode


def is_progressive(body: bytes) -> bool:
    return b"\xff\xc2" in body


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Smooth colours with some noise: what lossy formats are made for."""
    y, x = numpy.mgrid[0:240, 0:320]
    noise = numpy.random.default_rng(1).normal(0, 6, (240, 320, 3))
    smooth = numpy.stack([x * 0.7, y, 128 + 90 * numpy.sin(x / 30) * numpy.cos(y / 25)], -1)
    return saved(numpy.clip(smooth + noise, 0, 255).astype("uint8"), tmp_path_factory.mktemp("photo") / "photo.png")


@pytest.mark.parametrize(
    ("size", "options", "progressive"),
    [
        ((60, 60), "", True),
        ((49, 49), "", False),
        ((50, 49), "", True),
        ((3001, 3001), "", False),
        ((3001, 60), "", True),
        ((60, 60), ",f=baseline-jpeg", False),
    ],
)
def test_jpeg_is_progressive_unless(size: tuple[int, int], options: str, progressive: bool, tmp_path: Path) -> None:
    path = saved(numpy.full((*size[::-1], 3), 128, "uint8"), tmp_path / "a.png")
    assert is_progressive(rendered(path, "fit=scale-down" + options, "jpeg").body) is progressive


@pytest.mark.parametrize("form", ["jpeg", "webp", "avif"])
def test_quality_is_bytes_and_likeness(form: str, photo: Path) -> None:
    original = pixels(rendered(photo, "fit=scale-down")).astype(int)
    bodies = [rendered(photo, f"q={quality}", form).body for quality in (10, 40, 60, 85, 99)]
    errors = [abs(pixels(body)[..., :3].astype(int) - original).mean() for body in bodies]
    assert [len(body) for body in bodies] == sorted(len(body) for body in bodies)
    assert errors == sorted(errors, reverse=True)


@pytest.mark.parametrize("form", ["jpeg", "webp", "avif"])
def test_named_qualities_and_the_default(form: str, photo: Path) -> None:
    sizes = [len(rendered(photo, f"q={word}", form).body) for word in ("low", "medium-low", "medium-high", "high")]
    assert sizes == sorted(sizes) and len(set(sizes)) == 4
    assert rendered(photo, "w=320", form).body == rendered(photo, "q=85", form).body


def test_formats_of_one_quality_are_about_as_good(photo: Path) -> None:
    original = pixels(rendered(photo, "fit=scale-down")).astype(int)
    bodies = [rendered(photo, "q=85", form).body for form in ("jpeg", "webp", "avif")]
    errors = [abs(pixels(body)[..., :3].astype(int) - original).mean() for body in bodies]
    assert max(errors) < 1.6 * min(errors)
    assert len(bodies[2]) < len(bodies[0])


def test_webp_of_quality_100_is_lossless(tmp_path: Path) -> None:
    array = checks(40, 30, bands=4)
    path = saved(array, tmp_path / "a.png")
    assert (pixels(rendered(path, "q=100", "webp")) == array).all()
    assert not (pixels(rendered(path, "q=99", "webp")) == array).all()


def test_png_is_exact_unless_a_quality_allows_a_palette(photo: Path, tmp_path: Path) -> None:
    array = checks(80, 60, bands=4)
    path = saved(array, tmp_path / "a.png")
    assert (pixels(rendered(path, "fit=scale-down")) == array).all()
    assert (pixels(rendered(path, "q=100")) == array).all()
    palette = rendered(photo, "q=80")
    assert picture(palette).get_typeof("palette")
    assert len(palette.body) < 0.7 * len(rendered(photo, "fit=scale-down").body)


@pytest.mark.parametrize("form", ["png", "webp", "avif", "gif", "jpeg"])
def test_the_same_input_gives_the_same_bytes(form: str, photo: Path) -> None:
    assert rendered(photo, "w=100", form).body == rendered(photo, "w=100", form).body


@pytest.mark.parametrize("form", ["png", "webp", "avif"])
def test_alpha_comes_through(form: str, tmp_path: Path) -> None:
    array = checks(64, 64, bands=4)
    found = pixels(rendered(saved(array, tmp_path / "a.png"), "w=64", form))
    assert abs(found[..., 3].astype(int) - array[..., 3]).max() <= 4


@pytest.mark.parametrize("form", ["png", "webp", "avif", "gif", "jpeg"])
@pytest.mark.parametrize("size", [(1, 1), (3, 1), (1, 5)])
def test_the_smallest_pictures(form: str, size: tuple[int, int], tmp_path: Path) -> None:
    made = rendered(saved(checks(*size, bands=4), tmp_path / "a.png"), "w=100", form)
    assert pixels(made).shape[:2] == size[::-1]


def test_a_side_that_the_format_cannot_hold(tmp_path: Path) -> None:
    path = saved(numpy.zeros((2, 17_000, 3), "uint8"), tmp_path / "a.png")
    with pytest.raises(CannotEncode):
        rendered(path, "fit=scale-down", "webp")


def test_grey_stays_grey(tmp_path: Path) -> None:
    array: Any = numpy.arange(256, dtype="uint8").reshape(16, 16)
    found = pixels(rendered(saved(array[..., None], tmp_path / "a.png"), "w=16"))
    assert (found == array[..., None]).all()
