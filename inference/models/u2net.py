"""U-2-Net: the subject of a picture (Qin et al., arXiv 2005.09007), its small body U-2-Net-p, and weights for people.

Input: RGB stretched to a square. Outputs: the map, 0 to 1, then (in the files of rembg) those of six earlier stages.
"""

from collections.abc import Mapping, Sequence

from inference.masks import first_map, spread, squared
from inference.model import Architecture, Array, Prepared, Weights
from inference.results import Mask, Picture
from inference.tensors import IMAGENET_DEVIATION, IMAGENET_MEAN

CRISP = 0.3
"""How much the small input of U-2-Net-p is sharpened: 0.2 to 0.8 all did better than 0 on the labelled photos."""
REMBG = "https://github.com/danielgatis/rembg/releases/download/v0.0.0"


def prepare(picture: Picture, weights: Weights) -> Sequence[Prepared]:
    """The picture stretched to a square of ``weights.longest``."""
    return (squared(picture, weights.longest, IMAGENET_MEAN, IMAGENET_DEVIATION),)


def prepare_crisp(picture: Picture, weights: Weights) -> Sequence[Prepared]:
    """The same, sharpened."""
    return (squared(picture, weights.longest, IMAGENET_MEAN, IMAGENET_DEVIATION, CRISP),)


def interpret(outputs: Sequence[Mapping[str, Array]], prepared: Sequence[Prepared], weights: Weights) -> Mask:
    """The mask; empty where no cell reaches ``weights.threshold``. Raises ``WeightsDamaged``."""
    return spread(first_map(outputs[0]), weights.threshold)


U2NET = Architecture("u2net", "mask", prepare, interpret, outputs=1)
U2NETP = Architecture("u2netp", "mask", prepare_crisp, interpret, outputs=1)
SMALL_WEIGHTS = (
    Weights(
        name="u2netp",
        file="u2netp.onnx",
        sha256="f2432f235c52dbb20147dc09cde87c80c30829f6ce6d5b76baf8dcf0f9c89db0",
        size=4532884,
        licence="Apache-2.0",
        longest=320,
        note="weights of xuebinqin/U-2-Net by way of a float16 TFLite file",
    ),
    Weights(
        name="u2netp-rembg",
        file="u2netp-rembg.onnx",
        sha256="",
        md5="8e83ca70e441ab06c318d82300c84806",
        size=0,
        licence="Apache-2.0",
        url=f"{REMBG}/u2netp.onnx",
        longest=320,
        tried=False,
        note="about 4.6 MB; the same network, exported by rembg",
    ),
)
WEIGHTS = (
    Weights(
        name="u2net",
        file="u2net.onnx",
        sha256="",
        md5="60024c5c889badc19c04ad937298a77b",
        size=0,
        licence="Apache-2.0",
        url=f"{REMBG}/u2net.onnx",
        longest=320,
        tried=False,
        note="about 176 MB",
    ),
    Weights(
        name="silueta",
        file="silueta.onnx",
        sha256="",
        md5="55e59e0d8062d2f5d013f4725ee84782",
        size=0,
        licence="Apache-2.0 (derived from U-2-Net)",
        url=f"{REMBG}/silueta.onnx",
        longest=320,
        tried=False,
        note="about 44 MB",
    ),
    Weights(
        name="u2net_human_seg",
        file="u2net_human_seg.onnx",
        sha256="",
        md5="c09ddc2e0104f800e3e1bb4652583d1f",
        size=0,
        licence="Apache-2.0",
        url=f"{REMBG}/u2net_human_seg.onnx",
        longest=320,
        tried=False,
        note="about 176 MB; people only",
    ),
)
