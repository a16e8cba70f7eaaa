"""The table of models, and how one is found by name."""

from collections.abc import Sequence
from pathlib import Path

from inference import own
from inference.errors import ModelUnknown, RowRefused
from inference.model import Architecture, Model, Task, Weights
from inference.models import birefnet, gaze, isnet, retinaface, u2net, yolox, yunet

ARCHITECTURES: dict[str, tuple[Architecture, Sequence[Weights]]] = {
    "retinaface": (retinaface.RETINAFACE, retinaface.WEIGHTS),
    "yunet": (yunet.YUNET, yunet.WEIGHTS),
    "u2netp": (u2net.U2NETP, u2net.SMALL_WEIGHTS),
    "u2net": (u2net.U2NET, u2net.WEIGHTS),
    "isnet": (isnet.ISNET, isnet.WEIGHTS),
    "birefnet": (birefnet.BIREFNET, birefnet.WEIGHTS),
    "yolox": (yolox.YOLOX, yolox.WEIGHTS),
    "gaze": (gaze.GAZE, gaze.WEIGHTS),
}
"""Architectures by name, and the weights that are known for each."""

MODELS: dict[str, Model] = {
    weights.name: Model(architecture, weights) for architecture, rows in ARCHITECTURES.values() for weights in rows
}

PREFERRED: dict[Task, tuple[str, ...]] = {
    "faces": ("retinaface-mobilenet0.25", "yunet-n"),
    "objects": ("yolox-nano",),
    "saliency": ("fastgaze",),
    "mask": ("u2netp", "u2netp-rembg"),
}
"""What a task uses when nothing else is wished for: the first whose file is there."""

SMALL: tuple[tuple[str, ...], ...] = (
    ("yunet-n",),
    ("retinaface-mobilenet0.25", "retinaface-mobilenetv1-0.25"),
    ("u2netp", "u2netp-rembg"),
    ("yolox-nano",),
    ("fastgaze",),
)
"""What a new installation gets, a few megabytes in all: of every row the first that can be had."""


def known(folder: Path) -> dict[str, Model]:
    """All models by name: ours, and those of ``models.json`` in ``folder``, which may take the place of one of ours.

    Raises ``RowRefused``.
    """
    return MODELS | {weights.name: made(architecture, weights) for architecture, weights in own.rows(folder)}


def find(name: str, folder: Path) -> Model:
    """The model of that name, of the operator's in ``folder`` or of ours. Raises ``ModelUnknown``, ``RowRefused``."""
    models = known(folder)
    if name not in models:
        raise ModelUnknown(f"there is no model named {name}; known are {', '.join(sorted(models))}")
    return models[name]


def made(architecture: str, weights: Weights) -> Model:
    """The model of a row of the operator's. Raises ``RowRefused``."""
    if architecture not in ARCHITECTURES:
        raise RowRefused(f"{own.FILE}: {weights.name} is a {architecture}; known are {', '.join(ARCHITECTURES)}")
    return Model(ARCHITECTURES[architecture][0], weights)
