"""Tiny networks with the inputs and outputs of the large ones: they take bright places for faces and for subjects."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, checker, helper, numpy_helper, save

BRIGHT = 1.5
"""How many times the usual brightness … of an input with mean 0 and deviation 1 is bright."""


def retinaface(path: Path, names: Sequence[str] = ("loc", "conf", "landms")) -> Path:
    """A body that calls a cell of 16 pixels a face of 64 when it is white, with outputs in the order of ``names``.

    As RetinaFace: BGR less the mean in, [n, 3, H, W]; per level (8, 16, 32), row, column and size 4 offsets,
    2 probabilities, 10 offsets of landmarks.
    """
    nodes: list[NodeProto] = []
    constants = {"flat_4": np.array((0, -1, 4)), "flat_2": np.array((0, -1, 2)), "flat_10": np.array((0, -1, 10))}
    for stride in (8, 16, 32):
        size = {"kernel_shape": [stride, stride], "strides": [stride, stride]}
        nodes.append(helper.make_node("AveragePool", ["input"], [f"cells_{stride}"], **size))
        for wide in (4, 2, 10):
            weight, bias = _head(stride, wide)
            constants |= {f"w_{stride}_{wide}": weight, f"b_{stride}_{wide}": bias}
            nodes += _level(stride, wide)
    ends = {4: "loc", 2: "conf", 10: "landms"}
    nodes += [helper.make_node("Concat", [f"p_{s}_{w}" for s in (8, 16, 32)], [f"all_{w}"], axis=1) for w in ends]
    nodes.append(helper.make_node("Identity", ["all_4"], ["loc"]))
    nodes.append(helper.make_node("Softmax", ["all_2"], ["conf"], axis=-1))
    nodes.append(helper.make_node("Identity", ["all_10"], ["landms"]))
    wide = {name: number for number, name in ends.items()}
    outputs = {name: ("n", "priors", wide[name]) for name in names}
    return _write(path, nodes, {"input": ("n", 3, "height", "width")}, outputs, constants)


def _head(stride: int, wide: int) -> tuple[np.ndarray, np.ndarray]:
    """A 1 x 1 convolution to two priors: nothing but for the first prior of stride 16, which goes by brightness."""
    weight, bias = np.zeros((2 * wide, 3, 1, 1), np.float32), np.zeros(2 * wide, np.float32)
    if wide == 2:
        bias[0::2] = 20  # no face
        if stride == 16:
            weight[1], bias[0] = 0.1, 30  # white less the mean is about 135 per channel
    return weight, bias


def _level(stride: int, wide: int) -> list[NodeProto]:
    tag = f"{stride}_{wide}"
    return [
        helper.make_node("Conv", [f"cells_{stride}", f"w_{tag}", f"b_{tag}"], [f"c_{tag}"]),
        helper.make_node("Transpose", [f"c_{tag}"], [f"t_{tag}"], perm=[0, 2, 3, 1]),
        helper.make_node("Reshape", [f"t_{tag}", f"flat_{wide}"], [f"p_{tag}"]),
    ]


def mask(path: Path, side: int, *, stages: int = 0, logits: bool = False, batch: int | str = 1) -> Path:
    """A network whose first output is high where the input is bright, and ``stages`` more outputs that say the reverse.

    As U-2-Net, IS-Net and BiRefNet: [n, 3, side, side] in, maps of [n, 1, side, side] out.
    """
    weight, bias = np.full((1, 3, 1, 1), 4, np.float32), np.zeros(1, np.float32)
    nodes = [
        helper.make_node("Conv", ["img", "weight", "bias"], ["bright"]),
        helper.make_node("Identity" if logits else "Sigmoid", ["bright"], ["1959"]),
        helper.make_node("Neg", ["bright"], ["dark"]),
    ]
    nodes += [helper.make_node("Sigmoid", ["dark"], [f"{1960 + stage}"]) for stage in range(stages)]
    outputs = {str(1959 + number): (batch, 1, side, side) for number in range(1 + stages)}
    return _write(path, nodes, {"img": (batch, 3, side, side)}, outputs, {"weight": weight, "bias": bias})


def _write(
    path: Path,
    nodes: list[NodeProto],
    inputs: dict[str, tuple[int | str, ...]],
    outputs: dict[str, tuple[int | str, ...]],
    constants: dict[str, np.ndarray],
) -> Path:
    ends = [
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in side.items()] for side in (inputs, outputs)
    ]
    tensors = [numpy_helper.from_array(values, name) for name, values in constants.items()]
    graph = helper.make_graph(nodes, path.stem, *ends, tensors)
    model: ModelProto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model, full_check=True)
    save(model, path)
    return path
