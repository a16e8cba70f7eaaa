"""A graph as an ONNX file. The one file that imports ``onnx``."""

import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

from inference.convert.graph import Graph, Node, Shape
from inference.errors import CannotConvert

OPSET = 17
IR_VERSION = 8  # of the time of opset 17: whatever reads the operators reads the file


def write(graph: Graph, target: Path) -> None:
    """Write ``graph`` to ``target``, whole or not at all. Raises ``CannotConvert``."""
    content = model(graph).SerializeToString(deterministic=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".convert-", dir=target.parent) as folder:
            whole = Path(folder) / target.name
            whole.write_bytes(content)
            whole.replace(target)
    except OSError as fault:
        raise CannotConvert(f"{target} cannot be written: {fault.strerror}.") from fault


def model(graph: Graph) -> onnx.ModelProto:
    """The graph as ONNX, checked by ``onnx``. Raises ``CannotConvert`` when the operators don't fit together."""
    made = helper.make_model(
        _graph(graph), opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="tintype"
    )
    try:
        onnx.checker.check_model(made, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as fault:
        raise CannotConvert(f"The weights don't fit together: {fault}") from fault
    return made


def _graph(graph: Graph) -> onnx.GraphProto:
    nodes = [_node(node) for node in graph.nodes]
    constants = [numpy_helper.from_array(np.ascontiguousarray(v), name) for name, v in graph.constants.items()]
    return helper.make_graph(nodes, graph.name, _values(graph.inputs), _values(graph.outputs), constants)


def _node(node: Node) -> onnx.NodeProto:
    made = helper.make_node(node.kind, node.inputs, [node.output], name=node.output)
    made.attribute.extend(helper.make_attribute(key, value) for key, value in sorted(node.attributes.items()))
    return made


def _values(shapes: dict[str, Shape]) -> list[onnx.ValueInfoProto]:
    return [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape) for name, shape in shapes.items()]
