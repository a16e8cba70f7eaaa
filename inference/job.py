"""One picture that is to be looked at, on its way through a model."""

import logging
from collections.abc import Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass

from inference.errors import InferenceFault
from inference.model import Array, Prepared
from inference.results import Picture, Result

log = logging.getLogger(__name__)

Found = list[dict[str, Array]] | Exception
"""The outputs for every input of a picture, or why there are none."""


@dataclass(slots=True, eq=False)
class Job:
    """One picture, who waits for it, and what the network takes of it."""

    picture: Picture
    answer: Future[Result]
    prepared: Sequence[Prepared] = ()

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Jobs with the same shapes may share runs."""
        return tuple(one.tensor.shape for one in self.prepared)

    def fail(self, fault: Exception) -> None:
        """Say what went wrong, unless nobody waits any more. A fault that nobody foresaw is logged."""
        if not isinstance(fault, InferenceFault):
            log.error("looking at a picture failed", exc_info=fault)
        with suppress(InvalidStateError):
            self.answer.set_exception(told(fault))


def told(fault: Exception) -> InferenceFault:
    """The fault as one of ours, and anew: an exception that is raised again and again collects tracebacks."""
    if isinstance(fault, InferenceFault):
        return type(fault)(str(fault))
    return InferenceFault(f"looking at the picture failed: {fault}")
