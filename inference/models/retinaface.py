"""RetinaFace: faces with five landmarks (Deng et al., arXiv 1905.00641), as packaged by biubug6/Pytorch_Retinaface.

The body (MobileNet, ResNet) makes no difference here. Input: BGR less a mean, both sides multiples of 32. Outputs: per
prior 4 offsets, 2 probabilities, 10 offsets of landmarks; they are told apart by their widths, names and order vary.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from inference.boxes import Floats
from inference.errors import WeightsDamaged
from inference.faces import Found, faint, looks, merged
from inference.model import Architecture, Array, Prepared, Weights
from inference.results import Detections, Picture

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
    """The picture with its long side at ``weights.longest``, and again at each of ``weights.further``."""
    return looks(picture, weights, MEAN)


def interpret(outputs: Sequence[Mapping[str, Array]], prepared: Sequence[Prepared], weights: Weights) -> Detections:
    """Faces of the picture, those of at least ``weights.lowest``. Raises ``WeightsDamaged``."""
    found = [_decoded(out, one, faint(weights)) for out, one in zip(outputs, prepared, strict=True)]
    return merged(found, prepared, weights)


def _decoded(outputs: Mapping[str, Array], prepared: Prepared, lowest: float) -> Found:
    """The boxes of the priors that score at least ``lowest``."""
    prior = priors(*prepared.tensor.shape[1:])
    offset, score, marks = (_of_width(outputs, wide, len(prior)) for wide in (4, 2, 10))
    sure = np.flatnonzero(score[:, 1] >= lowest)
    centre, side = prior[sure, :2], prior[sure, 2:]
    middle = centre + offset[sure, :2] * CENTRE * side
    half = side * np.exp(offset[sure, 2:] * SIZE) / 2
    points = centre[:, None] + marks[sure].reshape(-1, 5, 2) * CENTRE * side[:, None]
    scale = prepared.facts["scale"]
    boxes = np.concatenate([(middle - half) / scale, (middle + half) / scale], axis=1)
    return Found(boxes, score[sure, 1], points / scale)


def _of_width(outputs: Mapping[str, Array], width: int, rows: int) -> Array:
    """The output with so many numbers per prior. Raises ``WeightsDamaged``."""
    for values in outputs.values():
        if values.shape == (rows, width):
            return values
    shapes = {name: values.shape for name, values in outputs.items()}
    raise WeightsDamaged(f"no RetinaFace: none of its outputs is {rows} x {width}: {shapes}")


def _uniface(body: str, file: str, sha256: str) -> Weights:
    """A row for one of the exports of yakhyo/uniface: same input, priors and outputs, trained anew."""
    return Weights(
        name=f"retinaface-{body}",
        file=f"retinaface-{body}.onnx",
        sha256=sha256,
        size=0,
        licence="MIT",
        url=f"https://github.com/yakhyo/uniface/releases/download/weights/retinaface_{file}.onnx",
        further=(1024,),
        threshold=0.8,
        doubtful=0.5,
        tried=False,
    )


RETINAFACE = Architecture("retinaface", "faces", prepare, interpret)
WEIGHTS = (
    Weights(
        name="retinaface-mobilenet0.25",
        file="retinaface-mobilenet0.25.onnx",
        sha256="14007d5a75adbb9acb3c4ee26e5d5dee12f9ac11a407a17a87a521ffe670de3d",
        size=1733765,
        licence="MIT",
        further=(1024,),
        threshold=0.83,
        doubtful=0.5,
        note="made from mobilenet0.25_Final.pth of biubug6/Pytorch_Retinaface",
    ),
    _uniface("mobilenetv1-0.25", "mv1_0.25", "b7a7acab55e104dce6f32cdfff929bd83946da5cd869b9e2e9bdffafd1b7e4a5"),
    _uniface("mobilenetv1-0.50", "mv1_0.50", "d8977186f6037999af5b4113d42ba77a84a6ab0c996b17c713cc3d53b88bfc37"),
    _uniface("mobilenetv1", "mv1", "75c961aaf0aff03d13c074e9ec656e5510e174454dd4964a161aab4fe5f04153"),
    _uniface("mobilenetv2", "mv2", "3ca44c045651cabeed1193a1fae8946ad1f3a55da8fa74b341feab5a8319f757"),
    _uniface("resnet18", "r18", "e8b5ddd7d2c3c8f7c942f9f10cec09d8e319f78f09725d3f709631de34fb649d"),
    _uniface("resnet34", "r34", "bd0263dc2a465d32859555cb1741f2d98991eb0053696e8ee33fec583d30e630"),
)
