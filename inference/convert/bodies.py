"""The bodies of RetinaFace: from the picture to features of strides 8, 16 and 32, by names as PyTorch gives them."""

from inference.convert.network import Feature, Network

Levels = tuple[Feature, Feature, Feature]
SLOPE = 0.1
MOBILENET = {"stage1": (2, 1, 2, 1, 2, 1), "stage2": (2, 1, 1, 1, 1, 1), "stage3": (2, 1)}
"""Stage → strides of its blocks, MobileNet (Howard et al., 2017, table 1) without its end."""
RESNET = {"layer1": 1, "layer2": 2, "layer3": 2, "layer4": 2}
"""Layer → stride of its first block, ResNet (He et al., 2015, table 1); its length is what the file has."""


def body(network: Network, picture: Feature) -> Levels:
    """The body that the file has."""
    return resnet(network, picture) if "body.conv1.weight" in network.state else mobilenet(network, picture)


def mobilenet(network: Network, picture: Feature) -> Levels:
    """MobileNet v1 of any width; all ends of its three stages."""
    x, ends = picture, []
    for stage, strides in MOBILENET.items():
        for index, stride in enumerate(strides):
            block = f"body.{stage}.{index}"
            x = first(network, x, block, stride) if x is picture else separable(network, x, block, stride)
        ends.append(x)
    return ends[0], ends[1], ends[2]


def first(network: Network, x: Feature, block: str, stride: int) -> Feature:
    """A whole convolution over the picture."""
    return network.leaky(network.conv(x, f"{block}.0", f"{block}.1", stride=stride), SLOPE)


def separable(network: Network, x: Feature, block: str, stride: int) -> Feature:
    """A convolution of each channel by itself, then one across the channels of each pixel."""
    x = network.leaky(network.conv(x, f"{block}.0", f"{block}.1", stride=stride, groups=x.channels), SLOPE)
    return network.leaky(network.conv(x, f"{block}.3", f"{block}.4"), SLOPE)


def resnet(network: Network, picture: Feature) -> Levels:
    """ResNet of bottlenecks (50 and deeper); the ends of its last three layers."""
    x = network.leaky(network.conv(picture, "body.conv1", "body.bn1", stride=2), 0)
    pooled = network.graph.add("MaxPool", x.name, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    x, ends = Feature(pooled, x.channels), []
    for layer, stride in RESNET.items():
        x = bottleneck(network, x, f"body.{layer}.0", stride)
        index = 1
        while f"body.{layer}.{index}.conv1.weight" in network.state:
            x = bottleneck(network, x, f"body.{layer}.{index}", 1)
            index += 1
        ends.append(x)
    return ends[1], ends[2], ends[3]


def bottleneck(network: Network, x: Feature, block: str, stride: int) -> Feature:
    """Narrow, convolve, widen, and add what came in. The stride is in the middle, as torchvision has it."""
    inner = network.leaky(network.conv(x, f"{block}.conv1", f"{block}.bn1"), 0)
    inner = network.leaky(network.conv(inner, f"{block}.conv2", f"{block}.bn2", stride=stride), 0)
    inner = network.conv(inner, f"{block}.conv3", f"{block}.bn3")
    if f"{block}.downsample.0.weight" in network.state:
        x = network.conv(x, f"{block}.downsample.0", f"{block}.downsample.1", stride=stride)
    return network.leaky(network.add(inner, x), 0)
