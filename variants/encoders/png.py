"""PNG: exact, or reduced to a palette of at most 256 colours where that was asked for or the original has one."""

from typing import Any

import pyvips

from variants.encoders.encoder import EXACT, Encoder, bits, kept
from variants.limits import Limits
from variants.options.option import Options

COMPRESSION, FAST = 6, 1
FEWER = ((13, 8), (7, 4), (4, 2))  # from this quality on so many bits


def save(image: pyvips.Image, options: Options, limits: Limits, quality: int) -> bytes:
    """8 bits a channel, or a palette of as many bits as the colours need."""
    body: bytes = image.pngsave_buffer(
        compression=FAST if options.compression == "fast" else COMPRESSION,
        interlace=options.progressive is True,
        **_palette(image, options, quality),
        **kept(options),
    )
    return body


def _palette(image: pyvips.Image, options: Options, quality: int) -> dict[str, Any]:
    if options.lossless:
        return {}
    if options.palette is not None:
        return {"palette": True, "bitdepth": bits(options.palette), "Q": quality}
    if quality < EXACT:
        return {"palette": True, "Q": quality, **({"bitdepth": _fewer(quality)} if options.max_bytes else {})}
    depth = _depth(image)
    return {"palette": True, "bitdepth": depth, "Q": EXACT} if depth and options.quality is None else {}


def _fewer(quality: int) -> int:
    """Bits for a file that has to become small: at the lowest qualities so few that almost everything fits."""
    return next((depth for lowest, depth in FEWER if quality >= lowest), 1)


def _depth(image: pyvips.Image) -> int:
    """Bits of the palette that the original had, more where colours were mixed; 0 where it had none."""
    if not image.get_typeof("palette") or not image.get_typeof("bits-per-sample"):
        return 0
    depth = image.get("bits-per-sample")
    return bits(1 << depth) if 1 <= depth <= 8 else 0


def lossy(options: Options) -> bool:
    """By way of a palette."""
    return not options.lossless


png = Encoder("png", "image/png", save, 2**31 - 1, lossy, quality=EXACT, version=3)
