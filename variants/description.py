"""``format=json``: what the original is and how large the result would be, instead of pixels.

The shape is that of Cloudflare's ``format=json``; ``frames`` of an animation is there besides.
"""

import json
from pathlib import Path

from images.decode import ANIMATED, open_image
from images.formats import MIMES
from variants.options.option import Options
from variants.source import Original

FORMAT, MIME, VERSION = "json", "application/json", 1


def described(original: Original, width: int, height: int, options: Options) -> bytes:
    """JSON about ``original`` and its rendition of ``width`` x ``height`` pixels."""
    about: dict[str, int | str] = {
        "file_size": Path(original.path).stat().st_size,
        "width": original.size.width,
        "height": original.size.height,
        "format": MIMES[original.format],
    }
    frames = _frames(original) if options.anim else 1
    if frames > 1:
        about["frames"] = frames
    return json.dumps({"width": width, "height": height, "original": about}).encode()


def _frames(original: Original) -> int:
    """Pictures that an animation shows, from its header."""
    if original.format not in ANIMATED:
        return 1
    return int(open_image(original.path, original.format).get_n_pages())
