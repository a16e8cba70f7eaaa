"""JPEG: progressive but for very small and very large pictures; white or ``background`` under transparency."""

import pyvips

from variants.encoders import exif
from variants.encoders.encoder import SUBSAMPLING, Encoder, kept, own_quality
from variants.limits import Limits
from variants.options.kinds import Choice
from variants.options.option import Option, Options

SMALL, LARGE = 50, 3000
OPTIONS = (
    own_quality("jpeg", "JPEG"),
    Option(
        "metadata",
        Choice(("keep", "copyright", "none")),
        "What JPEG keeps of EXIF: all of it, the copyright alone, or nothing. Other formats keep nothing.",
        example="none",
        default="copyright",
        group="output",
    ),
)


def save(image: pyvips.Image, options: Options, limits: Limits, quality: int) -> bytes:
    """A JFIF file, with what ``metadata`` keeps of EXIF. Trellis quantisation takes six times as long for 1 %
    fewer bytes at equal loss, other quantisation tables give more bytes (benchmarks/operations.py)."""
    if image.hasalpha():
        image = image.flatten(background=255)
    keep = options.metadata == "keep"
    body: bytes = (exif.upright(image) if keep else image).jpegsave_buffer(
        Q=quality,
        interlace=_is_progressive(image, options),
        optimize_coding=options.compression != "fast",
        subsample_mode=SUBSAMPLING[options.chroma],
        **kept(options, *(("exif",) if keep else ())),
    )
    owner = exif.copyright_of(image) if options.metadata == "copyright" else None
    return exif.with_copyright(body, owner) if owner else body


def _is_progressive(image: pyvips.Image, options: Options) -> bool:
    if options.format == "baseline-jpeg" or options.compression == "fast":
        return False
    if options.progressive is not None:
        return bool(options.progressive)
    small = image.width < SMALL and image.height < SMALL
    return not small and not (image.width > LARGE and image.height > LARGE)


def lossy(options: Options) -> bool:
    """Always."""
    return True


jpeg = Encoder("jpeg", "image/jpeg", save, 65_500, lossy, bounds=(64, 95), options=OPTIONS, alpha=False)
