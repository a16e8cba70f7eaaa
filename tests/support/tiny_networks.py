"""Networks of one or two operators, written as ONNX files for tests."""

from pathlib import Path

import onnx
from onnx import TensorProto, helper


def sums(file: Path, batch: int | str = "n", kind: int = TensorProto.FLOAT) -> Path:
    """Takes n x 3 x height x width, gives the sum over each picture: ``sum``, n x 1."""
    axes = helper.make_tensor("axes", TensorProto.INT64, [2], [1, 2])
    flat = helper.make_tensor("flat", TensorProto.INT64, [3], [0, 3, -1])
    nodes = [
        helper.make_node("Reshape", ["picture", "flat"], ["rows"]),
        helper.make_node("ReduceSum", ["rows", "axes"], ["sum"], keepdims=0),
    ]
    entrance = helper.make_tensor_value_info("picture", kind, [batch, 3, "height", "width"])
    exit_ = helper.make_tensor_value_info("sum", kind, [batch])
    return _written(file, helper.make_graph(nodes, "sums", [entrance], [exit_], [axes, flat]))


def _written(file: Path, graph: onnx.GraphProto) -> Path:
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    file.write_bytes(model.SerializeToString())
    return file
