"""Where a picture was taken does not leave with it: looked for in the bytes of every format."""

import contextlib
import struct
from pathlib import Path

import numpy
import pytest
import pyvips
from hypothesis import given
from hypothesis import strategies as st
from platform_server import Platform
from rendering import FORMATS, checks, drawn, picture, rendered, saved

from images.errors import CannotDecode
from variants.bare import bare
from variants.render import COPY

SECONDS = 34_567_891
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><exif:GPSLatitude>48,8.7654321N</exif:GPSLatitude></x:xmpmeta>'
PLACE = b"Secretville"
SECRETS = (struct.pack("<I", SECONDS), struct.pack(">I", SECONDS), b"GPSLatitude", b"8.7654321", PLACE, b"Serial 4711")
ORIGINALS = ("jpg", "png", "webp", "avif")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same picture in every format that takes metadata: EXIF with a place, XMP and IPTC with one, a preview."""
    folder, image = tmp_path_factory.mktemp("places"), tagged(drawn(checks(120, 80)).copy())
    return {form: saved(image, folder / f"a.{form}", keep="all") for form in ORIGINALS}


def tagged(image: pyvips.Image) -> pyvips.Image:
    place = f"48/1 8/1 {SECONDS}/1000000"
    for field, value in {
        "exif-ifd0-Copyright": "Ada Lovelace",
        "exif-ifd0-Make": "Serial 4711",
        "exif-ifd3-GPSLatitudeRef": "N",
        "exif-ifd3-GPSAreaInformation": PLACE.decode(),
    }.items():
        text = f"{value} ({value}, ASCII, {len(value) + 1} components, {len(value) + 1} bytes)"
        image.set_type(pyvips.GValue.gstr_type, field, text)
    image.set_type(
        pyvips.GValue.gstr_type, "exif-ifd3-GPSLatitude", f"{place} ({place}, Rational, 3 components, 24 bytes)"
    )
    image.set_type(pyvips.GValue.blob_type, "xmp-data", XMP)
    image.set_type(pyvips.GValue.blob_type, "iptc-data", b"\x1c\x02\x5a\0\x0b" + PLACE)
    return image


def secrets(body: bytes) -> list[bytes]:
    return [secret for secret in SECRETS if secret in body]


def test_the_originals_tell_the_place(pictures: dict[str, Path]) -> None:
    for form, path in pictures.items():
        assert len(secrets(path.read_bytes())) >= (2 if form == "png" else 4), form  # PNG packs its XMP


@pytest.mark.parametrize("metadata", ["none", "copyright", ""])
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("original", ORIGINALS)
def test_no_place_leaves(original: str, form: str, metadata: str, pictures: dict[str, Path]) -> None:
    for options in ("w=60", "fit=scale-down", "profile=keep", "q=100", "w=60~rotate=90"):
        text = f"{options},metadata={metadata}" if metadata else options
        made = rendered(pictures[original], text, form)
        assert secrets(made.body) == []
        fields = picture(made).get_fields()  # also of what is packed
        assert not [name for name in fields if "GPS" in name or name in ("xmp-data", "iptc-data")]


@pytest.mark.parametrize("original", ORIGINALS)
def test_jpeg_keeps_it_when_it_is_told_to(original: str, pictures: dict[str, Path]) -> None:
    found = picture(rendered(pictures[original], "w=60,metadata=keep", "jpeg"))
    assert f"{SECONDS}/1000000" in found.get("exif-ifd3-GPSLatitude")
    assert "Ada Lovelace" in found.get("exif-ifd0-Copyright")


def test_lost_content_credentials_are_told(platform: Platform, pictures: dict[str, Path]) -> None:
    platform.upload(pictures["jpg"], "credentials")
    server, base = platform.servers[0], f"/{platform.facts['account_hash']}/credentials"
    path = f"/client/v4/accounts/{platform.facts['account_id']}/images/v1/config"
    token = {"authorization": f"Bearer {platform.facts['api_token']}", "content_type": "application/json"}
    assert "warning" not in server.get(f"{base}/w=61").headers
    try:
        server.get(path, "PATCH", body='{"preserve_content_credentials": true}', **token)
        for options in ("w=61", "w=61,metadata=keep,f=jpeg"):
            assert "C2PA) are not kept" in server.get(f"{base}/{options}").headers["warning"]
        assert "warning" not in server.get(f"{base}/w=61,metadata=none").headers
    finally:
        server.get(path, "PATCH", body='{"preserve_content_credentials": false}', **token)


# ── animations that are not decoded ──────────────────────────────────────────────────────────────────────────────────


def animation(path: Path, tags: bool = True) -> Path:
    frames = numpy.concatenate([numpy.roll(checks(60, 40), shift, axis=1) for shift in (0, 9, 20)])
    image = drawn(frames).copy()
    image.set_type(pyvips.GValue.gint_type, "page-height", 40)
    image.set_type(pyvips.GValue.array_int_type, "delay", [50, 70, 90])
    image.set_type(pyvips.GValue.gint_type, "loop", 3)
    saved(tagged(image) if tags else image, path, keep="all")
    if tags and path.suffix == ".gif":
        body, at = path.read_bytes(), 13 + 3 * 2 ** ((path.read_bytes()[10] & 7) + 1) * (path.read_bytes()[10] >> 7)
        # XMP in GIF is no list of blocks: its end is made so that whoever takes it for one comes out behind it.
        xmp = b"\x21\xff\x0bXMP DataXMP" + XMP + b"\x01" + bytes(range(255, -1, -1)) + b"\0"
        comment = b"\x21\xfe" + bytes([len(PLACE)]) + PLACE + b"\0"
        path.write_bytes(body[:at] + xmp + comment + body[at:] + b"Serial 4711")
    return path


@pytest.mark.parametrize("form", ["gif", "webp"])
def test_large_animations_leave_without_it(form: str, tmp_path: Path) -> None:
    path = animation(tmp_path / f"a.{form}")
    assert len(secrets(path.read_bytes())) >= 3
    made = rendered(path, "w=9", COPY)
    before, after = pyvips.Image.new_from_file(str(path), n=-1), picture(made, "n=-1")
    assert secrets(made.body) == []
    assert (made.width, made.height, made.frames) == (60, 40, 3)
    assert [after.get(name) for name in ("delay", "loop")] == [before.get(name) for name in ("delay", "loop")]
    assert (before.numpy() == after.numpy()).all()
    assert bare(made.body, form) == made.body


@given(st.binary(max_size=300), st.sampled_from(["gif", "webp"]), st.integers(0, 600))
def test_a_damaged_animation_has_an_end(rest: bytes, form: str, cut: int) -> None:
    start: dict[str, bytes] = {
        "gif": b"GIF89a\x01\0\x01\0\0\0\0",
        "webp": b"RIFF" + struct.pack("<I", cut) + b"WEBPVP8X\x0a\0\0\0",
    }
    with contextlib.suppress(CannotDecode):
        assert len(bare(start[form] + rest, form)) <= len(start[form] + rest) + 1
