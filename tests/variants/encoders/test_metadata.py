"""metadata: what JPEG keeps, and that nothing else keeps anything."""

import struct
from pathlib import Path

import pytest
import pyvips
from hypothesis import given
from hypothesis import strategies as st
from rendering import checks, drawn, picture, rendered, saved

from variants.encoders import exif

SECRETS = (b"Ada Lovelace", b"Serial 4711", b"xmp secret", b"iptc secret")


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A JPEG with EXIF (copyright, camera, place, preview), XMP, IPTC and a profile, lying on its side."""
    image = drawn(checks(200, 120)).copy()
    for field, value in {
        "exif-ifd0-Copyright": "Ada Lovelace",
        "exif-ifd0-Make": "Serial 4711",
        "exif-ifd3-GPSLatitudeRef": "N",
    }.items():
        text = f"{value} ({value}, ASCII, {len(value) + 1} components, {len(value) + 1} bytes)"
        image.set_type(pyvips.GValue.gstr_type, field, text)
    image.set_type(pyvips.GValue.gint_type, "orientation", 6)
    image.set_type(pyvips.GValue.blob_type, "xmp-data", b"<x>xmp secret</x>")
    image.set_type(pyvips.GValue.blob_type, "iptc-data", b"iptc secret")
    preview = drawn(checks(40, 24)).jpegsave_buffer(Q=50, keep="none")
    image.set_type(pyvips.GValue.blob_type, "jpeg-thumbnail-data", preview)
    folder = tmp_path_factory.mktemp("metadata")
    return saved(image.icc_transform("p3", input_profile="srgb"), folder / "photo.jpg")


def fields(body: bytes) -> set[str]:
    return {name for name in picture(body).get_fields() if name.startswith(("exif", "xmp", "iptc", "icc", "jpeg-th"))}


def test_the_photo_is_what_it_is_said_to_be(photo: Path) -> None:
    body = photo.read_bytes()
    assert all(secret in body for secret in SECRETS)
    assert {"icc-profile-data", "xmp-data", "jpeg-thumbnail-data", "exif-ifd3-GPSLatitudeRef"} <= fields(body)


def test_none_leaves_nothing(photo: Path) -> None:
    body = rendered(photo, "metadata=none,w=50", "jpeg").body
    assert not fields(body) and not any(secret in body for secret in SECRETS)


@pytest.mark.parametrize("options", ["w=50", "metadata=copyright,w=50", "w=100~w=50", "w=50,f=baseline-jpeg"])
def test_copyright_is_all_that_is_kept(options: str, photo: Path) -> None:
    body = rendered(photo, options, "jpeg").body
    assert "Ada Lovelace" in picture(body).get("exif-ifd0-Copyright")
    assert not any(secret in body for secret in SECRETS[1:])
    # libvips shows more tags than the file holds, so they are counted in the bytes
    assert body.count(b"Exif\0\0II*\0\x08\0\0\0\x01\0") == 1
    assert not {"xmp-data", "iptc-data", "icc-profile-data", "jpeg-thumbnail-data"} & fields(body)
    assert not picture(body).get_typeof("orientation")


def test_keep_keeps_exif_but_what_would_be_wrong_now(photo: Path) -> None:
    made = rendered(photo, "metadata=keep,w=50", "jpeg")
    found = picture(made)
    assert {"exif-ifd0-Copyright", "exif-ifd0-Make", "exif-ifd3-GPSLatitudeRef"} <= fields(made.body)
    assert not {"icc-profile-data", "jpeg-thumbnail-data", "xmp-data"} & fields(made.body)
    assert found.get("orientation") == 1
    assert (found.width, found.height) == (50, 83)


@pytest.mark.parametrize("form", ["png", "webp", "avif", "gif"])
@pytest.mark.parametrize("options", ["metadata=keep,w=50", "w=50"])
def test_other_formats_keep_nothing(form: str, options: str, photo: Path) -> None:
    body = rendered(photo, options, form).body
    assert not fields(body) and not any(secret in body for secret in SECRETS)


@pytest.mark.parametrize("owner", [b"A", b"(c) 2026", "© Ada, ünï".encode(), b"x" * 9000, b"photo\0editor"])
@pytest.mark.parametrize("interlace", [True, False])
def test_a_copyright_is_written_and_read(owner: bytes, interlace: bool) -> None:
    plain = drawn(checks(60, 60)).jpegsave_buffer(keep="none", interlace=interlace)
    image = picture(exif.with_copyright(plain, owner))
    assert exif.copyright_of(image) == owner
    assert image.width == 60


@given(st.binary(max_size=200), st.sampled_from([b"", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", exif.HEADER]))
def test_damaged_exif_is_no_copyright(rest: bytes, start: bytes) -> None:
    image = pyvips.Image.black(1, 1)
    image.set_type(pyvips.GValue.blob_type, exif.BLOB, start + rest)
    found = exif.copyright_of(image)
    assert found is None or len(found) <= exif.LONGEST


def test_an_entry_that_points_to_itself_ends() -> None:
    tiff = b"II*\0" + struct.pack("<IH", 8, 65535) + struct.pack("<HHII", exif.COPYRIGHT, 2, 2**32 - 1, 0)
    image = pyvips.Image.black(1, 1)
    image.set_type(pyvips.GValue.blob_type, exif.BLOB, tiff)
    assert len(exif.copyright_of(image) or b"") <= len(tiff)
