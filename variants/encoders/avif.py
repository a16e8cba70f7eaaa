"""AVIF: one still picture of 8 bits, tuned for SSIM."""

from itertools import pairwise

import pyvips

from variants.encoders.encoder import SUBSAMPLING, Encoder, kept, own_quality
from variants.geometry import rounded
from variants.limits import Limits
from variants.options.option import Options

# Quality as JPEG counts it → AV1's own scale, at equal SSIM (photographs 480 pixels wide, effort 2).
SCALE = ((1, 1), (35, 35), (50, 42), (70, 50), (80, 57), (85, 63), (90, 75), (95, 86), (100, 100))
SHORTEST = 16  # smaller ones are larger than PNG, and some decoders refuse them


def save(image: pyvips.Image, options: Options, limits: Limits, quality: int) -> bytes:
    """Bytes depend on the number of threads: libvips runs with one (``VIPS_CONCURRENCY=1``)."""
    body: bytes = image.heifsave_buffer(
        Q=_scaled(quality),
        lossless=options.lossless,
        compression="av1",
        bitdepth=8,
        effort=limits.avif_effort if options.effort is None else options.effort,
        tune="ssim",
        subsample_mode=SUBSAMPLING[options.chroma],
        **kept(options),
    )
    return body


def _scaled(value: int) -> int:
    """Between two rows of ``SCALE`` along the straight line."""
    (low, low_av1), (high, high_av1) = next((one, two) for one, two in pairwise(SCALE) if value <= two[0])
    return rounded((value - low) * (high_av1 - low_av1), high - low) + low_av1


def lossy(options: Options) -> bool:
    """Unless told otherwise."""
    return not options.lossless


avif = Encoder(
    "avif",
    "image/avif",
    save,
    65_535,
    lossy,
    bounds=(64, 95),
    shortest=SHORTEST,
    options=(own_quality("avif", "AVIF"),),
    version=2,
)
