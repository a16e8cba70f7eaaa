"""RetinaFace: faces with five landmarks (Deng et al., arXiv 1905.00641), as packaged by biubug6/Pytorch_Retinaface.

The body (MobileNet, ResNet) makes no difference here. Input: BGR less a mean, both sides multiples of 32. Outputs: per
prior 4 offsets, 2 probabilities, 10 offsets of landmarks; they are told apart by their widths, names and order vary.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from inference.boxes import Floats, detections, surest
from inference.errors import WeightsDamaged
from inference.model import Architecture, Array, Prepared, Weights
from inference.results import Detections, Picture
from inference.tensors import bgr, fitted, resized

STEP = 32
MEAN = (104.0, 117.0, 123.0)
LEVELS = ((8, (16, 32)), (16, (64, 128)), (32, (256, 512)))
"""Strides in pixels, and the sides of the priors that sit on every cell."""
CENTRE, SIZE = 0.1, 0.2
"""The variances with which offsets were trained."""


@lru_cache(maxsize=64)
def priors(height: int, width: int) -> Floats:
    """Centre x, centre y, side of every prior in pixels of an input of that size: level, row, column, size."""
    found = []
    for stride, sides in LEVELS:
        rows, columns = -(-height // stride), -(-width // stride)
        y, x, side = np.meshgrid(np.arange(rows), np.arange(columns), np.asarray(sides, np.float32), indexing="ij")
        found.append(np.stack([(x + 0.5) * stride, (y + 0.5) * stride, side], axis=-1).reshape(-1, 3))
    return np.concatenate(found).astype(np.float32)


def prepare(picture: Picture, weights: Weights) -> Sequence[Prepared]:
    """The picture with its long side at ``weights.longest``."""
    height, width = picture.shape[:2]
    to = fitted(width, height, weights.longest)
    tensor = bgr(resized(picture, *to), MEAN, STEP)
    return (Prepared(tensor, {"size": (width, height), "scale": (to[0] / width, to[1] / height)}),)


def interpret(outputs: Sequence[Mapping[str, Array]], prepared: Sequence[Prepared], weights: Weights) -> Detections:
    """Faces of the picture, those of at least ``weights.threshold``."""
    found = [_decoded(out, one, weights.threshold) for out, one in zip(outputs, prepared, strict=True)]
    boxes, scores, marks = (np.concatenate(parts) for parts in zip(*found, strict=True))
    kept = surest(boxes, scores, weights.overlap)
    labels = ("face",) * len(kept)
    return detections(boxes[kept], scores[kept], labels, prepared[0].facts["size"], marks[kept])


def _decoded(outputs: Mapping[str, Array], prepared: Prepared, threshold: float) -> tuple[Floats, Floats, Floats]:
    """Boxes, scores and landmarks in pixels of the picture, of the priors that reach the threshold."""
    prior = priors(*prepared.tensor.shape[1:])
    offset, score, marks = (_of_width(outputs, wide, len(prior)) for wide in (4, 2, 10))
    sure = np.flatnonzero(_face(score) >= threshold)
    centre, side = prior[sure, :2], prior[sure, 2:]
    middle = centre + offset[sure, :2] * CENTRE * side
    half = side * np.exp(offset[sure, 2:] * SIZE) / 2
    points = centre[:, None] + marks[sure].reshape(-1, 5, 2) * CENTRE * side[:, None]
    scale = np.asarray(prepared.facts["scale"], np.float32)
    boxes = np.concatenate([(middle - half) / scale, (middle + half) / scale], axis=1)
    return boxes, _face(score)[sure], points / scale


def _face(score: Array) -> Any:
    return score[:, 1]


def _of_width(outputs: Mapping[str, Array], width: int, rows: int) -> Array:
    """The output with so many numbers per prior. Raises ``WeightsDamaged``."""
    for values in outputs.values():
        if values.shape == (rows, width):
            return values
    shapes = {name: values.shape for name, values in outputs.items()}
    raise WeightsDamaged(f"no RetinaFace: none of its outputs is {rows} x {width}: {shapes}")


RETINAFACE = Architecture("retinaface", "faces", prepare, interpret)
WEIGHTS = (
    Weights(
        name="retinaface-mobilenet0.25",
        file="retinaface-mobilenet0.25.onnx",
        sha256="14007d5a75adbb9acb3c4ee26e5d5dee12f9ac11a407a17a87a521ffe670de3d",
        size=1733765,
        licence="MIT",
        longest=896,
        threshold=0.88,
    ),
)
