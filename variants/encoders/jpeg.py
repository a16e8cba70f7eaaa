"""JPEG: progressive but for very small and very large pictures; white or ``background`` under transparency."""

import pyvips

from variants.encoders import exif
from variants.encoders.encoder import Encoder, quality
from variants.limits import Limits
from variants.options.option import Options

SMALL, LARGE = 50, 3000


def save(image: pyvips.Image, options: Options, limits: Limits) -> bytes:
    """A JFIF file, with what ``metadata`` keeps of EXIF. Colours are sampled fully from quality 90 on."""
    if image.hasalpha():
        image = image.flatten(background=255)
    keep = options.metadata == "keep"
    body: bytes = (exif.upright(image) if keep else image).jpegsave_buffer(
        Q=quality(options),
        interlace=_is_progressive(image, options),
        optimize_coding=True,
        keep="exif" if keep else "none",
    )
    owner = exif.copyright_of(image) if options.metadata == "copyright" else None
    return exif.with_copyright(body, owner) if owner else body


def _is_progressive(image: pyvips.Image, options: Options) -> bool:
    if options.format == "baseline-jpeg":
        return False
    small = image.width < SMALL and image.height < SMALL
    return not small and not (image.width > LARGE and image.height > LARGE)


jpeg = Encoder("jpeg", "image/jpeg", save, longest=65_500, alpha=False)
