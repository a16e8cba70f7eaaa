"""AVIF: one still picture of 8 bits, tuned for SSIM."""

import pyvips

from variants.encoders.encoder import Encoder, quality
from variants.limits import Limits
from variants.options.option import Options


def save(image: pyvips.Image, options: Options, limits: Limits) -> bytes:
    """Bytes depend on the number of threads: libvips runs with one (``VIPS_CONCURRENCY=1``)."""
    body: bytes = image.heifsave_buffer(
        Q=quality(options), compression="av1", bitdepth=8, effort=limits.avif_effort, tune="ssim", keep="none"
    )
    return body


avif = Encoder("avif", "image/avif", save, longest=65_535)
