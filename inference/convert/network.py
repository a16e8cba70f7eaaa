"""A graph that grows by layers whose weights have names in a state dict."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.convert.graph import Graph
from inference.errors import CannotConvert
from inference.model import Array

EPSILON = 1e-5  # of PyTorch's BatchNorm2d
COUNTER = ".num_batches_tracked"  # of training
NORMS = ("weight", "bias", "running_mean", "running_var")


@dataclass(frozen=True, slots=True)
class Feature:
    """A tensor inside the graph, [n, channels, height, width]."""

    name: str
    channels: int


class Network:
    """Adds layers to ``graph``; all that take weights raise ``CannotConvert`` where one is absent or does not fit."""

    def __init__(self, graph: Graph, state: Mapping[str, Array]) -> None:
        self.graph = graph
        self.state = state
        self._taken: set[str] = set()

    def conv(self, x: Feature, name: str, norm: str = "", *, stride: int = 1, groups: int = 1) -> Feature:
        """A convolution that keeps the size (at stride 1), with the BatchNorm ``norm`` folded into it.

        w' = w γ/√(σ²+ε), b' = β - μ γ/√(σ²+ε). Without a norm the convolution has a bias of its own.
        """
        weight = self.kernel(name, x.channels // groups)
        if norm:
            scale, bias = self.folded(norm, len(weight))
            weight = weight * scale[:, None, None, None]
        else:
            bias = self.vector(f"{name}.bias", len(weight))
        inputs = x.name, self.constant(f"{name}.weight", weight), self.constant(f"{name}.bias", bias)
        size = weight.shape[2]
        made = self.graph.add(
            "Conv", *inputs, kernel_shape=[size] * 2, pads=[size // 2] * 4, strides=[stride] * 2, group=groups
        )
        return Feature(made, len(weight))

    def constant(self, name: str, value: NDArray[np.float64]) -> str:
        """Keep weights in the graph, as float32."""
        return self.graph.constant(name, value.astype(np.float32))

    def kernel(self, name: str, channels: int) -> NDArray[np.float64]:
        """The weights of a convolution over so many channels: [out, channels, k, k] with an odd k."""
        weight = self.take(f"{name}.weight")
        fits = weight.ndim == 4 and weight.shape[1] == channels and weight.shape[2] == weight.shape[3]
        if not fits or not weight.size or weight.shape[2] % 2 == 0:
            raise CannotConvert(f"{name}.weight has the shape {weight.shape}, not [any, {channels}, k, k].")
        return weight

    def folded(self, norm: str, count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What a BatchNorm in use multiplies by and adds."""
        gamma, beta, mean, variance = (self.vector(f"{norm}.{part}", count) for part in NORMS)
        if (variance < 0).any():
            raise CannotConvert(f"{norm}.running_var is negative.")
        scale = gamma / np.sqrt(variance + EPSILON)
        return scale, beta - mean * scale

    def vector(self, name: str, count: int) -> NDArray[np.float64]:
        """So many numbers."""
        values = self.take(name)
        if values.shape != (count,):
            raise CannotConvert(f"{name} has the shape {values.shape}, not [{count}].")
        return values

    def take(self, name: str) -> NDArray[np.float64]:
        """The weights of that name."""
        if name not in self.state:
            raise CannotConvert(f"The file has no weights {name}: it is of another network.")
        self._taken.add(name)
        with np.errstate(invalid="ignore"):  # a signalling NaN; it is refused right below
            values = self.state[name].astype(np.float64)
        if not np.isfinite(values).all():
            raise CannotConvert(f"{name} holds values that are no numbers.")
        return values

    def leaky(self, x: Feature, slope: float) -> Feature:
        """Negative values times ``slope``; 0 where it is 0."""
        made = self.graph.add("LeakyRelu", x.name, alpha=slope) if slope else self.graph.add("Relu", x.name)
        return Feature(made, x.channels)

    def add(self, x: Feature, other: Feature) -> Feature:
        """The sum of two of the same shape."""
        if x.channels != other.channels:
            raise CannotConvert(f"{x.channels} channels cannot be added to {other.channels}.")
        return Feature(self.graph.add("Add", x.name, other.name), x.channels)

    def whole(self) -> Graph:
        """The graph, once all weights of the file have found their place. Raises ``CannotConvert``."""
        left = [name for name in self.state if name not in self._taken and not name.endswith(COUNTER)]
        if left:
            raise CannotConvert(f"The file has weights that this network has no place for: {left[0]}.")
        return self.graph
