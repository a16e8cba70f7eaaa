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
    """Their areas; 0 for a box without width or height. The last axis is that of the four sides."""
    width, height = boxes[..., 2] - boxes[..., 0], boxes[..., 3] - boxes[..., 1]
    return np.asarray(np.maximum(width, 0) * np.maximum(height, 0))


def overlaps(some: Floats, others: Floats) -> Floats:
    """Intersection over union, 0 to 1, of boxes that numpy can broadcast: n x 1 x 4 and 1 x m x 4 give n x m."""
    low, high = np.maximum(some[..., :2], others[..., :2]), np.minimum(some[..., 2:], others[..., 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=-1)
    return np.asarray(shared / np.maximum(areas(some) + areas(others) - shared, 1e-9))


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
    boxes: Floats,
    scores: Floats,
    labels: Sequence[str],
    size: tuple[int, int],
    sure: Sequence[bool],
    landmarks: Floats | None = None,
) -> Detections:
    """Boxes in pixels of a picture of ``size`` (width, height), clipped to it; those outside of it are left out."""
    width, height = size
    sides = np.clip(boxes, 0, (width, height, width, height)).tolist()
    points = landmarks.tolist() if landmarks is not None else [()] * len(sides)
    return tuple(
        Detection(left, top, right, bottom, min(1.0, float(score)), label, tuple((x, y) for x, y in marks), known)
        for (left, top, right, bottom), score, label, known, marks in zip(
            sides, scores, labels, sure, points, strict=True
        )
        if left < right and top < bottom
    )
