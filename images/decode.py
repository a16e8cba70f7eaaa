"""Open and decode originals with libvips: what a child of the box does with bytes that a stranger sent.

Importing this module leaves libvips with the loaders below and no other (TIFF, PDF, CSV, raw and the rest are off in
the whole process). No Django here.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import pyvips

from images import heic, svg, vector
from images.errors import AnimationTooLong, CannotDecode, Missing, PictureTooLarge
from images.formats import HEAD_BYTES, MIMES, format_of

LOADERS = ("Jpeg", "Png", "Webp", "Nsgif", "Heif")
ANIMATED = frozenset({"gif", "webp"})
LONG_SIDES = frozenset({"webp", "avif"})  # their own formats bound the side

pyvips.operation_block_set("VipsForeignLoad", True)
for loader in LOADERS:
    pyvips.operation_block_set(f"VipsForeignLoad{loader}", False)
# A child sees each original once or a few times with other options; a cache of operations only holds memory.
pyvips.cache_set_max(0)


def sniff(path: str) -> str:
    """The format of the file at ``path``, by its bytes: a key of ``formats.MIMES``.

    Raises ``NotAnImage``, and ``Missing`` when the file is not there (any more).
    """
    try:
        with open(path, "rb") as file:
            return format_of(file.read(HEAD_BYTES))
    except FileNotFoundError:
        raise Missing("the original is not in storage") from None


def vips_path(path: str, form: str, *, animated: bool = False) -> str | None:
    """``path`` with the loader's options, as ``pyvips.Image.thumbnail`` takes it (so that it shrinks while loading).

    Every frame when ``animated``, else the first. None when libvips may not load ``form`` from a path (HEIC, SVG): then
    use ``open_image(…).thumbnail_image``.
    """
    if form in ("heic", "svg"):
        return None
    pages = ",n=-1" if animated and form in ANIMATED else ""
    return f"{path}[fail_on=error{pages}]"


def open_image(path: str, form: str | None = None, *, animated: bool = False, sequential: bool = True) -> pyvips.Image:
    """The image at ``path``, as stored: the header is read now, pixels when they are asked for.

    ``form`` is what ``sniff`` said (looked up when left out). ``animated`` puts all frames below each other
    (``page-height`` tells one from the next); ``sequential`` lets pixels be read once from top to bottom and holds
    little memory. The orientation is not applied (``autorot`` does it) except for AVIF and HEIC, whose decoders do.
    Damaged pixels raise ``pyvips.Error`` when they are reached. Raises ``NotAnImage``, ``CannotDecode``.
    """
    form = form or sniff(path)
    if form == "svg":
        return vector.drawn(path)
    if form == "heic":
        return heic.decoded(path)
    with named_errors():
        access = "sequential" if sequential else "random"
        return pyvips.Image.new_from_file(vips_path(path, form, animated=animated), access=access)


def probe(arguments: dict[str, Any], original: str) -> tuple[dict[str, Any], bytes]:
    """The box's job: facts of the picture at ``original`` after its header met the limits and every pixel was decoded.

    ``arguments``: ``max_pixels``, ``max_side``, ``max_animation_pixels``. Answers format, mime, width and height
    (upright), frames, has_alpha. Raises the faults of ``images.errors`` that begin with what is wrong.
    """
    form = sniff(original)
    if form == "svg":
        return _vector(original), b""
    if form == "heic":
        check_limits(form, *heic.size(original), 1, arguments)
    image = open_image(original, form)
    frames = _frames(image, form)
    check_limits(form, image.width, image.height, frames, arguments)
    with named_errors():
        has_alpha = _decode(original, form, image, frames)
        return _facts(image, form, frames, has_alpha), b""


def check_limits(form: str, width: int, height: int, frames: int, limits: dict[str, Any]) -> None:
    """Refuse before anything is allocated. Sides in pixels. Raises ``PictureTooLarge``, ``AnimationTooLong``."""
    side = max(width, height)
    if side > limits["max_side"] and form not in LONG_SIDES:
        raise PictureTooLarge(f"The picture is {width} x {height}; no side may exceed {limits['max_side']} pixels.")
    if width * height > limits["max_pixels"]:
        raise PictureTooLarge(f"The picture is {width} x {height}; at most {limits['max_pixels']} pixels are accepted.")
    if frames > 1 and width * height * frames > limits["max_animation_pixels"]:
        raise AnimationTooLong(
            f"The animation has {frames} frames of {width} x {height}; "
            f"all frames together may have {limits['max_animation_pixels']} pixels."
        )


@contextlib.contextmanager
def named_errors() -> Iterator[None]:
    """Turn libvips' errors into ``CannotDecode`` with its first line."""
    try:
        yield
    except pyvips.Error as error:
        reason = next((line for line in error.detail.splitlines() if line.strip()), "unknown reason")
        raise CannotDecode(f"The picture is damaged and cannot be decoded ({reason.strip()[:200]}).") from error


def _vector(path: str) -> dict[str, Any]:
    """Facts of an SVG that can be sanitised. It is not drawn: delivery sends it as it is, and pixels have limits."""
    width, height = vector.size(svg.sanitised(path))
    if max(width, height) > vector.LARGEST:
        raise PictureTooLarge(f"The SVG is {width} x {height}; no side may exceed {vector.LARGEST}.")
    return {
        "format": "svg",
        "mime": MIMES["svg"],
        "width": width,
        "height": height,
        "frames": 1,
        "has_alpha": True,
    }


def _frames(image: pyvips.Image, form: str) -> int:
    """Frames of an animation; a file of several separate pictures (MPO, AVIF collections) counts as one."""
    if form not in ANIMATED or not image.get_typeof("n-pages"):
        return 1
    return max(1, int(image.get("n-pages")))


def _decode(path: str, form: str, image: pyvips.Image, frames: int) -> bool:
    """Decode every pixel of every frame once, keeping none; whether there is an alpha channel."""
    if frames > 1:
        image = open_image(path, form, animated=True)
    image.avg()
    return bool(image.hasalpha())


def _facts(image: pyvips.Image, form: str, frames: int, has_alpha: bool) -> dict[str, Any]:
    turned = image.get_typeof("orientation") and image.get("orientation") in (5, 6, 7, 8)
    width, height = (image.height, image.width) if turned else (image.width, image.height)
    return {
        "format": form,
        "mime": MIMES[form],
        "width": width,
        "height": height,
        "frames": frames,
        "has_alpha": has_alpha,
    }
