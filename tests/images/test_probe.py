"""What is accepted and what is refused, through real children of the box, over the whole corpus."""

import contextlib
import os
import struct
import time
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

import corpus
import pytest
import pyvips

from images import errors, heic
from images.box import the_box
from images.errors import AnimationTooLong, CannotDecode, FileTooLarge, ImageFault, NotAnImage, PictureTooLarge
from images.formats import format_of
from images.probe import Picture, probe

SECONDS = 10
# Bare libvips takes seconds or gigabytes for these.
SLOW = (
    "gen-svg-huge-size.svg",
    "gen-webp-anim-16383-1000-frames.webp",
    "gen-webp-anim-16383.webp",
    "gen-png-dim-lie-60000.png",
    "imagepng-fuzz-10e89413e501.png",
    "gen-gif-5000-frames-1000px.gif",
    "imagepng-fuzz-4eac0e88bfe3.png",
)
FACTS = ("width", "height", "frames", "has_alpha")
# Several pictures in one file that are not an animation: the first one counts.
COLLECTION = "libavif-sofa_grid1x5_420_reversed_dimg_order.avif"


def put(folder: Path, data: bytes) -> Path:
    file = folder / "original"
    file.write_bytes(data)
    return file


def png(width: int, height: int, *, chunks: bytes = b"", data: bytes = b"") -> bytes:
    """A PNG of 8-bit grey whose header says what it is told to."""
    header = struct.pack("!IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunks + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))


def grey(width: int, height: int) -> bytes:
    return zlib.compress((b"\0" + b"\x80" * width) * height)


# ── the corpus ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_good_pictures_are_accepted_with_their_facts(shared: Path) -> None:
    wrong = []
    for entry in corpus.entries(shared / "corpus/good"):
        known = {name: entry["facts"][name] for name in FACTS if entry["facts"].get(name) is not None}
        if entry["file"] == COLLECTION:
            known["frames"] = 1
        try:
            picture = probe(shared / "corpus/good" / entry["file"])
        except ImageFault as fault:
            wrong += [(entry["file"], fault)] if entry["accept"] == "must" else []
            continue
        if known | {"format": entry["format"]} != {name: getattr(picture, name) for name in (*known, "format")}:
            wrong.append((entry["file"], picture))
    assert wrong == []


def test_bad_files_are_refused_and_hurt_nobody(shared: Path, tmp_path: Path) -> None:
    """Refused, or survived, each in time; a fault that is not one of the file's would end the loop."""
    accepted, slow = [], []
    outcomes: Counter[str] = Counter()
    for entry in corpus.entries(shared / "corpus/bad"):
        file = put(tmp_path, corpus.bytes_of(shared / "corpus/bad", entry))
        started = time.monotonic()
        try:
            outcomes[type(probe(file)).__name__] += 1
            accepted += [entry["file"]] if entry["expect"] == "refuse" else []
        except ImageFault as fault:
            assert str(fault).endswith((".", ")")), fault
            outcomes[type(fault).__name__] += 1
        slow += [entry["file"]] if time.monotonic() - started > SECONDS else []
    assert accepted == []
    assert slow == []
    assert set(outcomes) >= {"NotAnImage", "CannotDecode", "PictureTooLarge", "AnimationTooLong", "FileTooLarge"}


@pytest.mark.parametrize("name", SLOW)
def test_files_that_keep_libvips_busy(shared: Path, tmp_path: Path, name: str) -> None:
    (entry,) = [entry for entry in corpus.entries(shared / "corpus/bad") if entry["file"] == name]
    started = time.monotonic()
    with pytest.raises(ImageFault):
        probe(put(tmp_path, corpus.bytes_of(shared / "corpus/bad", entry)))
    assert time.monotonic() - started < SECONDS


def test_no_child_was_lost_to_the_corpus(shared: Path, tmp_path: Path) -> None:
    """Headers are looked at before pixels: nothing in the corpus needs the deadline or the memory limit."""
    photo = next((shared / "photos").glob("*.jpg"))
    probe(photo)
    before = the_box().pids()
    for entry in corpus.entries(shared / "corpus/bad"):
        if entry["file"] in SLOW or entry["kind"] in {"bomb", "over-limit"}:
            with contextlib.suppress(ImageFault):
                probe(put(tmp_path, corpus.bytes_of(shared / "corpus/bad", entry)))
    assert set(before) <= set(the_box().pids())


# ── limits ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_limits_are_met_from_the_inside(tmp_path: Path, settings: Any) -> None:
    settings.MAX_PIXELS, settings.MAX_SIDE = 200, 20
    assert probe(put(tmp_path, png(20, 10, data=grey(20, 10)))).width == 20
    with pytest.raises(PictureTooLarge, match="21 x 9; no side may exceed 20"):
        probe(put(tmp_path, png(21, 9, data=grey(21, 9))))
    with pytest.raises(PictureTooLarge, match="20 x 11; at most 200 pixels"):
        probe(put(tmp_path, png(20, 11, data=grey(20, 11))))


def test_long_sides_of_webp_and_avif_are_their_own_matter(tmp_path: Path, settings: Any) -> None:
    settings.MAX_SIDE = 50
    for suffix in (".webp", ".avif"):
        pyvips.Image.black(60, 8).write_to_file(str(tmp_path / f"long{suffix}"))
        assert probe(tmp_path / f"long{suffix}").width == 60


def test_frames_count_together(tmp_path: Path, settings: Any) -> None:
    frames = pyvips.Image.black(10, 40).copy()
    frames.set_type(pyvips.GValue.gint_type, "page-height", 10)
    (frames + [10, 200, 30]).cast("uchar").copy(interpretation="srgb").write_to_file(str(tmp_path / "a.webp"))
    strip = pyvips.Image.arrayjoin(
        [(pyvips.Image.black(10, 10) + [n * 60, 9, 9]).cast("uchar") for n in range(4)], across=1
    )
    strip.set_type(pyvips.GValue.gint_type, "page-height", 10)
    strip.copy(interpretation="srgb").write_to_file(str(tmp_path / "b.gif"))
    settings.MAX_ANIMATION_PIXELS = 400
    assert probe(tmp_path / "b.gif").frames == 4
    settings.MAX_ANIMATION_PIXELS = 399
    with pytest.raises(AnimationTooLong, match="4 frames of 10 x 10"):
        probe(tmp_path / "b.gif")


def test_bytes_are_limited(tmp_path: Path, settings: Any) -> None:
    data = png(20, 10, data=grey(20, 10))
    settings.MAX_UPLOAD_BYTES = len(data)
    probe(put(tmp_path, data))
    with pytest.raises(FileTooLarge):
        probe(put(tmp_path, data + b"\0"))


def test_a_header_that_lies_allocates_nothing(tmp_path: Path) -> None:
    with pytest.raises(CannotDecode):
        probe(put(tmp_path, png(10_000, 10_000, data=grey(10, 10))))


def test_text_that_inflates_is_not_inflated_for_ever(tmp_path: Path) -> None:
    bomb = zlib.compress(b"a" * 80_000_000, 9)
    text = b"".join(chunk(b"zTXt", b"key\0\0" + bomb) for _ in range(10))
    with contextlib.suppress(ImageFault):
        assert probe(put(tmp_path, png(2, 2, chunks=text, data=grey(2, 2)))).width == 2
    assert probe(put(tmp_path, png(2, 2, data=grey(2, 2)))).height == 2


# ── formats ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_heic_is_read_when_its_extra_is_there(tmp_path: Path) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    from PIL import Image

    picture = Image.new("RGBA", (30, 20), (200, 100, 50, 128))
    pillow_heif.from_pillow(picture).save(tmp_path / "picture.heic")
    assert probe(tmp_path / "picture.heic") == Picture("heic", "image/heic", 30, 20, 1, has_alpha=True)


def test_heic_pixels_are_right(tmp_path: Path) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    from PIL import Image

    picture = Image.new("RGB", (33, 20), (200, 100, 50))
    pillow_heif.from_pillow(picture).save(tmp_path / "picture.heic", quality=100)
    image = heic.decoded(str(tmp_path / "picture.heic"))
    assert (image.width, image.height, image.bands, image.interpretation) == (33, 20, 3, "srgb")
    assert image(5, 5) == pytest.approx([200, 100, 50], abs=4)


def test_heic_without_its_extra_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pillow_heif", None)
    with pytest.raises(NotAnImage, match="extra 'heic'"):
        heic.size(str(tmp_path / "any"))


@pytest.mark.parametrize(
    "text",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- x -->\n<svg/>",
        "<?xml version='1.0'?><svg/>".encode("utf-16"),
        b"<!DOCTYPE svg><s:svg xmlns:s='http://www.w3.org/2000/svg'/>",
    ],
)
def test_svg_is_known_by_its_root(tmp_path: Path, text: bytes) -> None:
    assert probe(put(tmp_path, text)).mime == "image/svg+xml"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"x" * 100,
        b"II*\0" + b"\0" * 60,
        b"%PDF-1.7\n",
        b"<html><body>svg</body></html>",
        b"v2\n",
        b"P6\n1 1\n255\nabc",
        b"1,2,3\n",
        b"\x1f\x8b" + b"\xff" * 30,
        b"RIFF\0\0\0\0WAVE",
        b"\0\0\0\0ftypavi",
        b"\0\0\0\x18ftypisom" + b"\0" * 12,
    ],
)
def test_everything_else_is_no_picture(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(NotAnImage, match="Upload JPEG, PNG"):
        probe(put(tmp_path, data))


def test_the_name_decides_nothing(tmp_path: Path) -> None:
    (tmp_path / "picture.jpg").write_bytes(png(3, 2, data=grey(3, 2)))
    assert probe(tmp_path / "picture.jpg").format == "png"


def test_brands_after_the_first_count() -> None:
    def head(major: bytes, *others: bytes) -> bytes:
        return struct.pack("!I", 16 + 4 * len(others)) + b"ftyp" + major + b"\0\0\0\0" + b"".join(others)

    assert format_of(head(b"mif1", b"miaf", b"avif")) == "avif"
    assert format_of(head(b"mif1", b"heic")) == "heic"
    assert format_of(head(b"avis", b"msf1")) == "avif"
    with pytest.raises(NotAnImage):
        format_of(head(b"isom", b"mp42"))


def test_orientation_turns_the_facts(tmp_path: Path) -> None:
    image = pyvips.Image.black(30, 20, bands=3).copy(interpretation="srgb")
    image.set_type(pyvips.GValue.gint_type, "orientation", 6)
    image.write_to_file(str(tmp_path / "turned.jpg"))
    picture = probe(tmp_path / "turned.jpg")
    assert (picture.width, picture.height) == (20, 30)


def test_a_cut_file_is_damaged(shared: Path, tmp_path: Path) -> None:
    data = next((shared / "photos").glob("*.jpg")).read_bytes()
    with pytest.raises(CannotDecode, match="damaged"):
        probe(put(tmp_path, data[: len(data) // 2]))


def test_a_file_that_is_gone_is_no_damaged_picture(tmp_path: Path) -> None:
    with pytest.raises(errors.Missing):
        the_box().run("images.decode:probe", {}, tmp_path / "nowhere")
    assert not os.path.exists(tmp_path / "nowhere")
