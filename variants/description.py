"""``format=json``: what the original is and how large the result would be, instead of pixels.

The shape is that of Cloudflare's ``format=json``; ``frames`` of an animation is there besides, and what ``include``
names: what can be said of pixels is said of the result, what was seen is said of the upright original, in ``original``.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyvips

from images.decode import ANIMATED, open_image
from images.formats import MIMES
from variants.findings import NONE, Findings, Sought
from variants.impression import impression
from variants.operations.colour import to_srgb
from variants.options.gravity import Point
from variants.options.include import Include
from variants.options.option import Option, Options
from variants.sightings import needed, sightings
from variants.source import Original

FORMAT, MIME, VERSION = "json", "application/json", 1
LONGEST = 256  # pixels of a side of the copy that libvips' attention looks at
UNHEARD_WARNING = "include is for format=json"
OPTIONS = (
    Option(
        "include",
        Include(),
        "What format=json tells besides sizes. Of the result: palette with at most so many colours, average, "
        "dominant-color, dominant-colors (vibrant and muted ones), blurhash with so many coefficients across and down, "
        "thumbhash. Of the upright original, in shares of its sides: faces, objects (detections are both), saliency, "
        "focal-point.",
        example="faces;palette:5;blurhash:4x3",
        group="output",
    ),
)


def needs(options: Options) -> frozenset[Sought]:
    """What must have been looked for in the original to describe it as the last step of a chain asks."""
    return needed(options.include or ()) if options.format == FORMAT else frozenset()


def advice(options: Options) -> tuple[str, ...]:
    """A warning where nothing is described."""
    return (UNHEARD_WARNING,) if options.include and options.format != FORMAT else ()


def described(
    original: Original,
    frame: pyvips.Image,
    options: Options,
    seen: Findings = NONE,
    explained: Mapping[str, Any] | None = None,
) -> bytes:
    """JSON about ``original`` and the first ``frame`` of its rendition; ``seen`` is what was seen in the upright
    original, ``explained`` why it is cut as it is."""
    about: dict[str, Any] = {
        "file_size": Path(original.path).stat().st_size,
        "width": original.size.width,
        "height": original.size.height,
        "format": MIMES[original.format],
    }
    frames = _frames(original) if options.anim else 1
    if frames > 1:
        about["frames"] = frames
    items = options.include or ()
    about |= sightings(seen, items, lambda: attention(original))
    why = {"explain": explained} if explained else {}
    told = {"width": frame.width, "height": frame.height, **impression(frame, items), "original": about, **why}
    return json.dumps(told).encode()


def attention(original: Original) -> Point:
    """The point of the upright original that draws the eye by libvips' rules, in shares."""
    small = original.first_frame().thumbnail_image(LONGEST, height=LONGEST, size="down", no_rotate=True)
    small = to_srgb(small).copy_memory().autorot()
    _, found = small.smartcrop(
        max(1, small.width // 2), max(1, small.height // 2), interesting="attention", attention_x=True, attention_y=True
    )
    return (found["attention_x"] + 0.5) / small.width, (found["attention_y"] + 0.5) / small.height


def _frames(original: Original) -> int:
    """Pictures that an animation shows, from its header."""
    if original.format not in ANIMATED:
        return 1
    return int(open_image(original.path, original.format).get_n_pages())
