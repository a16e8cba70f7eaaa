"""BiRefNet: the subject of a picture, the sharpest and the slowest here (Zheng et al., arXiv 2401.03407).

Input: RGB stretched to a square. Output: the map as logits.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from inference.masks import first_map, spread, squared
from inference.model import Architecture, Array, Prepared, Weights
from inference.results import Mask, Picture
from inference.tensors import IMAGENET_DEVIATION, IMAGENET_MEAN

REMBG = "https://github.com/danielgatis/rembg/releases/download/v0.0.0"


def prepare(picture: Picture, weights: Weights) -> Sequence[Prepared]:
    """The picture stretched to a square of ``weights.longest``."""
    return (squared(picture, weights.longest, IMAGENET_MEAN, IMAGENET_DEVIATION),)


def interpret(outputs: Sequence[Mapping[str, Array]], prepared: Sequence[Prepared], weights: Weights) -> Mask:
    """The mask; empty where no cell reaches ``weights.threshold``. Raises ``WeightsDamaged``."""
    logits = np.clip(first_map(outputs[0]), -60, 60)
    return spread(np.asarray(1 / (1 + np.exp(-logits)), np.float32), weights.threshold)


BIREFNET = Architecture("birefnet", "mask", prepare, interpret, outputs=1)
WEIGHTS = (
    Weights(
        name="birefnet-general",
        file="birefnet-general.onnx",
        sha256="",
        md5="7a35a0141cbbc80de11d9c9a28f52697",
        size=0,
        licence="MIT",
        url=f"{REMBG}/BiRefNet-general-epoch_244.onnx",
        longest=1024,
        tried=False,
        note="about 970 MB",
    ),
    Weights(
        name="birefnet-general-lite",
        file="birefnet-general-lite.onnx",
        sha256="",
        md5="4fab47adc4ff364be1713e97b7e66334",
        size=0,
        licence="MIT",
        url=f"{REMBG}/BiRefNet-general-bb_swin_v1_tiny-epoch_232.onnx",
        longest=1024,
        tried=False,
        note="about 220 MB",
    ),
    Weights(
        name="birefnet-portrait",
        file="birefnet-portrait.onnx",
        sha256="",
        md5="c3a64a6abf20250d090cd055f12a3b67",
        size=0,
        licence="MIT",
        url=f"{REMBG}/BiRefNet-portrait-epoch_150.onnx",
        longest=1024,
        tried=False,
        note="about 970 MB; people",
    ),
)
