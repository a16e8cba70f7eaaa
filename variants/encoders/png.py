"""PNG: exact; with a quality below 100 reduced to a palette of at most 256 colours."""

import pyvips

from variants.encoders.encoder import Encoder
from variants.limits import Limits
from variants.options.option import Options


def save(image: pyvips.Image, options: Options, limits: Limits) -> bytes:
    """8 bits a channel, or a palette."""
    palette = options.quality is not None and options.quality < 100
    settings = {"palette": True, "Q": options.quality} if palette else {}
    body: bytes = image.pngsave_buffer(compression=6, keep="none", **settings)
    return body


png = Encoder("png", "image/png", save, longest=2**31 - 1)
