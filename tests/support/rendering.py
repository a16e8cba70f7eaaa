"""Draw a picture, render it by the text of a URL, look at the pixels."""

from pathlib import Path
from typing import Any

import numpy
import pyvips

from variants.encoders import ENCODERS
from variants.findings import Findings
from variants.limits import Limits
from variants.notation import url
from variants.render import Rendered, render

LIMITS = Limits()


def rendered(
    path: Path,
    options: str,
    form: str = "png",
    *,
    animated: bool = False,
    limits: Limits = LIMITS,
    pictures: dict[str, str] | None = None,
    seen: Findings | None = None,
) -> Rendered:
    """The rendition that a delivery URL with ``options`` gets; ``pictures`` are files of images to draw, by id.

    ``seen``: what was seen in the picture.
    """
    return render(path, url.parse(options).chain, form, animated, limits, pictures, {"": seen} if seen else {})


def pixels(made: Rendered | bytes) -> numpy.ndarray[Any, Any]:
    """Rows, columns, channels; the frames of an animation below each other."""
    return picture(made).numpy()


def picture(made: Rendered | bytes, options: str = "") -> pyvips.Image:
    body = made if isinstance(made, bytes) else made.body
    # Loaders that the product blocks stay blocked: what comes out must open like any original.
    return pyvips.Image.new_from_buffer(body, options)


def drawn(array: Any) -> pyvips.Image:
    """A picture of rows, columns, channels."""
    array = numpy.asarray(array)
    image = pyvips.Image.new_from_array(array)
    space = {1: "b-w", 2: "b-w", 3: "srgb", 4: "srgb"}[image.bands]
    return image.copy(interpretation={"b-w": "grey16", "srgb": "rgb16"}[space] if array.dtype == "uint16" else space)


def saved(image: Any, path: Path, **settings: Any) -> Path:
    """Write an array or a picture; the ending of ``path`` says how."""
    (image if isinstance(image, pyvips.Image) else drawn(image)).write_to_file(str(path), **settings)
    return path


def checks(width: int, height: int, size: int = 8, bands: int = 3) -> numpy.ndarray[Any, Any]:
    """A chequered picture with a slope of colour, in which every change shows."""
    y, x = numpy.mgrid[0:height, 0:width]
    board = ((x // size + y // size) % 2) * 100
    channels = [board + 155 * x // max(1, width - 1), board + 155 * y // max(1, height - 1), board // 2 + 60]
    if bands == 4:
        channels.append(255 - 200 * x // max(1, width - 1))
    return numpy.stack(channels, axis=-1).astype("uint8")


FORMATS = tuple(ENCODERS)
