"""Architectures whose weights cannot be had here, with tiny networks that have the same inputs and outputs."""

from dataclasses import replace
from pathlib import Path

import networks
import numpy as np
import pytest

from inference.errors import WeightsDamaged
from inference.look import look
from inference.model import Model, Weights
from inference.models import MODELS
from inference.models.birefnet import BIREFNET
from inference.models.isnet import ISNET
from inference.models.u2net import U2NET
from inference.results import Mask, Picture, Result
from inference.session import open_session

SIDE = 64


def one(model: Model, path: Path, picture: Picture) -> Result:
    return look(model, open_session(path).run, [picture])[0]


def with_white(width: int, height: int, left: int, top: int, side: int) -> Picture:
    """Black, with a white square."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[top : top + side, left : left + side] = 255
    return picture


@pytest.mark.parametrize("order", [("loc", "conf", "landms"), ("landms", "loc", "conf"), ("conf", "landms", "loc")])
@pytest.mark.parametrize("body", ["retinaface-resnet18", "retinaface-resnet34", "retinaface-mobilenetv2"])
def test_retinaface_with_any_body_finds_the_square(body: str, order: tuple[str, ...], tmp_path: Path) -> None:
    """The priors of stride 16 whose cells lie in the square say face: a box of 64 around each, doubles taken away."""
    weights = replace(MODELS[body].weights, longest=320, further=())
    path = networks.retinaface(tmp_path / "tiny.onnx", order)
    found = one(Model(MODELS[body].architecture, weights), path, with_white(320, 200, 160, 96, 16))
    assert isinstance(found, tuple)
    assert [(face.left, face.top, face.right, face.bottom) for face in found] == [(136, 72, 200, 136)]
    assert found[0].score > 0.99
    assert found[0].landmarks == ((168.0, 104.0),) * 5


def test_retinaface_merges_two_looks(tmp_path: Path) -> None:
    """At twice the size the same prior stands for a box of half the size: they do not confirm each other."""
    weights = replace(MODELS["retinaface-resnet34"].weights, longest=320, further=(640,))
    path = networks.retinaface(tmp_path / "tiny.onnx")
    assert (
        one(Model(MODELS["retinaface-resnet34"].architecture, weights), path, with_white(320, 200, 160, 96, 16)) == ()
    )


@pytest.mark.parametrize(
    ("model", "stages", "logits"),
    [(U2NET, 6, False), (ISNET, 11, False), (BIREFNET, 0, True)],
    ids=["u2net", "isnet", "birefnet"],
)
@pytest.mark.parametrize("batch", [1, "batch"])
def test_the_mask_is_where_the_network_says(
    model: object, stages: int, logits: bool, batch: int | str, tmp_path: Path
) -> None:
    path = networks.mask(tmp_path / "tiny.onnx", SIDE, stages=stages, logits=logits, batch=batch)
    weights = Weights(name="tiny", file="", sha256="", size=0, licence="", longest=SIDE)
    pictures = [with_white(128, 96, 0, 0, 48), with_white(96, 128, 48, 64, 48)]
    whole = look(Model(model, weights), open_session(path).run, pictures)  # type: ignore[arg-type]
    assert [mask.values.shape for mask in whole if isinstance(mask, Mask)] == [(SIDE, SIDE)] * 2
    first, second = (mask.values for mask in whole if isinstance(mask, Mask))
    assert first[4:28, 4:20].min() > 250
    assert first[36:, 30:].max() < 5
    assert second[36:52, 36:].min() > 250
    assert second[:28, :28].max() < 5


def test_weights_of_another_architecture_are_told_from_it(tmp_path: Path) -> None:
    path = networks.mask(tmp_path / "tiny.onnx", SIDE, batch="batch")
    row = replace(MODELS["retinaface-resnet18"].weights, longest=SIDE, further=())
    with pytest.raises(WeightsDamaged, match="no RetinaFace"):
        one(Model(MODELS["retinaface-resnet18"].architecture, row), path, np.zeros((SIDE, SIDE, 3), np.uint8))


def test_a_file_that_is_no_network_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "tiny.onnx"
    path.write_bytes(b"no network")
    with pytest.raises(WeightsDamaged, match=r"tiny\.onnx is no network"):
        open_session(path)
