"""What was seen in a picture, as operations and gravity use it: plain values, made once per original (``sight.py``).

All coordinates are shares, 0 to 1 from the left and from the top, of the picture that the findings belong to: the
upright original at first, the frame that an operation is given in ``plan.findings``, the result of one transformation
for the next. Findings travel with the pixels (``viewing.py``), so a picture is looked at once however long the chain.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import pyvips

from variants.options.gravity import Point

Sought = Literal["faces", "objects", "saliency", "mask"]


class Shares(NamedTuple):
    """A part of a picture, in shares of its sides."""

    left: float
    top: float
    right: float
    bottom: float


class Found(NamedTuple):
    """A box around a face or an object, in shares; ``score`` 0 to 1. The label of a face is ``face``."""

    left: float
    top: float
    right: float
    bottom: float
    score: float
    label: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What is None was not looked for, or could not be: then its name is in ``missing``.

    ``doubtful``: what may be faces or objects of these kinds; for those who hide them.

    ``saliency`` and ``mask`` are pictures of one band (float: how likely it is looked at; uchar: how much it is the
    subject) of any size, which cover the whole picture. ``point`` is what a person chose for the middle.
    """

    faces: tuple[Found, ...] | None = None
    objects: tuple[Found, ...] | None = None
    doubtful: tuple[Found, ...] = ()
    saliency: pyvips.Image | None = None
    mask: pyvips.Image | None = None
    point: Point | None = None
    missing: frozenset[Sought] = frozenset()


NONE = Findings()
EMPTY = frozenset[Sought]()
