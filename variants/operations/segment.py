"""segment: the subject alone; what lies behind it becomes transparent, or shows ``background``.

The mask comes from a model and is coarse; the picture itself tells where its edges are (guided.py), and what of the
background's colour is mixed into them is taken out (decontaminate.py), so that a cut-out has no halo on another ground.
Both are worked out on a small copy, which bounds time and memory, and applied at the picture's own size.
"""

from dataclasses import dataclass

import pyvips

from variants.errors import NotSeen
from variants.geometry import Size
from variants.operations.operation import Operation
from variants.options.kinds import Choice
from variants.options.option import Option, Options
from variants.plan import Plan

LONGEST = 512  # pixels of a side of the small copy
CELLS = 4.5  # of the mask: how far the edges it stands for are looked for
LEAST, MOST = 2, 0.04  # pixels, and a share of the longest side: no further than that, however few cells there are
CLEAR = 0.05  # a mask that is nearly 0 or 1 means 0 or 1: nothing of the background is to be left as a veil


@dataclass(frozen=True, slots=True)
class Parts:
    """What the small copy tells, in bands of 0 to 255: ``line`` (slope for each colour, and base) gives alpha; smooth
    colours of the foreground and of the background."""

    line: pyvips.Image
    front: pyvips.Image
    back: pyvips.Image


def run(image: pyvips.Image, options: Options, plan: Plan) -> pyvips.Image:
    """Alpha that is there is multiplied. Transparent pixels keep nothing of what they showed."""
    if plan.findings.mask is None:
        raise NotSeen("this picture has not been looked at for its subject, and cannot be now; try again")
    image = image.copy_memory()  # read for the small copy, for alpha and for the colours
    parts = _parts(image, plan.findings.mask)
    alpha = _alpha(image, _enlarged(parts.line, image))
    colours = _foreground(image[:3], alpha / 255, _enlarged(parts.front, image), _enlarged(parts.back, image))
    if image.hasalpha():
        alpha = (alpha * image[3] / 255).rint().cast("uchar")
    return (alpha > 0).ifthenelse(colours, 0).copy(interpretation="srgb").bandjoin(alpha)


def _parts(image: pyvips.Image, mask: pyvips.Image) -> Parts:
    from variants.operations import decontaminate, guided  # numpy takes 0.07 s and 9 MB to load
    from variants.operations.planes import picture, planes

    small = _small(image)
    copy = image.thumbnail_image(small.width, height=small.height, size="force", no_rotate=True)
    red, green, blue, *own = planes(copy)
    (cover,) = planes(mask[0].resize(small.width / mask.width, vscale=small.height / mask.height, kernel="linear"))
    slope, base = guided.line(cover, [red, green, blue], _reach(mask, small))
    share = ((guided.along(slope, base, [red, green, blue]) - CLEAR) / (1 - 2 * CLEAR)).clip(0, 1)
    front, back = decontaminate.both([red, green, blue], share, *own)
    return Parts(picture(*slope, base), picture(*front), picture(*back))


def _small(image: pyvips.Image) -> Size:
    factor = min(1, LONGEST / max(image.width, image.height))
    return Size(max(1, round(image.width * factor)), max(1, round(image.height * factor)))


def _reach(mask: pyvips.Image, small: Size) -> int:
    cells: float = CELLS * max(small.width / mask.width, small.height / mask.height)
    reach: int = round(min(cells, MOST * max(small)))
    return max(LEAST, reach)


def _enlarged(small: pyvips.Image, image: pyvips.Image) -> pyvips.Image:
    return small.resize(image.width / small.width, vscale=image.height / small.height, kernel="linear")


def _alpha(image: pyvips.Image, line: pyvips.Image) -> pyvips.Image:
    """In memory, as both what is seen and its colours depend on it."""
    raw = (image[:3] * line[:3]).bandmean() * 3 / 255 + line[3]
    return raw.linear(1 / (1 - 2 * CLEAR), -255 * CLEAR / (1 - 2 * CLEAR)).rint().cast("uchar").copy_memory()


def _foreground(image: pyvips.Image, share: pyvips.Image, front: pyvips.Image, back: pyvips.Image) -> pyvips.Image:
    """The last step of decontaminate.py."""
    return (front + share * (image - back - share * (front - back))).rint().cast("uchar")


segment = Operation(
    "segment",
    run,
    lambda options: bool(options.segment),
    (
        Option(
            "segment",
            Choice(("foreground",)),
            "foreground: only the subject; what is behind it becomes transparent, or has the colour of background.",
            example="foreground",
            protects=True,
        ),
    ),
    transparent=lambda options: bool(options.segment),
    needs=lambda options: frozenset({"mask"}) if options.segment else frozenset(),
)
