"""What detectors of faces share: looks at one picture in several sizes, and one answer from all of them.

A detector sees a face best at some size: small faces are missed when the picture is small, and when it is large more
cats and teddy bears pass for faces. So a picture may be looked at in two sizes; a box scores what the looks give it on
average, and one that only a single look has is no longer sure (the scores of weighted boxes fusion, Solovyev et al.,
arXiv 1910.13302; the box itself is that of the surest look). Faces of less than ``SMALL`` pixels in a look are left to
the larger look: they lie below what the networks were trained to tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.boxes import Floats, areas, detections, overlaps, surest
from inference.model import Prepared, Weights
from inference.results import Detections, Picture
from inference.tensors import Channels, bgr, fitted, resized

SMALL = 32
"""Pixels of a look: the second of RetinaFace's priors (16, 32, 64 …)."""
FAINT = 0.02
"""Nothing below this is looked at."""
STEP = 32
"""The networks halve a side five times."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one look found, in pixels of the picture: n x 4, n, n x 5 x 2."""

    boxes: Floats
    scores: Floats
    landmarks: Floats

    def only(self, which: NDArray[np.intp]) -> "Found":
        """Those of the indices ``which``, in that order."""
        return Found(self.boxes[which], self.scores[which], self.landmarks[which])


def looks(picture: Picture, weights: Weights, mean: Channels = (0, 0, 0)) -> Sequence[Prepared]:
    """One input for every long side of the weights: BGR less ``mean``, right and bottom padded with 0."""
    height, width = picture.shape[:2]
    prepared = []
    for longest in (weights.longest, *weights.further):
        to = fitted(width, height, longest)
        scale = np.asarray((to[0] / width, to[1] / height), np.float32)
        prepared.append(Prepared(bgr(resized(picture, *to), mean, STEP), {"size": (width, height), "scale": scale}))
    return prepared


def faint(weights: Weights) -> float:
    """The lowest score of one look with which a box may be told of still, when all others give it 1."""
    count = 1 + len(weights.further)
    return max(FAINT, count * weights.lowest - (count - 1))


def merged(found: Sequence[Found], prepared: Sequence[Prepared], weights: Weights) -> Detections:
    """The faces of all looks that score at least ``weights.lowest`` on average, the surest first."""
    each = [one.only(surest(one.boxes, one.scores, weights.overlap)) for one in found]
    boxes, scores, marks = (np.concatenate([getattr(one, name) for one in each]) for name in Found.__slots__)
    every = Found(boxes, scores, marks)
    every = every.only(surest(every.boxes, every.scores, weights.overlap))
    average = _average(every.boxes, each, [one.facts["scale"] for one in prepared], weights.overlap)
    order = np.argsort(-average, kind="stable")
    order = order[average[order] >= weights.lowest]
    kept = every.only(order)
    size = prepared[0].facts["size"]
    sure = (average[order] >= weights.threshold).tolist()
    return detections(kept.boxes, average[order], ("face",) * len(order), size, sure, kept.landmarks)


def _average(boxes: Floats, looks: Sequence[Found], scales: Sequence[Floats], overlap: float) -> Floats:
    """What the looks give each of the boxes on average, of those that have a say."""
    says = np.stack([np.sqrt(areas(boxes) * scale.prod()) >= SMALL for scale in scales])
    says[int(np.argmax([scale.max() for scale in scales]))] = True
    given = np.stack([_given(boxes, look, overlap) for look in looks])
    return np.asarray((given * says).sum(axis=0) / says.sum(axis=0))


def _given(boxes: Floats, look: Found, overlap: float) -> Floats:
    """The score that ``look`` gives each of the boxes: that of its surest box in the same place, or 0."""
    if not len(look.boxes):
        return np.zeros(len(boxes), np.float32)
    same = overlaps(boxes[:, None], look.boxes[None]) >= overlap
    return np.asarray((same * look.scores).max(axis=1))
