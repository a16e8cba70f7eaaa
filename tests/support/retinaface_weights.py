"""State dicts of small RetinaFaces with random weights."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Weights = dict[str, NDArray[Any]]
HEADS = {"ClassHead": 2, "BboxHead": 4, "LandmarkHead": 10}


class Maker:
    """Adds layers with the names that PyTorch would give them."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.weights: Weights = {}

    def conv(self, name: str, into: int, out: int, size: int, norm: str) -> None:
        scale = 1 / np.sqrt(into * size * size)
        self.weights[f"{name}.weight"] = (self.random.standard_normal((out, into, size, size)) * scale).astype("f4")
        self.weights[f"{norm}.weight"] = self.random.uniform(0.5, 1.5, out).astype("f4")
        self.weights[f"{norm}.bias"] = self.random.normal(0, 0.3, out).astype("f4")
        self.weights[f"{norm}.running_mean"] = self.random.normal(0, 0.3, out).astype("f4")
        self.weights[f"{norm}.running_var"] = self.random.uniform(0.3, 2, out).astype("f4")
        self.weights[f"{norm}.num_batches_tracked"] = np.array(7, "i8")

    def rest(self, widths: tuple[int, int, int], out: int) -> Weights:
        """Pyramid, contexts and heads."""
        for n, width in enumerate(widths, 1):
            self.conv(f"fpn.output{n}.0", width, out, 1, f"fpn.output{n}.1")
        for n in (1, 2):
            self.conv(f"fpn.merge{n}.0", out, out, 3, f"fpn.merge{n}.1")
        for n in (1, 2, 3):
            self.context(f"ssh{n}", out)
        for name, values in HEADS.items():
            for n in range(3):
                self.head(f"{name}.{n}.conv1x1", out, 2 * values)
        return self.weights

    def context(self, name: str, out: int) -> None:
        half, quarter = out // 2, out // 4
        parts = {"conv3X3": (out, half), "conv5X5_1": (out, quarter)}
        parts |= dict.fromkeys(("conv5X5_2", "conv7X7_2", "conv7x7_3"), (quarter, quarter))
        for part, (into, channels) in parts.items():
            self.conv(f"{name}.{part}.0", into, channels, 3, f"{name}.{part}.1")

    def head(self, name: str, into: int, out: int) -> None:
        self.weights[f"{name}.weight"] = (self.random.standard_normal((out, into, 1, 1)) / np.sqrt(into)).astype("f4")
        self.weights[f"{name}.bias"] = self.random.normal(0, 0.3, out).astype("f4")


def mobilenet(seed: int = 1) -> Weights:
    """A MobileNet of a quarter of a quarter."""
    maker = Maker(seed)
    widths = {"stage1": (3, 2, 4, 8, 8, 16, 16), "stage2": (16, 32, 32, 32, 32, 32, 32), "stage3": (32, 64, 64)}
    for stage, row in widths.items():
        for index, (into, out) in enumerate(zip(row[:-1], row[1:], strict=True)):
            block = f"body.{stage}.{index}"
            if (stage, index) == ("stage1", 0):
                maker.conv(f"{block}.0", into, out, 3, f"{block}.1")
                continue
            maker.conv(f"{block}.0", 1, into, 3, f"{block}.1")
            maker.conv(f"{block}.3", into, out, 1, f"{block}.4")
    return maker.rest((16, 32, 64), 16)


def resnet(blocks: tuple[int, ...], out: int = 96, seed: int = 2) -> Weights:
    """A ResNet of narrow bottlenecks."""
    maker = Maker(seed)
    maker.conv("body.conv1", 3, 4, 7, "body.bn1")
    into = 4
    for layer, count in enumerate(blocks, 1):
        for index in range(count):
            narrow, wide, block = 2**layer, 4 * 2**layer, f"body.layer{layer}.{index}"
            maker.conv(f"{block}.conv1", into, narrow, 1, f"{block}.bn1")
            maker.conv(f"{block}.conv2", narrow, narrow, 3, f"{block}.bn2")
            maker.conv(f"{block}.conv3", narrow, wide, 1, f"{block}.bn3")
            if index == 0:
                maker.conv(f"{block}.downsample.0", into, wide, 1, f"{block}.downsample.1")
            into = wide
    return maker.rest((16, 32, 64), out)
