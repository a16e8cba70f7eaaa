"""RetinaFace (Deng et al., 2019) as Pytorch_Retinaface saves it: a body, a pyramid, contexts, three heads."""

from collections.abc import Mapping

import numpy as np

from inference.convert.bodies import Levels, body
from inference.convert.graph import Graph, Shape
from inference.convert.network import Feature, Network
from inference.errors import CannotConvert
from inference.model import Array

ANCHORS = 2  # boxes of two sizes at every place
NARROW = 64  # channels up to which negative values leak through
HEADS = {"loc": ("BboxHead", 4), "conf": ("ClassHead", 2), "landms": ("LandmarkHead", 10)}
"""Output → its head in the file, and numbers for each box."""


def graph(state: Mapping[str, Array]) -> Graph:
    """The network of a state dict, undecoded. Raises ``CannotConvert`` where it is that of another network.

    ``input`` float32 [n, 3, H, W], BGR, 0 to 255 minus (104, 117, 123). ``loc`` [n, P, 4]; ``conf`` [n, P, 2], a
    softmax whose second value means a face; ``landms`` [n, P, 10]. The P boxes go by stride (8, 16, 32), row, column
    and size.
    """
    outputs: dict[str, Shape] = {name: ("batch", "priors", values) for name, (_, values) in HEADS.items()}
    network = Network(Graph("retinaface", {"input": ("batch", 3, "height", "width")}, outputs), state)
    levels = pyramid(network, body(network, Feature("input", 3)))
    contexts = [context(network, level, f"ssh{number}") for number, level in enumerate(levels, 1)]
    boxes = {output: head(network, contexts, *told) for output, told in HEADS.items()}
    network.graph.add("Identity", boxes["loc"], output="loc")
    network.graph.add("Softmax", boxes["conf"], output="conf", axis=-1)
    network.graph.add("Identity", boxes["landms"], output="landms")
    return network.whole()


def pyramid(network: Network, levels: Levels) -> Levels:
    """Bring the levels to one width, and add to the finer ones what the coarser ones see (Lin et al., 2016)."""
    fine, middle, coarse = (merge(network, x, f"fpn.output{number}") for number, x in enumerate(levels, 1))
    middle = merge(network, network.add(middle, enlarged(network, coarse, middle)), "fpn.merge2")
    fine = merge(network, network.add(fine, enlarged(network, middle, fine)), "fpn.merge1")
    return fine, middle, coarse


def merge(network: Network, x: Feature, name: str) -> Feature:
    """A convolution with its norm; a narrow network lets some of the negative values through."""
    x = network.conv(x, f"{name}.0", f"{name}.1")
    return network.leaky(x, leak(x.channels))


def leak(channels: int) -> float:
    """The slope below zero in a pyramid or context of so many channels."""
    return 0.1 if channels <= NARROW else 0.0


def enlarged(network: Network, x: Feature, model: Feature) -> Feature:
    """Repeat pixels of ``x`` until it has the size of ``model``, which has the same channels."""
    size = network.graph.add("Shape", model.name)
    made = network.graph.add(
        "Resize",
        x.name,
        "",
        "",
        size,
        mode="nearest",
        coordinate_transformation_mode="asymmetric",
        nearest_mode="floor",
    )
    return Feature(made, x.channels)


def context(network: Network, x: Feature, name: str) -> Feature:
    """What lies around: fields of 3, 5 and 7 pixels side by side (Najibi et al., SSH, 2017)."""
    slope = leak(x.channels)

    def conv(x: Feature, part: str) -> Feature:
        return network.conv(x, f"{name}.{part}.0", f"{name}.{part}.1")

    inner = network.leaky(conv(x, "conv5X5_1"), slope)
    outer = network.leaky(conv(inner, "conv7X7_2"), slope)
    fields = conv(x, "conv3X3"), conv(inner, "conv5X5_2"), conv(outer, "conv7x7_3")
    joined = network.graph.add("Concat", *(field.name for field in fields), axis=1)
    return network.leaky(Feature(joined, sum(field.channels for field in fields)), 0)


def head(network: Network, contexts: list[Feature], name: str, values: int) -> str:
    """So many numbers for every box of all levels: [n, P, values]."""
    shape = network.graph.constant(f"{name}.shape", np.array([0, -1, values], np.int64))
    levels = [numbers(network, x, f"{name}.{index}.conv1x1", values) for index, x in enumerate(contexts)]
    boxes = [network.graph.add("Reshape", level, shape) for level in levels]
    return network.graph.add("Concat", *boxes, axis=1)


def numbers(network: Network, x: Feature, name: str, values: int) -> str:
    """The numbers for the boxes of one level: [n, rows, columns, anchors x values]."""
    x = network.conv(x, name)
    if x.channels != ANCHORS * values:
        raise CannotConvert(f"{name} has {x.channels} channels, not {ANCHORS * values}.")
    return network.graph.add("Transpose", x.name, perm=[0, 2, 3, 1])
