"""The gaze network of Twitter's image-crop-analysis (Theis et al., 2018), from its parameters.

Its authors document neither the input (scale, mean, order of colours) nor what activation 4 is; both were chosen by
measurement on labelled photos.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from inference.convert.graph import Graph, Shape
from inference.convert.network import Feature, Network
from inference.convert.vxm import Entries
from inference.errors import CannotConvert
from inference.model import Array

MEAN = (123.675, 116.28, 103.53)
MOST_LAYERS = 200
WIDEST_BLUR = 99
ARRAYS = {"w": "weight", "b": "bias", "alpha": "slope"}


def graph(entries: Entries) -> Graph:
    """``image`` float32 [n, 3, H, W], RGB, 0 to 255 → ``saliency`` [n, 1, H/16, W/16], a log density.

    Raises ``CannotConvert`` where the file has layers of an unknown kind, or layers that don't fit together.
    """
    count = entries.number("layerCount")
    if not 0 < count <= MOST_LAYERS:
        raise CannotConvert(f"The file says that it has {count} layers.")
    outputs: dict[str, Shape] = {"saliency": ("batch", 1, "rows", "columns")}
    network = Network(Graph("gaze", {"image": ("batch", 3, "height", "width")}, outputs), weights(entries, count))
    x = centred(network, Feature("image", 3))
    for number in range(count):
        x = chosen(KINDS, entries.number(f"{number}Type"), f"Layer {number}")(network, entries, x, number)
    if x.channels != 1:
        raise CannotConvert(f"The last layer has {x.channels} channels, not 1.")
    network.graph.add("Identity", x.name, output="saliency")
    return network.whole()


def weights(entries: Entries, count: int) -> dict[str, Array]:
    """All arrays of the layers, as ``0.weight``, ``0.bias``, ``0.slope`` …"""
    keys = {f"{number}{key}": f"{number}.{name}" for number in range(count) for key, name in ARRAYS.items()}
    return {name: entries.array(key) for key, name in keys.items() if key in entries}


def centred(network: Network, picture: Feature) -> Feature:
    """The picture without the mean colour of photos."""
    mean = network.graph.constant("mean", np.array(MEAN, np.float32).reshape(1, 3, 1, 1))
    return Feature(network.graph.add("Sub", picture.name, mean), picture.channels)


def convolution(network: Network, entries: Entries, x: Feature, number: int) -> Feature:
    """A convolution that keeps the size, and its activation."""
    x = network.conv(x, str(number))
    return chosen(ACTIVATIONS, entries.number(f"{number}Act"), f"The activation of layer {number}")(
        network, entries, x, number
    )


def rectified(network: Network, entries: Entries, x: Feature, number: int) -> Feature:
    """Nothing below zero."""
    return network.leaky(x, 0)


def sloped(network: Network, entries: Entries, x: Feature, number: int) -> Feature:
    """Negative values times a factor that was learned, one or one for each channel."""
    slopes = network.take(f"{number}.slope")
    if slopes.size not in (1, x.channels):
        raise CannotConvert(f"{number}alpha has {slopes.size} values for {x.channels} channels.")
    name = network.constant(f"{number}.slope", slopes.reshape(-1, 1, 1))
    return Feature(network.graph.add("PRelu", x.name, name), x.channels)


def pool(network: Network, entries: Entries, x: Feature, number: int) -> Feature:
    """The largest of each square."""
    side = entries.number(f"{number}Pool")
    if not 1 <= side <= 8:
        raise CannotConvert(f"{number}Pool is {side}, not 1 to 8.")
    made = network.graph.add("MaxPool", x.name, kernel_shape=[side, side], strides=[side, side])
    return Feature(made, x.channels)


def blur(network: Network, entries: Entries, x: Feature, number: int) -> Feature:
    """A Gaussian blur down, then across; the border is repeated outwards."""
    taps, sigma = entries.number(f"{number}KernelSize"), entries.number(f"{number}Std")
    if not (1 <= taps <= WIDEST_BLUR and taps % 2 and 1 <= sigma <= WIDEST_BLUR):
        raise CannotConvert(f"The blur of layer {number} has {taps} taps and a deviation of {sigma}.")
    add, constant = network.graph.add, network.graph.constant
    kernel = np.repeat(gaussian(taps, sigma)[None, None, :, None], x.channels, axis=0)
    border = constant(f"{number}.border", np.array([0, 0, taps // 2, taps // 2] * 2, np.int64))
    down = constant(f"{number}.down", kernel)
    across = constant(f"{number}.across", kernel.transpose(0, 1, 3, 2))
    framed = add("Pad", x.name, border, mode="edge")
    blurred = add("Conv", framed, down, kernel_shape=[taps, 1], group=x.channels)
    return Feature(add("Conv", blurred, across, kernel_shape=[1, taps], group=x.channels), x.channels)


def gaussian(taps: int, sigma: int) -> NDArray[np.float32]:
    """So many weights with the sum 1."""
    distances = np.arange(taps) - taps // 2
    bell: NDArray[np.float64] = np.exp(-(distances**2) / (2 * sigma**2))
    return np.asarray(bell / bell.sum(), np.float32)


Layer = Callable[[Network, Entries, Feature, int], Feature]
KINDS: dict[int, Layer] = {0: convolution, 2: pool, 3: blur}
"""What ``<n>Type`` means."""
ACTIVATIONS: dict[int, Layer] = {1: rectified, 4: sloped}
"""What ``<n>Act`` means."""


def chosen(table: dict[int, Layer], code: int, what: str) -> Layer:
    """The entry of a table. Raises ``CannotConvert``."""
    if code not in table:
        raise CannotConvert(f"{what} is of the unknown kind {code}.")
    return table[code]
