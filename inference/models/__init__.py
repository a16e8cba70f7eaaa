"""The table of models, and how one is found by name."""

from collections.abc import Sequence
from pathlib import Path

from inference.errors import ModelUnknown
from inference.model import Architecture, Model, Task, Weights
from inference.models import retinaface, yunet

ARCHITECTURES: dict[str, tuple[Architecture, Sequence[Weights]]] = {
    "retinaface": (retinaface.RETINAFACE, retinaface.WEIGHTS),
    "yunet": (yunet.YUNET, yunet.WEIGHTS),
}
"""Architectures by name, and the weights that are known for each."""

MODELS: dict[str, Model] = {
    weights.name: Model(architecture, weights) for architecture, rows in ARCHITECTURES.values() for weights in rows
}

PREFERRED: dict[Task, tuple[str, ...]] = {
    "faces": ("retinaface-mobilenet0.25", "yunet-n"),
    "objects": (),
    "saliency": (),
    "mask": (),
}
"""What a task uses when nothing else is wished for: the first whose file is there."""


def find(name: str, folder: Path) -> Model:
    """The model of that name, of ours or of the operator's in ``folder``. Raises ``ModelUnknown``."""
    if model := MODELS.get(name):
        return model
    raise ModelUnknown(f"there is no model named {name}; known are {', '.join(sorted(MODELS))}")
