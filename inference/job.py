"""One picture that is to be looked at, on its way through a model."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from inference.errors import InferenceFault
from inference.model import Array, Prepared

Found = list[dict[str, Array]] | Exception
"""The outputs for every input of a picture, or why there are none."""


@dataclass(slots=True, eq=False)
class Job:
    """What the network takes of a picture. ``turn`` is set when something was ``found``, or when there is nobody who
    runs the network: then whose job it is does.
    """

    prepared: Sequence[Prepared]
    found: Found | None = None
    turn: threading.Event = field(default_factory=threading.Event)

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Jobs with the same shapes may share runs."""
        return tuple(one.tensor.shape for one in self.prepared)

    def be_told(self, found: Found) -> None:
        """Take the outputs, or why there are none."""
        self.found = found
        self.turn.set()


def told(fault: Exception) -> InferenceFault:
    """The fault as one of ours, and anew: an exception that is raised again and again collects tracebacks."""
    if isinstance(fault, InferenceFault):
        return type(fault)(str(fault))
    return InferenceFault(f"looking at the picture failed: {fault}")
