"""What an operation is: one step on pixels."""

from collections.abc import Callable
from dataclasses import dataclass

import pyvips

from variants.findings import Sought
from variants.options.option import Option, Options
from variants.plan import Plan


def always(options: Options) -> bool:
    """For steps that every picture takes."""
    return True


def never(options: Options) -> bool:
    """For what no options ask for."""
    return False


def nothing(options: Options) -> frozenset[Sought]:
    """For what no look at the picture is needed."""
    return frozenset()


@dataclass(frozen=True, slots=True)
class Operation:
    """``run`` changes one frame; ``acts`` tells whether these options ask for it.

    ``transparent`` tells whether these options make something show through, so that the format must hold alpha; where
    an opaque background is set, nothing may.

    ``exact``: no pixel gets a colour that none had, where nothing is scaled.

    ``needs``: what must have been looked for; it is in ``plan.findings`` then, in shares of the frame.

    ``version`` goes up with every change that alters a byte of a result: it is part of the key of a rendition.
    """

    name: str
    run: Callable[[pyvips.Image, Options, Plan], pyvips.Image]
    acts: Callable[[Options], bool] = always
    options: tuple[Option, ...] = ()
    transparent: Callable[[Options], bool] = never
    exact: bool = False
    needs: Callable[[Options], frozenset[Sought]] = nothing
    version: int = 1
