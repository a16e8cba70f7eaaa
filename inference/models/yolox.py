"""YOLOX: objects of many classes (Ge et al., arXiv 2107.08430).

Input: BGR as it is, at the top left of a square of grey. Output: per cell of the strides 8, 16, 32 centre, log size,
how sure it is that there is something, and how likely each class is.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from inference.boxes import Floats, detections, surest
from inference.errors import WeightsDamaged
from inference.model import Architecture, Array, Prepared, Weights
from inference.results import Detections, Picture
from inference.tensors import fitted, letterboxed, resized

GREY = 114
STRIDES = (8, 16, 32)
# fmt: off
COCO = (
    "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light",
    "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow", "elephant",
    "bear", "zebra", "giraffe", "backpack", "umbrella", "handbag", "tie", "suitcase", "frisbee", "skis", "snowboard",
    "sports ball", "kite", "baseball bat", "baseball glove", "skateboard", "surfboard", "tennis racket", "bottle",
    "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple", "sandwich", "orange", "broccoli",
    "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch", "potted plant", "bed", "dining table", "toilet",
    "tv", "laptop", "mouse", "remote", "keyboard", "cell phone", "microwave", "oven", "toaster", "sink",
    "refrigerator", "book", "clock", "vase", "scissors", "teddy bear", "hair drier", "toothbrush",
)
# fmt: on


@lru_cache(maxsize=16)
def cells(side: int) -> Floats:
    """Column, row and stride of every cell of a square input: stride by stride, row by row."""
    found = []
    for stride in STRIDES:
        row, column = np.mgrid[0 : side // stride, 0 : side // stride]
        found.append(np.stack([column.ravel(), row.ravel(), np.full(row.size, stride)], axis=1))
    return np.concatenate(found).astype(np.float32)


def prepare(picture: Picture, weights: Weights) -> Sequence[Prepared]:
    """The picture inside a square of ``weights.longest``."""
    height, width = picture.shape[:2]
    to = fitted(width, height, weights.longest)
    scale = np.asarray((to[0] / width, to[1] / height), np.float32)
    tensor = letterboxed(resized(picture, *to), weights.longest, GREY)
    return (Prepared(tensor, {"size": (width, height), "scale": scale}),)


def interpret(outputs: Sequence[Mapping[str, Array]], prepared: Sequence[Prepared], weights: Weights) -> Detections:
    """Objects that score at least ``weights.lowest``, the surest class of each. Raises ``WeightsDamaged``."""
    grid = cells(prepared[0].tensor.shape[1])
    rows = _rows(outputs[0], len(grid), len(weights.labels))
    classes = rows[:, 5:].argmax(axis=1)
    scores = rows[:, 4] * rows[np.arange(len(rows)), 5 + classes]
    seen = np.flatnonzero(scores >= weights.lowest)
    boxes = _boxes(rows[seen], grid[seen], prepared[0].facts["scale"])
    kept = surest(boxes, scores[seen], weights.overlap, classes[seen])
    labels = [weights.labels[number] for number in classes[seen][kept]]
    sure = (scores[seen][kept] >= weights.threshold).tolist()
    return detections(boxes[kept], scores[seen][kept], labels, prepared[0].facts["size"], sure)


def _boxes(rows: Floats, grid: Floats, scale: Floats) -> Floats:
    """Boxes in pixels of the picture."""
    stride = grid[:, 2:]
    middle, half = (rows[:, :2] + grid[:, :2]) * stride, np.exp(rows[:, 2:4]) * stride / 2
    return np.concatenate([(middle - half) / scale, (middle + half) / scale], axis=1)


def _rows(outputs: Mapping[str, Array], cells: int, classes: int) -> Floats:
    """The output, when it has the shape that it must have. Raises ``WeightsDamaged``."""
    rows = next(iter(outputs.values()))
    if rows.shape != (cells, 5 + classes):
        raise WeightsDamaged(f"no YOLOX of {classes} classes: its output is {rows.shape}, not {cells} x {5 + classes}")
    return np.asarray(rows)


YOLOX = Architecture("yolox", "objects", prepare, interpret, outputs=1)
WEIGHTS = (
    Weights(
        name="yolox-nano",
        file="yolox-nano.onnx",
        sha256="695e750a5d5754bb5a8d5325643b59282191a7e7a564e435a415fd3c578eab14",
        size=3660092,
        licence="Apache-2.0",
        url="https://raw.githubusercontent.com/Kazuhito00/YOLOX-ONNX-TFLite-Sample/main/model/yolox_nano.onnx",
        longest=416,
        threshold=0.3,
        overlap=0.45,
        labels=COCO,
    ),
)
