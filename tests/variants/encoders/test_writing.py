"""Bytes at most, the best of several formats, description, and the other options of writing."""

import json
from pathlib import Path
from typing import Any

import numpy
import pytest
import pyvips
from rendering import checks, drawn, picture, pixels, rendered, saved

from variants.encoders import ENCODERS
from variants.encoders.writing import AREA_WARNING, BYTES_WARNING, tries
from variants.limits import Limits
from variants.notation import url
from variants.options.option import merged
from variants.quality.score import Score
from variants.render import Rendered, render


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Smooth colours with some noise."""
    y, x = numpy.mgrid[0:240, 0:320]
    noise = numpy.random.default_rng(1).normal(0, 6, (240, 320, 3))
    smooth = numpy.stack([x * 0.7, y, 128 + 90 * numpy.sin(x / 30) * numpy.cos(y / 25)], -1)
    return saved(numpy.clip(smooth + noise, 0, 255).astype("uint8"), tmp_path_factory.mktemp("photo") / "photo.png")


def best(path: Path, options: str, *names: str, animated: bool = False, limits: Limits | None = None) -> Rendered:
    chain = url.parse(options).chain
    return render(path, chain, "best", animated, limits or Limits(), formats=names)


@pytest.mark.parametrize("form", ["jpeg", "webp", "avif", "png"])
@pytest.mark.parametrize("most", [30_000, 12_000, 5_000])
def test_as_many_bytes_as_may_be(form: str, most: int, photo: Path) -> None:
    made = rendered(photo, f"q=90,max-bytes={most}", form)
    free = rendered(photo, "q=90", form)
    assert len(made.body) <= most and not made.warnings
    if len(free.body) <= most:
        assert made.body == free.body
    elif form != "png":
        assert made.quality is not None
        assert len(rendered(photo, f"q={made.quality + 1}", form).body) > most


@pytest.mark.parametrize("form", ["jpeg", "webp", "avif", "png", "gif"])
def test_the_smallest_where_nothing_fits(form: str, photo: Path) -> None:
    made = rendered(photo, "max-bytes=100", form)
    assert made.warnings == (BYTES_WARNING,)
    if form not in ("gif", "png"):
        assert made.body == rendered(photo, "q=1", form).body


def test_large_pictures_get_bytes_in_fewer_trials(photo: Path) -> None:
    made = rendered(photo, "max-bytes=9000", "webp", limits=Limits(search_max_area=10))
    assert made.quality in (85, 42, 21, 10, 5, 2, 1) and len(made.body) <= 9000
    fine = rendered(photo, "max-bytes=9000", "webp")
    assert fine.quality is not None and fine.quality >= made.quality


def test_bytes_after_a_search(photo: Path) -> None:
    made = rendered(photo, "q=high,max-bytes=4000", "webp")
    assert len(made.body) <= 4000 and made.quality is not None and made.quality < 75


def test_bytes_of_an_animation(tmp_path: Path) -> None:
    strip = pyvips.Image.arrayjoin([drawn(checks(96, 96, size)) for size in (3, 5, 8)], across=1)
    strip.set_type(pyvips.GValue.gint_type, "page-height", 96)
    path = saved(strip, tmp_path / "a.webp", lossless=True)
    free = rendered(path, "w=96", "webp", animated=True)
    made = rendered(path, f"max-bytes={len(free.body) * 2 // 3}", "webp", animated=True)
    assert (made.frames, made.warnings) == (3, ()) and len(made.body) <= len(free.body) * 2 // 3


def test_best_is_the_smallest_at_equal_loss(photo: Path) -> None:
    made = best(photo, "q=80", "jpeg", "webp", "avif", "png")
    jpeg = rendered(photo, "q=80", "jpeg")
    reference = Score(pyvips.Image.new_from_file(str(photo)))
    assert made.format in ("webp", "avif") and len(made.body) < len(jpeg.body)
    assert reference.of(picture(made)) <= reference.of(picture(jpeg)) + 0.001


def test_best_finds_the_format_without_loss_for_drawings(tmp_path: Path) -> None:
    array = numpy.full((120, 160, 3), 255, "uint8")
    array[40:80:4, 30:130] = (200, 30, 30)
    path = saved(array, tmp_path / "a.png")
    made = best(path, "q=90", "jpeg", "png")
    assert made.format == "png" and (pixels(made) == array).all() and made.quality is None


def test_best_keeps_alpha_and_animation(tmp_path: Path) -> None:
    path = saved(checks(64, 64, bands=4), tmp_path / "a.png")
    assert picture(best(path, "w=64", "webp", "avif", "png")).hasalpha()
    strip = pyvips.Image.arrayjoin([drawn(checks(40, 40, size)) for size in (3, 5)], across=1)
    strip.set_type(pyvips.GValue.gint_type, "page-height", 40)
    moving = best(saved(strip, tmp_path / "a.webp"), "w=40", "webp", "gif", animated=True)
    assert moving.frames == 2 and moving.format in ("webp", "gif")


def test_best_of_a_level_and_of_bytes(photo: Path) -> None:
    made = best(photo, "q=medium-low", "jpeg", "webp")
    sizes = {form: len(rendered(photo, "q=medium-low", form).body) for form in ("jpeg", "webp")}
    assert len(made.body) == min(sizes.values()) == sizes[made.format]
    small = best(photo, "max-bytes=3000", "jpeg", "webp", "png")
    assert len(small.body) <= 3000 and small.quality is not None


def test_a_known_quality_needs_no_trial(photo: Path) -> None:
    searched = rendered(photo, "q=low", "webp")
    again = render(photo, url.parse("q=low").chain, "webp", False, Limits(search_max_area=0), quality=searched.quality)
    assert again.body == searched.body and again.quality == searched.quality and not again.warnings
    assert AREA_WARNING in rendered(photo, "q=low", "webp", limits=Limits(search_max_area=0)).warnings


def test_what_is_tried() -> None:
    trying = ("q=high", "format=best", "max-bytes=500", "auto-quality=dssim", "quality.avif=low", "w=3~q=low")
    assert all(tries(merged(url.parse(text).chain)) for text in trying)
    assert not any(tries(merged(url.parse(text).chain)) for text in ("q=80", "w=3", "format=webp,lossless=true"))


def test_description(photo: Path, tmp_path: Path) -> None:
    made = rendered(photo, "w=100", "json")
    assert json.loads(made.body) == {
        "width": 100,
        "height": 75,
        "original": {"file_size": photo.stat().st_size, "width": 320, "height": 240, "format": "image/png"},
    }
    assert (made.width, made.height, made.format) == (100, 75, "json")
    strip = pyvips.Image.arrayjoin([drawn(checks(40, 30, size)) for size in (3, 5, 8)], across=1)
    strip.set_type(pyvips.GValue.gint_type, "page-height", 30)
    moving = saved(strip, tmp_path / "a.gif")
    told = json.loads(rendered(moving, "w=20,rotate=90", "json").body)
    assert (told["width"], told["height"], told["original"]["frames"]) == (20, 27, 3)
    assert "frames" not in json.loads(rendered(moving, "anim=false", "json").body)["original"]


def test_the_description_is_of_an_upright_original(tmp_path: Path) -> None:
    image = drawn(checks(60, 40)).copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", 6)
    told = json.loads(rendered(saved(image, tmp_path / "a.jpg"), "h=30", "json").body)
    assert (told["width"], told["height"]) == (20, 30)
    assert (told["original"]["width"], told["original"]["height"]) == (40, 60)


def test_chroma(photo: Path) -> None:
    def subsampling(options: str) -> str:
        return str(picture(rendered(photo, options, "jpeg")).get("jpeg-chroma-subsample"))

    assert subsampling("q=80") == subsampling("q=95,chroma=420") == "4:2:0"
    assert subsampling("q=95") == subsampling("q=30,chroma=444") == "4:4:4"
    plain, full = (len(rendered(photo, f"q=80,chroma={chroma}", "avif").body) for chroma in ("420", "444"))
    assert full > plain


def test_progressive(photo: Path) -> None:
    assert b"\xff\xc2" not in rendered(photo, "progressive=false", "jpeg").body
    assert picture(rendered(photo, "progressive=true")).get("interlaced") == 1
    assert not picture(rendered(photo, "w=320")).get_typeof("interlaced")
    assert picture(rendered(photo, "progressive=true", "gif")).get("interlaced") == 1


@pytest.mark.parametrize("form", ["webp", "png"])
def test_lossless_is_exact(form: str, photo: Path) -> None:
    assert (pixels(rendered(photo, "lossless=true,q=30", form)) == pixels(photo.read_bytes())).all()


def test_lossless_avif_is_nearly_exact(photo: Path) -> None:
    """The colours go through YCbCr and back: one level is the most they may be off."""
    made = rendered(photo, "lossless=true", "avif")
    difference = pixels(made).astype(int) - pixels(photo.read_bytes())
    assert abs(difference).max() <= 2 and made.quality is None


def test_near_lossless_is_between(photo: Path) -> None:
    exact, near = rendered(photo, "lossless=true", "webp"), rendered(photo, "near-lossless=20", "webp")
    difference = abs(pixels(near).astype(int) - pixels(exact)).max()
    assert len(near.body) < len(exact.body) and 0 < difference <= 16


def test_effort_buys_bytes(photo: Path) -> None:
    for form in ("webp", "avif"):
        quick, slow = (len(rendered(photo, f"effort={effort}", form).body) for effort in (0, 5))
        assert slow < quick
    assert rendered(photo, "effort=9", "webp").body == rendered(photo, "effort=6", "webp").body


@pytest.mark.parametrize(("colours", "most"), [(2, 2), (3, 4), (9, 16), (100, 256)])
@pytest.mark.parametrize("form", ["png", "gif"])
def test_a_forced_palette(colours: int, most: int, form: str, photo: Path) -> None:
    made = pixels(rendered(photo, f"palette={colours}", form))[..., :3].reshape(-1, 3)
    assert most // 4 < len(numpy.unique(made, axis=0)) <= most


def palette_picture(folder: Path, bits: int) -> Path:
    """Stripes in as many colours as ``bits`` can tell apart."""
    rows = (numpy.arange(64) * 2**bits // 64)[:, None].repeat(64, 1)
    stripes: Any = numpy.stack([rows * 255 // (2**bits - 1), 255 - rows * 200 // (2**bits - 1), rows * 0 + 40], -1)
    return saved(stripes.astype("uint8"), folder / f"{bits}.png", palette=True, bitdepth=bits)


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_a_palette_stays_one(bits: int, tmp_path: Path) -> None:
    path = palette_picture(tmp_path, bits)
    made = rendered(path, "flip=h")
    assert picture(made).get_typeof("palette") and picture(made).get("bits-per-sample") == bits
    expected = pixels(path.read_bytes())[:, ::-1, :3].astype(int)
    assert abs(pixels(made)[..., :3].astype(int) - expected).max() <= 2
    assert not picture(rendered(path, "flip=h,lossless=true")).get_typeof("palette")
    assert not picture(rendered(path, "flip=h,q=100")).get_typeof("palette")


@pytest.mark.parametrize(
    "options",
    ["w=30", "w=100,fit=contain", "blur=4", "rotate=10,background=white", "padding=3,background=red", "w=30~flip=h"],
)
def test_mixed_colours_have_a_palette_of_more(options: str, tmp_path: Path) -> None:
    """Else the edges of a drawing would be steps."""
    y, x = numpy.mgrid[0:64, 0:64]
    ring = numpy.where(abs(numpy.hypot(x - 32, y - 32) - 20) < 3, 0, 255)[..., None].repeat(3, 2)
    path = saved(ring.astype("uint8"), tmp_path / "ring.png", palette=True, bitdepth=1)
    found, exact = (rendered(path, f"{options}{more}") for more in ("", ",lossless=true"))
    assert picture(found).get("bits-per-sample") == 4
    off = abs(pixels(found)[..., :3].astype(int) - pixels(exact)[..., :3])
    assert off.mean() < 4 and len(numpy.unique(pixels(found)[..., :3].reshape(-1, 3), axis=0)) > 2


def test_no_palette_where_there_was_none(photo: Path) -> None:
    assert not picture(rendered(photo, "w=100")).get_typeof("palette")


@pytest.mark.parametrize("form", ["jpeg", "png", "webp", "avif"])
def test_a_profile_is_kept_with_its_colours(form: str, tmp_path: Path) -> None:
    wide = drawn(numpy.full((40, 40, 3), (230, 30, 60), "uint8")).icc_transform("p3", input_profile="srgb")
    path = saved(wide, tmp_path / "wide.png")
    kept, converted = (rendered(path, f"w=20,q=98,profile={profile}", form) for profile in ("keep", "srgb"))
    assert picture(kept).get("icc-profile-data") == wide.get("icc-profile-data")
    assert not picture(converted).get_typeof("icc-profile-data")
    near = {"atol": 0 if form == "png" else 5}
    assert numpy.allclose(pixels(kept)[10, 10, :3].astype(int), wide.numpy()[10, 10], **near)
    assert numpy.allclose(pixels(converted)[10, 10, :3].astype(int), (230, 30, 60), atol=6)


def test_other_profiles_are_converted_all_the_same(tmp_path: Path) -> None:
    ink = drawn(numpy.full((40, 40, 3), (230, 30, 60), "uint8")).icc_transform("cmyk", input_profile="srgb")
    made = picture(rendered(saved(ink, tmp_path / "ink.jpg"), "w=20,profile=keep", "jpeg"))
    assert made.bands == 3 and not made.get_typeof("icc-profile-data")


def test_fast_is_plain(photo: Path) -> None:
    fast, usual = (rendered(photo, options, "jpeg").body for options in ("compression=fast", "w=320"))
    assert b"\xff\xc2" not in fast and len(fast) > len(usual)
    for form in ("png", "webp"):
        assert len(rendered(photo, "compression=fast", form).body) > len(rendered(photo, "w=320", form).body)


def test_kept_metadata_is_of_the_result(tmp_path: Path) -> None:
    image = drawn(checks(200, 120)).copy()
    for field, value in {"exif-ifd2-PixelXDimension": "200", "exif-ifd2-PixelYDimension": "120"}.items():
        image.set_type(pyvips.GValue.gstr_type, field, f"{value} ({value}, Long, 1 components, 4 bytes)")
    made = picture(rendered(saved(image, tmp_path / "a.jpg"), "w=50,metadata=keep", "jpeg"))
    assert made.get("exif-ifd2-PixelXDimension").startswith("50 ")
    assert made.get("exif-ifd2-PixelYDimension").startswith("30 ")


@pytest.mark.parametrize("encoder", ENCODERS.values(), ids=list(ENCODERS))
def test_every_encoder_says_what_it_holds(encoder: Any) -> None:
    assert encoder.shortest <= 16 and encoder.longest > 10_000
    assert encoder.bounds is None or 1 <= encoder.bounds[0] < encoder.bounds[1] <= 100
