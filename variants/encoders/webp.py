"""WebP: lossy, lossless with quality 100, still or animated."""

import pyvips

from variants.encoders.encoder import Encoder, quality
from variants.limits import Limits
from variants.options.option import Options

EFFORT = 2  # half the time of effort 4 for 2.5 % more bytes


def save(image: pyvips.Image, options: Options, limits: Limits) -> bytes:
    """Frames keep their times and how often they are played."""
    body: bytes = image.webpsave_buffer(
        Q=quality(options), lossless=quality(options) == 100, effort=EFFORT, keep="none"
    )
    return body


webp = Encoder("webp", "image/webp", save, longest=16_383, animates=True)
