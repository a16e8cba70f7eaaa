"""What a result depends on besides its original: the images that are drawn, and what the browser tells.

Worked out once for every text of options, so that a hit looks at none of them.
"""

from dataclasses import dataclass
from functools import lru_cache

from variants import hints
from variants.errors import BadOption
from variants.notation import url
from variants.operations.overlay import MOST, images
from variants.options.option import Options


@dataclass(frozen=True, slots=True)
class Needs:
    """``drawn``: the ids of the images that are drawn. ``hinted``: the chain, where it depends on the browser."""

    drawn: tuple[str, ...] = ()
    hinted: tuple[Options, ...] = ()


NOTHING = Needs()


def of_chain(chain: tuple[Options, ...]) -> Needs:
    """What ``chain`` needs. Raises ``BadOption`` when it draws too many images."""
    drawn = images(chain)
    if len(drawn) > MOST:
        raise BadOption("draw", f"{len(drawn)} images", f"at most {MOST} different images")
    asks = hints.asks(chain)
    return Needs(drawn, chain if asks else ()) if drawn or asks else NOTHING


@lru_cache(maxsize=4096)
def of_text(text: str) -> Needs:
    """The same for options as a URL writes them. Raises ``BadOption``."""
    return of_chain(url.parse(text).chain)
