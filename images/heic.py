"""HEIC through pillow-heif (the extra ``heic``): libvips' own build has no HEVC decoder. No Django here."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pyvips

from images.errors import CannotDecode, NotAnImage

ORIENTATION_TAG = 0x0112


def size(path: str) -> tuple[int, int]:
    """Width and height of the main picture from the header alone. Raises ``NotAnImage``, ``CannotDecode``."""
    with _named_errors():
        width, height = _open(path).size
        return int(width), int(height)


def decoded(path: str) -> pyvips.Image:
    """The main picture, upright, 8 bits a channel, with its colour profile and EXIF; the pixels are in memory."""
    with _named_errors():
        picture = _open(path)
        pixels = picture.to_pillow()
    bands = len(pixels.getbands())
    image = pyvips.Image.new_from_memory(pixels.tobytes(), pixels.width, pixels.height, bands, "uchar")
    image = image.copy(interpretation="srgb" if bands >= 3 else "b-w")
    _describe(image, picture.info, pixels.getexif())
    return image


def _describe(image: pyvips.Image, info: dict[str, Any], exif: Any) -> None:
    """Keep profile and EXIF. The decoder has turned the picture already, so the orientation in EXIF must go."""
    if info.get("icc_profile"):
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", info["icc_profile"])
    exif.pop(ORIENTATION_TAG, None)
    if exif:
        image.set_type(pyvips.GValue.blob_type, "exif-data", exif.tobytes())


def _open(path: str) -> Any:
    try:
        import pillow_heif
    except ImportError:
        raise NotAnImage(
            "HEIC is not accepted here: this server runs without the extra 'heic'. Upload the picture as JPEG or PNG."
        ) from None
    pillow_heif.options.DECODE_THREADS = 1
    return pillow_heif.open_heif(path, convert_hdr_to_8bit=True, bgr_mode=False)


@contextlib.contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except (ValueError, RuntimeError, OSError, EOFError, SyntaxError) as error:
        raise CannotDecode(f"The picture is damaged and cannot be decoded ({str(error)[:200]}).") from error
