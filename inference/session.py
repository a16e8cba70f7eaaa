"""A network that is loaded: an onnxruntime session, and whether it runs where it was asked to."""

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from inference.errors import ModelMissing, Unavailable, WeightsDamaged
from inference.model import Array

PROVIDERS = {
    "cpu": ("CPUExecutionProvider",),
    "cuda": ("CUDAExecutionProvider", "CPUExecutionProvider"),
}
"""What an operator calls them → as onnxruntime knows them, the preferred first."""


class Session:
    """A loaded network. ``run`` may be called from any thread."""

    def __init__(self, network: onnxruntime.InferenceSession, asked: str) -> None:
        self._network = network
        entrance = network.get_inputs()[0]
        self._entrance: str = entrance.name
        self._one_by_one = entrance.shape[0] == 1
        self._exits = [exit_.name for exit_ in network.get_outputs()]
        self.asked = asked

    @property
    def provider(self) -> str:
        """The provider that is used: the first of those that onnxruntime says it has."""
        return str(self._network.get_providers()[0])

    @property
    def as_asked(self) -> bool:
        """Whether the provider is the one that was asked for."""
        return self.provider == PROVIDERS[self.asked][0]

    def run(self, batch: NDArray[Any], outputs: int = 0) -> dict[str, Array]:
        """The outputs by name, each with the batch axis of ``batch`` (n first); only the first ``outputs`` unless 0.

        A network that was exported for one picture at a time is run once per picture.
        """
        names = self._exits[:outputs] if outputs else self._exits
        if not self._one_by_one or len(batch) == 1:
            return dict(zip(names, self._network.run(names, {self._entrance: batch}), strict=True))
        rows = [self._network.run(names, {self._entrance: one[None]}) for one in batch]
        return {name: np.concatenate(parts) for name, parts in zip(names, zip(*rows, strict=True), strict=True)}


def open_session(path: Path, provider: str = "cpu", threads: int = 0) -> Session:
    """The network of the file at ``path``; ``threads`` for one run, 0: as many as onnxruntime thinks good.

    Raises ``ModelMissing`` when there is no file, ``WeightsDamaged`` when it is no network, ``Unavailable`` when this
    onnxruntime was built without the provider.
    """
    if not path.is_file():
        raise ModelMissing(f"there are no weights at {path}")
    if PROVIDERS[provider][0] not in onnxruntime.get_available_providers():
        raise Unavailable(f"this onnxruntime has no {PROVIDERS[provider][0]}")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    try:
        network = onnxruntime.InferenceSession(path, options, providers=list(PROVIDERS[provider]))
    except Exception as fault:  # onnxruntime raises classes of its own that share nothing but Exception
        raise WeightsDamaged(f"{path.name} is no network that onnxruntime can load: {fault}") from fault
    return Session(network, provider)
