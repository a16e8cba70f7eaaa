"""What a model is: an architecture, which knows how to ask and how to read the answer, and weights for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from inference.results import Picture, Result

Task = Literal["faces", "objects", "saliency", "mask"]
Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Weights:
    """One file of weights, and how the architecture is to be used with it.

    ``longest``: pixels of the long side that the model looks at, at most 1024 for faces; ``further``: more of them when
    the picture is looked at in several sizes. ``threshold``: the lowest score that counts; ``doubtful``: the lowest of
    what a detector takes for possible, where it is below; ``overlap``: IoU above which two boxes are one. ``url`` is
    empty where no file can be fetched; ``md5`` is what some packagers publish instead of SHA-256. ``tried``: whether it
    was run with these very weights.
    """

    name: str
    file: str
    sha256: str
    size: int
    licence: str
    url: str = ""
    md5: str = ""
    longest: int = 640
    further: tuple[int, ...] = ()
    threshold: float = 0.5
    doubtful: float = 1.0
    overlap: float = 0.4
    labels: tuple[str, ...] = ()
    tried: bool = True
    note: str = ""

    @property
    def lowest(self) -> float:
        """The lowest score of what is told of at all."""
        return min(self.threshold, self.doubtful)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture as a model takes it: one item of a batch, without the batch axis. Items of one shape may share a run.

    ``facts`` is what ``interpret`` needs to find back to the picture (scale, size …).
    """

    tensor: NDArray[np.float32] | NDArray[np.uint8]
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Architecture:
    """``prepare`` makes the inputs of one or more runs of a picture; ``interpret`` reads the outputs of all of them.

    ``interpret`` gets for every prepared input the outputs by name, without the batch axis. ``version`` goes up with
    every change that alters a result: it is part of the key of renditions.
    """

    name: str
    task: Task
    prepare: Callable[[Picture, Weights], Sequence[Prepared]]
    interpret: Callable[[Sequence[dict[str, Array]], Sequence[Prepared], Weights], Result]
    version: int = 1
    outputs: int = 0


@dataclass(frozen=True, slots=True)
class Model:
    """An architecture with weights; its name is that of the weights."""

    architecture: Architecture
    weights: Weights

    @property
    def name(self) -> str:
        """What it is asked for by."""
        return self.weights.name

    @property
    def task(self) -> Task:
        """What it finds."""
        return self.architecture.task

    @property
    def identity(self) -> str:
        """Changes whenever the same picture may get another result."""
        kept = self.weights
        sides = "+".join(str(side) for side in (kept.longest, *kept.further))
        use = f"{sides}-{kept.threshold:g}-{kept.lowest:g}-{kept.overlap:g}"
        return f"{kept.name}/{self.architecture.version}/{(kept.sha256 or kept.md5)[:16]}/{use}"
