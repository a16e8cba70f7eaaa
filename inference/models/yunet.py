"""YuNet: small, quick faces with five landmarks (Wu et al., "YuNet: a tiny millisecond-level face detector", 2023).

Input: BGR as it is, both sides multiples of 32. Outputs for the strides 8, 16, 32: ``cls``, ``obj`` (probabilities),
``bbox`` and ``kps`` (offsets from the corner of the cell, in strides).
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from inference.boxes import Floats
from inference.errors import WeightsDamaged
from inference.faces import Found, faint, looks, merged
from inference.model import Architecture, Array, Prepared, Weights
from inference.results import Detections, Picture

STRIDES = (8, 16, 32)


@lru_cache(maxsize=64)
def cells(height: int, width: int) -> Floats:
    """Left, top and stride of every cell of an input of that size: stride by stride, row by row."""
    found = []
    for stride in STRIDES:
        y, x = np.mgrid[0:height:stride, 0:width:stride]
        found.append(np.stack([x.ravel(), y.ravel(), np.full(x.size, stride)], axis=1))
    return np.concatenate(found).astype(np.float32)


def prepare(picture: Picture, weights: Weights) -> Sequence[Prepared]:
    """The picture with its long side at ``weights.longest``, and again at each of ``weights.further``."""
    return looks(picture, weights)


def interpret(outputs: Sequence[Mapping[str, Array]], prepared: Sequence[Prepared], weights: Weights) -> Detections:
    """Faces of the picture, those of at least ``weights.lowest``. Raises ``WeightsDamaged``."""
    found = [_decoded(out, one, faint(weights)) for out, one in zip(outputs, prepared, strict=True)]
    return merged(found, prepared, weights)


def _decoded(outputs: Mapping[str, Array], prepared: Prepared, lowest: float) -> Found:
    """The boxes of the cells that score at least ``lowest``."""
    grid = cells(*prepared.tensor.shape[1:])
    scores = np.sqrt(_joined(outputs, "cls", 1, len(grid)) * _joined(outputs, "obj", 1, len(grid)))[:, 0]
    sure = np.flatnonzero(scores >= lowest)
    offset, marks = (_joined(outputs, name, wide, len(grid))[sure] for name, wide in (("bbox", 4), ("kps", 10)))
    corner, stride = grid[sure, :2], grid[sure, 2:]
    middle, half = corner + offset[:, :2] * stride, np.exp(offset[:, 2:]) * stride / 2
    points = corner[:, None] + marks.reshape(-1, 5, 2) * stride[:, None]
    scale = prepared.facts["scale"]
    boxes = np.concatenate([(middle - half) / scale, (middle + half) / scale], axis=1)
    return Found(boxes, scores[sure], points / scale)


def _joined(outputs: Mapping[str, Array], name: str, width: int, rows: int) -> Array:
    """The outputs of that name for all strides below each other. Raises ``WeightsDamaged``."""
    parts = [outputs.get(f"{name}_{stride}") for stride in STRIDES]
    if any(part is None for part in parts):
        raise WeightsDamaged(f"no YuNet: its outputs are {', '.join(outputs)}")
    joined = np.concatenate([part for part in parts if part is not None])
    if joined.shape != (rows, width):
        raise WeightsDamaged(f"no YuNet: {name} is {joined.shape}, not {rows} x {width}")
    return joined


YUNET = Architecture("yunet", "faces", prepare, interpret)
WEIGHTS = (
    Weights(
        name="yunet-n",
        file="yunet-n.onnx",
        sha256="104ee26c71d5c270ce79a6b3dced91c91013260d29a6bf18f9296c5b8c4c2b12",
        size=322906,
        licence="Apache-2.0",
        url="https://raw.githubusercontent.com/ShiqiYu/libfacedetection.train/master/onnx/yunet_n_dynamic.onnx",
        threshold=0.7,
        doubtful=0.5,
        overlap=0.3,
    ),
)
