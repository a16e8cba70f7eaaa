"""RetinaFace from its state dict: the converted model computes what the network is."""

from pathlib import Path
from typing import Any

import forward
import numpy as np
import onnx
import pytest
import retinaface_weights
from numpy.typing import NDArray
from onnx import numpy_helper
from retinaface_weights import Weights
from torch_writer import identity, legacy, zipped

from inference.convert import convert
from inference.errors import CannotConvert
from inference.session import Tuning, open_session

BLOCKS = (2, 1, 2, 1)
SIZES = [(1, 96, 64), (2, 75, 131), (1, 33, 47)]


def converted(weights: Weights, folder: Path, form: Any = zipped) -> Path:
    source, target = folder / "weights.pth", folder / "model.onnx"
    source.write_bytes(form(weights))
    convert(source, "retinaface", target)
    return target


def outputs(model: Path, picture: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    return open_session(model, Tuning(threads=1)).run(picture)


def noise(count: int, height: int, width: int, scale: float = 1) -> NDArray[np.float32]:
    return (np.random.default_rng(5).standard_normal((count, 3, height, width)) * scale).astype(np.float32)


def assert_close(got: dict[str, NDArray[Any]], wanted: dict[str, NDArray[Any]]) -> None:
    assert list(got) == ["loc", "conf", "landms"]
    for name, values in wanted.items():
        assert values.std() > 0.01, "numbers that hardly differ would say nothing"
        np.testing.assert_allclose(got[name], values, rtol=0, atol=2e-5 * max(1, abs(values).max()))


@pytest.mark.parametrize("size", SIZES)
def test_mobilenet_computes_what_the_papers_say(size: tuple[int, int, int], tmp_path: Path) -> None:
    weights, picture = retinaface_weights.mobilenet(), noise(*size)
    wanted = forward.retinaface(weights, forward.mobilenet(weights, picture.astype(float)), slope=0.1)
    assert_close(outputs(converted(weights, tmp_path), picture), wanted)


@pytest.mark.parametrize(("size", "out", "slope"), [(SIZES[0], 96, 0), (SIZES[1], 96, 0), (SIZES[2], 64, 0.1)])
def test_resnet_computes_what_the_papers_say(
    size: tuple[int, int, int], out: int, slope: float, tmp_path: Path
) -> None:
    weights, picture = retinaface_weights.resnet(BLOCKS, out), noise(*size)
    wanted = forward.retinaface(weights, forward.resnet(weights, picture.astype(float), BLOCKS), slope)
    assert_close(outputs(converted(weights, tmp_path), picture), wanted)


def published(model: Path) -> Weights:
    """The state dict that a folded network could have come from: its convolutions, each with a norm without effect."""
    graph = onnx.load(model).graph
    values = {constant.name: numpy_helper.to_array(constant) for constant in graph.initializer}
    weights: Weights = {}
    for node in (node for node in graph.node if node.op_type == "Conv"):
        first, *_, last = node.output[0].strip("/").removesuffix("/Conv_output_0").split("/")
        stage = f"{first}.{last}"
        weights[f"{stage}.weight"], bias = (values[name] for name in node.input[1:3])
        if "Head" in first:
            weights[f"{stage}.bias"] = bias
            continue
        name, _, index = stage.rpartition(".")
        norm = identity(len(bias)) | {"bias": bias}
        weights |= {f"{name}.{int(index) + 1}.{part}": value for part, value in norm.items()}
    return weights


@pytest.mark.parametrize("form", [zipped, legacy])
def test_real_weights_give_what_the_real_model_gives(form: Any, shared: Path, tmp_path: Path) -> None:
    real = shared / "models" / "retinaface-mobilenet0.25.onnx"
    picture = noise(2, 160, 224, scale=60)
    assert_close(outputs(converted(published(real), tmp_path, form), picture), outputs(real, picture))


def test_any_batch_height_and_width(tmp_path: Path) -> None:
    model = converted(retinaface_weights.mobilenet(), tmp_path)
    shapes = [[size.dim_param or size.dim_value for size in value.type.tensor_type.shape.dim]
              for value in (*onnx.load(model).graph.input, *onnx.load(model).graph.output)]  # fmt: skip
    boxes = [["batch", "priors", count] for count in (4, 2, 10)]
    assert shapes == [["batch", 3, "height", "width"], *boxes]
    picture = noise(3, 64, 96)
    together = outputs(model, picture)
    assert together["loc"].shape == (3, 2 * (8 * 12 + 4 * 6 + 2 * 3), 4)
    for index in range(3):
        alone = outputs(model, picture[index : index + 1])
        for name, values in together.items():
            np.testing.assert_allclose(alone[name][0], values[index], atol=1e-5)


def without(weights: Weights, name: str) -> Weights:
    return {key: value for key, value in weights.items() if key != name}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("body.stage2.3.4.running_var", None, "no weights body.stage2.3.4.running_var: it is of another network"),
        ("ssh2.conv3X3.0.weight", np.ones((8, 9, 3, 3), "f4"), r"shape \(8, 9, 3, 3\), not \[any, 16, k, k\]"),
        ("fpn.merge1.1.bias", np.ones(15, "f4"), r"fpn.merge1.1.bias has the shape \(15,\), not \[16\]"),
        ("BboxHead.0.conv1x1.weight", np.ones((12, 16, 1, 1), "f4"), r"bias has the shape \(8,\), not \[12\]"),
        ("fpn.output1.1.running_var", np.full(16, -1, "f4"), "running_var is negative"),
        ("fpn.output1.1.weight", np.full(16, np.nan, "f4"), "no numbers"),
        ("body.stage1.6.0.weight", np.ones((16, 1, 3, 3), "f4"), "no place for: body.stage1.6.0.weight"),
        ("fpn.output1.0.weight", np.ones((0, 16, 1, 1), "f4"), "has the shape"),
        ("body.stage1.0.0.weight", np.ones((2, 3, 2, 2), "f4"), "has the shape"),
        ("fpn.output2.0.weight", np.ones((16, 32, 1), "f4"), "has the shape"),
    ],
)
def test_weights_of_another_network_are_refused(name: str, value: Any, said: str, tmp_path: Path) -> None:
    weights = retinaface_weights.mobilenet()
    changed = without(weights, name) if value is None else weights | {name: value}
    with pytest.raises(CannotConvert, match=said):
        converted(changed, tmp_path)
    assert not (tmp_path / "model.onnx").exists()


def test_a_head_for_other_boxes_is_refused(tmp_path: Path) -> None:
    three = {"ClassHead.1.conv1x1.weight": np.ones((6, 16, 1, 1), "f4"), "ClassHead.1.conv1x1.bias": np.ones(6, "f4")}
    with pytest.raises(CannotConvert, match=r"ClassHead\.1\.conv1x1 has 6 channels, not 4"):
        converted(retinaface_weights.mobilenet() | three, tmp_path)
