"""Networks for tests of what runs them: one that sums, one that takes its time, one whose file is large."""

from pathlib import Path

import onnx
from onnx import NodeProto, TensorProto, helper


def sums(file: Path, batch: int | str = "n", kind: int = TensorProto.FLOAT) -> Path:
    """Takes n x 3 x height x width, gives the sum over each picture: ``sum``, n numbers."""
    axes = helper.make_tensor("axes", TensorProto.INT64, [2], [1, 2])
    flat = helper.make_tensor("flat", TensorProto.INT64, [3], [0, 3, -1])
    nodes = [
        helper.make_node("Reshape", ["picture", "flat"], ["rows"]),
        helper.make_node("ReduceSum", ["rows", "axes"], ["sum"], keepdims=0),
    ]
    entrance = helper.make_tensor_value_info("picture", kind, [batch, 3, "height", "width"])
    exit_ = helper.make_tensor_value_info("sum", kind, [batch])
    return _written(file, helper.make_graph(nodes, "sums", [entrance], [exit_], [axes, flat]))


def picky(file: Path, below: int) -> Path:
    """As ``sums``, but the whole run fails when one of its pictures has a value of ``below`` or more."""
    axes = helper.make_tensor("axes", TensorProto.INT64, [2], [1, 2])
    flat = helper.make_tensor("flat", TensorProto.INT64, [3], [0, 3, -1])
    table = helper.make_tensor("table", TensorProto.FLOAT, [below], [0] * below)
    nodes = [
        helper.make_node("Reshape", ["picture", "flat"], ["rows"]),
        helper.make_node("ReduceMax", ["rows"], ["greatest"], axes=[1, 2], keepdims=0),
        helper.make_node("Cast", ["greatest"], ["index"], to=TensorProto.INT64),
        helper.make_node("Gather", ["table", "index"], ["nothing"]),
        helper.make_node("ReduceSum", ["rows", "axes"], ["plain"], keepdims=0),
        helper.make_node("Add", ["plain", "nothing"], ["sum"]),
    ]
    entrance = helper.make_tensor_value_info("picture", TensorProto.FLOAT, ["n", 3, "height", "width"])
    exit_ = helper.make_tensor_value_info("sum", TensorProto.FLOAT, ["n"])
    return _written(file, helper.make_graph(nodes, "picky", [entrance], [exit_], [axes, flat, table]))


def slow(file: Path, side: int, layers: int = 6, wide: int = 256) -> Path:
    """A mask, as of U-2-Net, of n x 3 x side x side, after convolutions that take some 100 ms at a side of 64."""
    shapes = [(wide, 3, 3, 3), *[(wide, wide, 3, 3)] * layers, (1, wide, 3, 3)]
    tensors, nodes, last = [], list[NodeProto](), "picture"
    for number, shape in enumerate(shapes):
        tensors.append(helper.make_tensor(f"shape{number}", TensorProto.INT64, [4], shape))
        value = helper.make_tensor("value", TensorProto.FLOAT, [1], [1 / (shape[1] * 9)])
        nodes.append(helper.make_node("ConstantOfShape", [f"shape{number}"], [f"weight{number}"], value=value))
        nodes.append(helper.make_node("Conv", [last, f"weight{number}"], [f"layer{number}"], pads=[1, 1, 1, 1]))
        last = f"layer{number}"
    nodes.append(helper.make_node("Sigmoid", [last], ["mask"]))
    entrance = helper.make_tensor_value_info("picture", TensorProto.FLOAT, ["n", 3, side, side])
    exit_ = helper.make_tensor_value_info("mask", TensorProto.FLOAT, ["n", 1, side, side])
    return _written(file, helper.make_graph(nodes, "slow", [entrance], [exit_], tensors))


def padded(file: Path, size: int) -> Path:
    """Make the file of a network ``size`` bytes longer, without changing what it computes."""
    model = onnx.load(file)
    model.doc_string = " " * size
    onnx.save(model, file)
    return file


def _written(file: Path, graph: onnx.GraphProto) -> Path:
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    file.write_bytes(model.SerializeToString())
    return file
