"""What a result depends on besides its original: images that are drawn, what the browser tells, what is seen in them.

Worked out once for every text of options, so that a hit looks at none of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from variants import description, focus, hints
from variants.errors import BadOption
from variants.findings import EMPTY, Sought
from variants.notation import url
from variants.operations import PIPELINE
from variants.operations.operation import nothing
from variants.operations.overlay import MOST, images, nested
from variants.options.option import Options, merged

SEEING = tuple(step for step in PIPELINE if step.needs is not nothing)


@dataclass(frozen=True, slots=True)
class Sights:
    """What must be known of one image: ``aims``, to cut it well where nobody chose a point, ``tells``, to speak of it,
    and ``acts``, without which there is no result."""

    image_id: str
    aims: frozenset[Sought] = EMPTY
    tells: frozenset[Sought] = EMPTY
    acts: frozenset[Sought] = EMPTY


@dataclass(frozen=True, slots=True)
class Needs:
    """``drawn``: the ids of the images that are drawn. ``hinted``: the chain, where it depends on the browser.

    ``sights``: what must be seen, in the picture itself (the id "") and in those that are drawn. ``explains``: the
    result tells why it is as it is, which is for who manages the account.
    """

    drawn: tuple[str, ...] = ()
    hinted: tuple[Options, ...] = ()
    sights: tuple[Sights, ...] = ()
    explains: bool = False


NOTHING = Needs()


def of_chain(chain: tuple[Options, ...]) -> Needs:
    """What ``chain`` needs. Raises ``BadOption`` when it draws too many images."""
    drawn = images(chain)
    if len(drawn) > MOST:
        raise BadOption("draw", f"{len(drawn)} images", f"at most {MOST} different images")
    needs = Needs(drawn, chain if hints.asks(chain) else (), of_sight(chain), merged(chain).explain)
    return NOTHING if needs == NOTHING else needs


def of_sight(chain: tuple[Options, ...], on_drawings: tuple[Options, ...] = ()) -> tuple[Sights, ...]:
    """What must be seen, where anything must; ``on_drawings`` is done first to the images that are drawn."""
    steps: dict[str, list[Options]] = {"": list(chain)}
    for drawing in (drawing for options in chain for drawing in nested(options)):
        if drawing.image is not None:
            steps.setdefault(drawing.image, list(on_drawings)).append(drawing)
    found = (of_steps(image_id, steps[image_id]) for image_id in sorted(steps))
    return tuple(sights for sights in found if sights)


def of_steps(image_id: str, steps: Iterable[Options]) -> Sights | None:
    """What must be seen in one image for all of its transformations."""
    aims = tells = acts = EMPTY
    for options in steps:
        aims |= focus.needs(options)
        tells |= description.needs(options)
        acts = acts.union(*(step.needs(options) for step in SEEING if step.acts(options)))
    return Sights(image_id, aims, tells, acts) if aims or tells or acts else None


@lru_cache(maxsize=4096)
def of_text(text: str) -> Needs:
    """``of_chain`` for options as a URL writes them. Raises ``BadOption``."""
    return of_chain(url.parse(text).chain)
