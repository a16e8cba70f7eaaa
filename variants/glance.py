"""The copy of an original that models look at: upright, sRGB, opaque, small. A job of the box; no Django here.

RetinaFace at Cloudflare looks at no more than 1024 pixels a side either
(https://developers.cloudflare.com/images/optimization/features/#zoom).
"""

from typing import Any

import pyvips

from variants import source
from variants.limits import Limits
from variants.render import named_errors
from variants.table import make
from variants.transform import Scene, from_file

LONGEST = 1024
COPY = make({"width": LONGEST, "height": LONGEST, "background": "#ffffff"})


def job(arguments: dict[str, Any], original: str) -> tuple[dict[str, Any], bytes]:
    """``arguments``: limits. Answers width and height; the body is their pixels, RGB, a byte each.

    Raises ``CannotDecode``, ``TooLarge``.
    """
    limits = Limits(**arguments["limits"])
    with named_errors():
        opened = source.opened(original, animated=False, most=limits.max_pixels)
        image = _plain(from_file(opened, (COPY,), Scene(limits)).images[0])
        return {"width": image.width, "height": image.height}, bytes(image.write_to_memory())


def _plain(image: pyvips.Image) -> pyvips.Image:
    image = image.colourspace("srgb")
    image = image.flatten(background=[255, 255, 255]) if image.hasalpha() else image
    return image[:3].cast("uchar")
