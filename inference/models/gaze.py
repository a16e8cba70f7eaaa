"""Where people look: the gaze network of twitter-research/image-crop-analysis (arXiv 2105.08667).

Input: RGB 0 to 255 (the mean is taken off inside), any size of at least 32. Output: for every cell of 16 x 16 pixels
the log of how likely it is looked at, up to a constant.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from inference.errors import WeightsDamaged
from inference.model import Architecture, Array, Prepared, Weights
from inference.results import Picture, Saliency
from inference.tensors import fitted, resized, rgb, up_to_multiple

CELL, LEAST = 16, 48


def prepare(picture: Picture, weights: Weights) -> Sequence[Prepared]:
    """The picture with its long side at ``weights.longest``, both sides whole cells, so that these cover all of it."""
    to = fitted(picture.shape[1], picture.shape[0], weights.longest)
    width, height = (max(LEAST, up_to_multiple(side - CELL // 2 + 1, CELL)) for side in to)
    return (Prepared(rgb(resized(picture, width, height), (1, 1, 1), (0, 0, 0))),)


def interpret(outputs: Sequence[Mapping[str, Array]], prepared: Sequence[Prepared], weights: Weights) -> Saliency:
    """The likelihoods: softmax over all cells. Raises ``WeightsDamaged``."""
    logs = np.asarray(next(iter(outputs[0].values())), np.float32)
    rows, columns = (side // CELL for side in prepared[0].tensor.shape[1:])
    if logs.shape != (1, rows, columns):
        raise WeightsDamaged(f"no gaze network: its output is {logs.shape}, not 1 x {rows} x {columns}")
    likely = np.exp(logs[0] - logs.max())
    return Saliency(np.asarray(likely / likely.sum(), np.float32))


GAZE = Architecture("gaze", "saliency", prepare, interpret)
WEIGHTS = (
    Weights(
        name="fastgaze",
        file="fastgaze.onnx",
        sha256="c44e069a557b274cf3d2e6861b97749e203d0cd831b0f07c95cd458923feccff",
        size=492192,
        licence="Apache-2.0",
        longest=512,
        note="made from bin/fastgaze.vxm of twitter-research/image-crop-analysis",
    ),
)
