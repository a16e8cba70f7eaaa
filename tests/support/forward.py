"""RetinaFace computed in NumPy, layer after layer as its papers have it: what a converted model is compared with."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Values = NDArray[np.float64]
Weights = Mapping[str, NDArray[Any]]


def conv(x: Values, weight: Values, stride: int = 1) -> Values:
    """[n, in, h, w] and [out, in or 1, k, k]; zeros around. One input channel means a convolution by channels."""
    pad = weight.shape[2] // 2
    framed = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = sliding_window_view(framed, weight.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    if weight.shape[1] == 1 and x.shape[1] > 1:
        return np.einsum("nchwij,cij->nchw", windows, weight[:, 0])
    return np.einsum("nchwij,ocij->nohw", windows, weight, optimize=True)


def normed(w: Weights, x: Values, name: str, norm: str, stride: int = 1) -> Values:
    """A convolution, then its BatchNorm in use."""
    gamma, beta, mean, variance = (
        w[f"{norm}.{part}"].reshape(-1, 1, 1).astype(float)
        for part in ("weight", "bias", "running_mean", "running_var")
    )
    return (conv(x, w[f"{name}.weight"].astype(float), stride) - mean) / np.sqrt(variance + 1e-5) * gamma + beta


def leaky(x: Values, slope: float) -> Values:
    return np.where(x > 0, x, x * slope)


def enlarged(x: Values, height: int, width: int) -> Values:
    """The nearest pixel, rounded down."""
    rows, columns = np.arange(height) * x.shape[2] // height, np.arange(width) * x.shape[3] // width
    return x[:, :, rows][:, :, :, columns]


def mobilenet(w: Weights, x: Values) -> list[Values]:
    strides, ends = {"stage1": (2, 1, 2, 1, 2, 1), "stage2": (2, 1, 1, 1, 1, 1), "stage3": (2, 1)}, []
    for stage, steps in strides.items():
        for index, stride in enumerate(steps):
            block = f"body.{stage}.{index}"
            x = leaky(normed(w, x, f"{block}.0", f"{block}.1", stride), 0.1)
            if f"{block}.3.weight" in w:
                x = leaky(normed(w, x, f"{block}.3", f"{block}.4"), 0.1)
        ends.append(x)
    return ends


def resnet(w: Weights, x: Values, blocks: tuple[int, ...]) -> list[Values]:
    x = leaky(normed(w, x, "body.conv1", "body.bn1", 2), 0)
    framed = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=-np.inf)
    x = sliding_window_view(framed, (3, 3), axis=(2, 3))[:, :, ::2, ::2].max(axis=(4, 5))
    ends = []
    for layer, count in enumerate(blocks, 1):
        for index in range(count):
            x = bottleneck(w, x, f"body.layer{layer}.{index}", 2 if layer > 1 and index == 0 else 1)
        ends.append(x)
    return ends[1:]


def bottleneck(w: Weights, x: Values, block: str, stride: int) -> Values:
    inner = leaky(normed(w, x, f"{block}.conv1", f"{block}.bn1"), 0)
    inner = leaky(normed(w, inner, f"{block}.conv2", f"{block}.bn2", stride), 0)
    inner = normed(w, inner, f"{block}.conv3", f"{block}.bn3")
    if f"{block}.downsample.0.weight" in w:
        x = normed(w, x, f"{block}.downsample.0", f"{block}.downsample.1", stride)
    return leaky(inner + x, 0)


def retinaface(w: Weights, levels: list[Values], slope: float) -> dict[str, Values]:
    """The outputs of pyramid, contexts and heads."""
    fine, middle, coarse = (
        leaky(normed(w, x, f"fpn.output{n}.0", f"fpn.output{n}.1"), slope) for n, x in enumerate(levels, 1)
    )
    middle = middle + enlarged(coarse, *middle.shape[2:])
    middle = leaky(normed(w, middle, "fpn.merge2.0", "fpn.merge2.1"), slope)
    fine = fine + enlarged(middle, *fine.shape[2:])
    fine = leaky(normed(w, fine, "fpn.merge1.0", "fpn.merge1.1"), slope)
    seen = [context(w, x, f"ssh{n}", slope) for n, x in enumerate((fine, middle, coarse), 1)]
    logits = head(w, seen, "ClassHead", 2)
    odds = np.exp(logits - logits.max(axis=2, keepdims=True))
    conf = odds / odds.sum(axis=2, keepdims=True)
    return {"loc": head(w, seen, "BboxHead", 4), "conf": conf, "landms": head(w, seen, "LandmarkHead", 10)}


def context(w: Weights, x: Values, name: str, slope: float) -> Values:
    inner = leaky(normed(w, x, f"{name}.conv5X5_1.0", f"{name}.conv5X5_1.1"), slope)
    outer = leaky(normed(w, inner, f"{name}.conv7X7_2.0", f"{name}.conv7X7_2.1"), slope)
    fields = (x, "conv3X3"), (inner, "conv5X5_2"), (outer, "conv7x7_3")
    return leaky(np.concatenate([normed(w, v, f"{name}.{p}.0", f"{name}.{p}.1") for v, p in fields], axis=1), 0)


def head(w: Weights, seen: list[Values], name: str, values: int) -> Values:
    rows = []
    for index, x in enumerate(seen):
        weight, bias = (w[f"{name}.{index}.conv1x1.{part}"].astype(float) for part in ("weight", "bias"))
        rows.append((conv(x, weight) + bias.reshape(-1, 1, 1)).transpose(0, 2, 3, 1).reshape(len(x), -1, values))
    return np.concatenate(rows, axis=1)
