"""A graph of operators while it is being built: plain values, no ``onnx``."""

from dataclasses import dataclass, field

from inference.model import Array

Attribute = int | float | str | list[int]
Shape = tuple[int | str, ...]
"""Sizes; a name stands for a size that each run may choose."""


@dataclass(frozen=True, slots=True)
class Node:
    """One operator of ONNX with one output. An empty input is an optional one that is left out."""

    kind: str
    inputs: tuple[str, ...]
    output: str
    attributes: dict[str, Attribute]


@dataclass(slots=True)
class Graph:
    """What becomes an ONNX model. Inputs and outputs are float32; constants keep their type."""

    name: str
    inputs: dict[str, Shape]
    outputs: dict[str, Shape]
    nodes: list[Node] = field(default_factory=list)
    constants: dict[str, Array] = field(default_factory=dict)

    def add(self, kind: str, *inputs: str, output: str = "", **attributes: Attribute) -> str:
        """Append an operator; the name of its output, which is made up unless it is given."""
        name = output or f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(Node(kind, inputs, name, attributes))
        return name

    def constant(self, name: str, value: Array) -> str:
        """Keep a value under its name, which it is used by."""
        self.constants[name] = value
        return name
