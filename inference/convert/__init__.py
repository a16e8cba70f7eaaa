"""Models from files of weights that are published in another form than ONNX.

Nothing here needs the framework that wrote the file. Only ``onnx_file`` imports ``onnx`` (the extra ``convert``), so
that everything else can be imported where it is absent.
"""

from collections.abc import Callable
from pathlib import Path

from inference.convert import gaze, retinaface, torch_file, vxm
from inference.convert.graph import Graph
from inference.errors import CannotConvert

CONVERSIONS: dict[str, Callable[[Path], Graph]] = {
    "retinaface": lambda source: retinaface.graph(torch_file.read(source)),
    "gaze": lambda source: gaze.graph(vxm.read(source)),
}
"""Architecture → how its graph is made of a published file."""


def convert(source: Path, architecture: str, target: Path) -> None:
    """Make the ONNX file ``target`` of the weights in ``source``; the same source gives the same bytes.

    ``retinaface`` takes the state dict of Pytorch_Retinaface (``.pth``; MobileNet or ResNet body), ``gaze`` takes
    ``fastgaze.vxm`` of image-crop-analysis. Raises ``CannotConvert`` and leaves nothing behind at ``target``.
    """
    build = CONVERSIONS.get(architecture)
    if build is None:
        raise CannotConvert(f"There is no conversion to {architecture!r}, only to {' and '.join(CONVERSIONS)}.")
    try:
        graph = build(source)
    except OSError as fault:
        raise CannotConvert(f"{source} cannot be read: {fault.strerror}.") from fault
    write(graph, target)


def write(graph: Graph, target: Path) -> None:
    """Write an ONNX file. Raises ``CannotConvert``, also where ``onnx`` is not installed."""
    try:
        from inference.convert import onnx_file
    except ImportError:
        raise CannotConvert("Conversion needs the Python package onnx: pip install 'onnx>=1.18'.") from None
    onnx_file.write(graph, target)
