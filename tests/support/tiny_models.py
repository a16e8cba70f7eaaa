"""Folders of models of an operator's own, with networks that are made here."""

from collections.abc import Sequence
from pathlib import Path

import networks
import numpy as np
import tiny_networks

from inference.results import Picture
from inference.weights import add

SIDE = 64
QUICK, SLOW = "quick", "slow"


def folder(path: Path, names: Sequence[str] = (QUICK,), size: int = 0) -> Path:
    """A folder with a model for every name: takes bright places for the subject. Files grow by ``size`` bytes."""
    for name in names:
        put(path, tiny_networks.padded(networks.mask(path.with_suffix(".onnx"), SIDE, batch="n"), size), name)
    return path


def with_slow(path: Path) -> Path:
    """The same with one more model, ``SLOW``, that takes some 100 ms and more where others work too."""
    folder(path)
    put(path, tiny_networks.slow(path.with_suffix(".onnx"), SIDE), SLOW)
    return path


def put(path: Path, file: Path, name: str) -> None:
    """Add a network that makes masks."""
    row = {"name": name, "architecture": "u2net", "longest": SIDE}
    add(file, path, row)


def picture(value: int = 200, width: int = 80, height: int = 60) -> Picture:
    """Dark, with a bright square whose place depends on ``value``."""
    made = np.full((height, width, 3), 10, np.uint8)
    at = value % 40
    made[at : at + 20, at : at + 20] = 250
    return made
