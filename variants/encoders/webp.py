"""WebP: lossy, lossless with quality 100, or nearly so, still or animated."""

from typing import Any

import pyvips

from variants.encoders.encoder import EXACT, Encoder, kept, own_quality
from variants.limits import Limits
from variants.options.kinds import Number
from variants.options.option import Option, Options

EFFORT, MOST_EFFORT = 2, 6  # 2: half the time of effort 4 for 6 % more bytes at equal loss
FLAGS, HAS_ALPHA = 20, 0x10
OPTIONS = (
    own_quality("webp", "WebP"),
    Option(
        "near-lossless",
        Number(0, 100, whole=True),
        "WebP without visible loss: 100 is exact, 60 is smaller, 0 the smallest. Made for drawings and screenshots.",
        example=40,
        group="output",
    ),
)


def save(image: pyvips.Image, options: Options, limits: Limits, quality: int) -> bytes:
    """Frames keep their times and how often they are played."""
    effort = min(MOST_EFFORT, EFFORT if options.effort is None else options.effort)
    body: bytes = image.webpsave_buffer(
        effort=0 if options.compression == "fast" else effort,
        smart_subsample=options.chroma == "444",
        **_exactness(options, quality),
        **kept(options),
    )
    return _with_alpha(body) if image.hasalpha() else body


def _with_alpha(body: bytes) -> bytes:
    """Say in the header that something shows through (WebP container, VP8X).

    libwebp says so when a frame has transparent pixels; where only what no frame covers is transparent, it doesn't, and
    some decoders take black for it.
    """
    if body[12:16] != b"VP8X":
        return body
    return body[:FLAGS] + bytes([body[FLAGS] | HAS_ALPHA]) + body[FLAGS + 1 :]


def _exactness(options: Options, quality: int) -> dict[str, Any]:
    if options.near_lossless is not None and not options.lossless:
        return {"near_lossless": True, "Q": options.near_lossless}
    return {"lossless": options.lossless or quality == EXACT, "Q": quality}


def lossy(options: Options) -> bool:
    """Unless told otherwise; a quality of 100 is lossless too, but then a lower one is not."""
    return not options.lossless and options.near_lossless is None


webp = Encoder("webp", "image/webp", save, 16_383, lossy, bounds=(60, 91), options=OPTIONS, animates=True, version=2)
