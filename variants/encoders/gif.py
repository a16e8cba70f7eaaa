"""GIF: still or animated, with the palette of the original where there is one."""

import pyvips

from variants.encoders.encoder import Encoder, bits, kept
from variants.limits import Limits
from variants.options.option import Options


def save(image: pyvips.Image, options: Options, limits: Limits, quality: int) -> bytes:
    """Frames keep their times and how often they are played. A palette that is kept makes this 3 times as fast."""
    body: bytes = image.gifsave_buffer(
        reuse=options.palette is None,
        bitdepth=bits(options.palette or 256),
        interlace=options.progressive is True,
        **kept(options),
    )
    return body


def lossy(options: Options) -> bool:
    """No quality changes it."""
    return False


gif = Encoder("gif", "image/gif", save, 65_535, lossy, animates=True)
