"""IS-Net: the subject of a picture with fine edges (Qin et al., arXiv 2203.03041, "DIS").

Input: RGB stretched to a square. Outputs: the map, 0 to 1, first; earlier stages after it.
"""

from collections.abc import Mapping, Sequence

from inference.masks import first_map, spread, squared
from inference.model import Architecture, Array, Prepared, Weights
from inference.results import Mask, Picture

MEAN, DEVIATION = (0.5, 0.5, 0.5), (1.0, 1.0, 1.0)


def prepare(picture: Picture, weights: Weights) -> Sequence[Prepared]:
    """The picture stretched to a square of ``weights.longest``."""
    return (squared(picture, weights.longest, MEAN, DEVIATION),)


def interpret(outputs: Sequence[Mapping[str, Array]], prepared: Sequence[Prepared], weights: Weights) -> Mask:
    """The mask; empty where no cell reaches ``weights.threshold``. Raises ``WeightsDamaged``."""
    return spread(first_map(outputs[0]), weights.threshold)


ISNET = Architecture("isnet", "mask", prepare, interpret, outputs=1)
WEIGHTS = (
    Weights(
        name="isnet-general-use",
        file="isnet-general-use.onnx",
        sha256="",
        md5="fc16ebd8b0c10d971d3513d564d01e29",
        size=0,
        licence="Apache-2.0",
        url="https://github.com/danielgatis/rembg/releases/download/v0.0.0/isnet-general-use.onnx",
        longest=1024,
        tried=False,
        note="about 179 MB",
    ),
)
