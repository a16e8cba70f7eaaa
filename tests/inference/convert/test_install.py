"""A converted model in the folder of models: only when it works."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import retinaface_weights
import vxm_writer
from torch_writer import zipped

from inference.convert.install import install
from inference.errors import CannotConvert, WeightsDamaged
from inference.look import look
from inference.model import Model, Weights
from inference.models.retinaface import RETINAFACE
from inference.session import open_session
from inference.weights import is_here

ROW = Weights(name="own", file="own.onnx", sha256="0" * 64, size=1, licence="MIT", url="there", longest=320)
OWN = Model(RETINAFACE, ROW)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file with weights for RetinaFace."""
    file = tmp_path / "weights.pth"
    file.write_bytes(zipped(retinaface_weights.mobilenet()))
    return file


def test_the_row_says_what_the_file_is(source: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "models"
    row = install(source, OWN, folder)
    content = (folder / "own.onnx").read_bytes()
    assert row == replace(ROW, sha256=hashlib.sha256(content).hexdigest(), size=len(content), url="")
    assert [path.name for path in folder.iterdir()] == ["own.onnx"]


def test_the_model_can_be_used(source: Path, tmp_path: Path) -> None:
    model = replace(OWN, weights=replace(install(source, OWN, tmp_path), threshold=0.0))
    assert is_here(model, tmp_path)
    picture = np.zeros((64, 96, 3), np.uint8)
    (found,) = look(model, open_session(tmp_path / "own.onnx").run, [picture])
    assert isinstance(found, tuple)
    assert found
    assert len(found[0].landmarks) == 5


def test_what_was_there_stays_when_the_new_model_does_not_work(tmp_path: Path) -> None:
    wrong = tmp_path / "fastgaze.vxm"
    wrong.write_bytes(vxm_writer.file(vxm_writer.network(vxm_writer.small())))
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "own.onnx").write_bytes(b"before")
    with pytest.raises(WeightsDamaged, match="no RetinaFace"):
        install(wrong, replace(OWN, architecture=replace(RETINAFACE, name="gaze")), folder)
    with pytest.raises(CannotConvert):
        install(wrong, OWN, folder)
    assert [(path.name, path.read_bytes()) for path in folder.iterdir()] == [("own.onnx", b"before")]
