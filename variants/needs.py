"""What a result depends on besides its original: images that are drawn, what the browser tells, what is seen in them.

Worked out once for every text of options, so that a hit looks at none of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from variants import focus, hints
from variants.errors import BadOption
from variants.findings import EMPTY, Sought
from variants.notation import url
from variants.operations import PIPELINE
from variants.operations.overlay import MOST, images, nested
from variants.options.option import Options


@dataclass(frozen=True, slots=True)
class Sights:
    """What must be known of one image: ``aims``, to cut it well, and ``acts``, without which there is no result."""

    image_id: str
    aims: frozenset[Sought] = EMPTY
    acts: frozenset[Sought] = EMPTY


@dataclass(frozen=True, slots=True)
class Needs:
    """``drawn``: the ids of the images that are drawn. ``hinted``: the chain, where it depends on the browser.

    ``sights``: what must be seen, in the picture itself (the id "") and in those that are drawn.
    """

    drawn: tuple[str, ...] = ()
    hinted: tuple[Options, ...] = ()
    sights: tuple[Sights, ...] = ()


NOTHING = Needs()


def of_chain(chain: tuple[Options, ...]) -> Needs:
    """What ``chain`` needs. Raises ``BadOption`` when it draws too many images."""
    drawn = images(chain)
    if len(drawn) > MOST:
        raise BadOption("draw", f"{len(drawn)} images", f"at most {MOST} different images")
    asks, sights = hints.asks(chain), of_sight(chain)
    return Needs(drawn, chain if asks else (), sights) if drawn or asks or sights else NOTHING


def of_sight(chain: tuple[Options, ...]) -> tuple[Sights, ...]:
    """What must be seen, where anything must."""
    steps: dict[str, list[Options]] = {"": list(chain)}
    for drawing in (drawing for options in chain for drawing in nested(options)):
        if drawing.image is not None:
            steps.setdefault(drawing.image, []).append(drawing)
    found = (of_steps(image_id, steps[image_id]) for image_id in sorted(steps))
    return tuple(sights for sights in found if sights)


def of_steps(image_id: str, steps: Iterable[Options]) -> Sights | None:
    """What must be seen in one image for all of its transformations."""
    aims, acts = EMPTY, EMPTY
    for options in steps:
        aims |= focus.needs(options)
        acts = acts.union(*(step.needs(options) for step in PIPELINE if step.acts(options)))
    return Sights(image_id, aims - acts, acts) if aims or acts else None


@lru_cache(maxsize=4096)
def of_text(text: str) -> Needs:
    """``of_chain`` for options as a URL writes them. Raises ``BadOption``."""
    return of_chain(url.parse(text).chain)
