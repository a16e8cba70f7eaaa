"""What a picture looks like, in a few bytes: its colours, and texts to draw it from while it loads."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pyvips

from variants.operations.colour import to_srgb
from variants.options.include import Items

LONGEST = 100  # pixels of a side of the copy that is looked at: more say nothing more
OPAQUE = 255
SHARES = 4  # decimals


def impression(image: pyvips.Image, items: Items) -> dict[str, Any]:
    """Members of JSON for those of ``items`` that pixels can tell; the pixels are read once. Colours are ``#rrggbb``,
    None where there is none."""
    makers = _makers()
    wanted = [(item, makers[item.name]) for item in items if item.name in makers]
    if not wanted:
        return {}
    pixels = _small(image).numpy()
    return {item.member: make(pixels, *item.numbers) for item, make in wanted}


def _small(image: pyvips.Image) -> pyvips.Image:
    """8-bit sRGB with alpha."""
    image = to_srgb(image).copy(interpretation="srgb")
    small = image.thumbnail_image(LONGEST, height=LONGEST, size="down", no_rotate=True)
    small = small if small.hasalpha() else small.bandjoin(OPAQUE)
    return small.cast("uchar")


def _makers() -> dict[str, Callable[..., Any]]:
    """Loaded when the first description asks for them: pictures are made without numpy, which takes a
    fifth of a second."""
    from inference import blurhash, palette, swatches, thumbhash

    def tones(pixels: Any, most: int) -> list[dict[str, Any]]:
        found = palette.palette(pixels, most)
        return [{"color": _written(colour), "share": round(share, SHARES)} for colour, share in found]

    return {
        "palette": tones,
        "average": lambda pixels: _written(palette.average(pixels)),
        "dominant-color": lambda pixels: _written(palette.dominant(pixels)),
        "dominant-colors": lambda pixels: {
            name: _written(colour) for name, colour in swatches.swatches(pixels).items()
        },
        "blurhash": blurhash.encode,
        "thumbhash": lambda pixels: b64encode(thumbhash.encode(pixels)).decode(),
    }


def _written(colour: tuple[int, int, int] | None) -> str | None:
    return colour and "#" + bytes(colour).hex()
