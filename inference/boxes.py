"""Boxes of detectors: overlap, suppression of doubles, and the way back to the picture. All arrays, no loop over boxes
but those that stay.

A box is left, top, right, bottom; boxes are an n x 4 array.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.results import Detection, Detections

Floats = NDArray[np.floating[Any]]
MOST = 750
"""So many boxes of one picture are looked at, the surest ones (as RetinaFace's own program keeps)."""


def areas(boxes: Floats) -> Floats:
    """Their areas; 0 for a box without width or height."""
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    return np.asarray(np.maximum(width, 0) * np.maximum(height, 0))


def overlaps(box: Floats, boxes: Floats) -> Floats:
    """Intersection over union of ``box`` with each of ``boxes``, 0 to 1."""
    low, high = np.maximum(box[:2], boxes[:, :2]), np.minimum(box[2:], boxes[:, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=1)
    return np.asarray(shared / np.maximum(areas(box[None]) + areas(boxes) - shared, 1e-9))


def surest(boxes: Floats, scores: Floats, overlap: float, classes: NDArray[np.intp] | None = None) -> NDArray[np.intp]:
    """Indices of the boxes that stay, the surest first: each takes away those that overlap it by more than ``overlap``.

    Boxes of different ``classes`` leave each other alone.
    """
    order = np.argsort(-scores, kind="stable")[:MOST]
    if classes is not None and len(boxes):
        boxes = boxes + (classes * (1 + boxes.max() - min(0, boxes.min())))[:, None]
    kept = []
    while order.size:
        kept.append(order[0])
        order = order[1:][overlaps(boxes[order[0]], boxes[order[1:]]) <= overlap]
    return np.asarray(kept, dtype=np.intp)


def detections(
    boxes: Floats, scores: Floats, labels: Sequence[str], size: tuple[int, int], landmarks: Floats | None = None
) -> Detections:
    """Boxes in pixels of a picture of ``size`` (width, height), clipped to it; those outside of it are left out."""
    width, height = size
    clipped = np.clip(boxes, 0, (width, height, width, height)).tolist()
    points = landmarks.tolist() if landmarks is not None else [[]] * len(clipped)
    return tuple(
        Detection(*box, score=min(1.0, float(score)), label=label, landmarks=tuple((x, y) for x, y in marks))
        for box, score, label, marks in zip(clipped, scores, labels, points, strict=True)
        if box[0] < box[2] and box[1] < box[3]
    )
