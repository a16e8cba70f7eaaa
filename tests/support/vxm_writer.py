"""Parameter files of the gaze network, and its weights from a model that was made of one."""

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

SIGNATURE = b"\x01tPM"
Entries = dict[str, bytes]


def file(entries: Mapping[str, bytes]) -> bytes:
    pieces = b"".join(piece(key.encode() + b"\0") + piece(value) for key, value in sorted(entries.items()))
    return SIGNATURE + struct.pack("<I", len(entries)) + pieces


def piece(content: bytes) -> bytes:
    return struct.pack("<I", len(content)) + content


def numbers(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}i", *values)


def array(key: str, values: NDArray[Any]) -> Entries:
    shape = numbers(*values.shape)
    entries = {key: values.astype("<f4").tobytes(), f"{key}.dtype": b"float32"}
    return entries | {f"{key}.ndims": numbers(values.ndim), f"{key}.shape": shape}


def convolution(number: int, weight: NDArray[Any], bias: NDArray[Any], slope: NDArray[Any] | None = None) -> Entries:
    """A layer with ReLU, or with PReLU where it has slopes."""
    entries = {f"{number}Type": numbers(0), f"{number}Act": numbers(1 if slope is None else 4)}
    entries |= array(f"{number}w", weight) | array(f"{number}b", bias)
    return entries if slope is None else entries | array(f"{number}alpha", slope)


def pool(number: int, side: int = 2) -> Entries:
    return {f"{number}Type": numbers(2), f"{number}Pool": numbers(side)}


def blur(number: int, taps: int = 19, sigma: int = 3) -> Entries:
    return {f"{number}Type": numbers(3), f"{number}KernelSize": numbers(taps), f"{number}Std": numbers(sigma)}


def network(layers: list[Entries]) -> Entries:
    entries = {"layerCount": numbers(len(layers)), "modelType": numbers(2)}
    for layer in layers:
        entries |= layer
    return entries


def published(model: Path) -> Entries:
    """The parameters that the ONNX model could have come from, layer by layer as its operators follow each other."""
    graph = onnx.load(model).graph
    values = {constant.name: numpy_helper.to_array(constant) for constant in graph.initializer}
    layers: list[Entries] = []
    nodes = list(graph.node)
    for node, then in zip(nodes, [*nodes[1:], nodes[-1]], strict=True):
        if node.op_type == "Conv" and len(node.input) == 3:
            slope = values[then.input[1]].ravel() if then.op_type == "PRelu" else None
            layers.append(convolution(len(layers), values[node.input[1]], values[node.input[2]], slope))
        elif node.op_type == "MaxPool":
            layers.append(pool(len(layers)))
    return network([*layers, blur(len(layers))])


def small(pools: int = 1, seed: int = 3) -> list[Entries]:
    """A network of every kind of layer: a few channels, pools that halve, one blur."""
    random = np.random.default_rng(seed)
    first, last = random.standard_normal((4, 3, 3, 3)) / 300, random.standard_normal((1, 4, 1, 1))
    slope = np.array([0.3])
    return [
        convolution(0, first, random.standard_normal(4)),
        *(pool(1 + number) for number in range(pools)),
        convolution(1 + pools, last, random.standard_normal(1), slope),
        blur(2 + pools, taps=5, sigma=1),
    ]
