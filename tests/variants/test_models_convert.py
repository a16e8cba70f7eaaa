"""manage.py models convert: from a published file to a model that is used."""

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
import retinaface_weights
import vxm_writer
from django.core.management import CommandError, call_command
from torch_writer import zipped

from inference import weights
from inference.models import find


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """Where models are kept."""
    settings.MODELS_DIR = tmp_path / "models"
    return tmp_path / "models"


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    """A file with weights for RetinaFace."""
    file = tmp_path / "weights.pth"
    file.write_bytes(zipped(retinaface_weights.mobilenet()))
    return file


@pytest.fixture
def gaze(tmp_path: Path) -> Path:
    """Parameters of a gaze network whose cells have 16 x 16 pixels."""
    file = tmp_path / "fastgaze.vxm"
    file.write_bytes(vxm_writer.file(vxm_writer.network(vxm_writer.small(pools=4))))
    return file


def convert(file: Path, name: str, *more: str) -> str:
    said = io.StringIO()
    call_command("models", "convert", str(file), "--as", name, *more, stdout=said)
    return said.getvalue()


@pytest.mark.parametrize(("source", "name"), [("faces", "retinaface-mobilenet0.25"), ("gaze", "fastgaze")])
def test_a_known_model_is_made_and_used(source: str, name: str, folder: Path, request: pytest.FixtureRequest) -> None:
    said = convert(request.getfixturevalue(source), name)
    model = find(name, folder)
    assert weights.choose(model.task, folder) == model
    weights.verify(model, folder)
    assert model.weights.sha256 == hashlib.sha256((folder / f"{name}.onnx").read_bytes()).hexdigest()
    assert f"{name}, for {model.task}; sha256 {model.weights.sha256}" in said


def test_a_model_under_a_name_of_ones_own(faces: Path, folder: Path) -> None:
    convert(faces, "mine", "--architecture", "retinaface")
    weights.verify(find("mine", folder), folder)
    assert find("retinaface-mobilenet0.25", folder).weights.size != (folder / "mine.onnx").stat().st_size


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("mine", (), "no model named mine"),
        ("fastgaze", (), "weights.pth is not a .vxm file"),
        ("yolox-nano", (), "no conversion to 'yolox'"),
        ("my model", ("--architecture", "retinaface"), "name cannot be 'my model'"),
        ("../mine", ("--architecture", "retinaface"), "name cannot be"),
    ],
)
def test_a_mistake_is_a_sentence_and_leaves_nothing(
    name: str, more: tuple[str, ...], said: str, faces: Path, folder: Path
) -> None:
    with pytest.raises(CommandError, match=said):
        convert(faces, name, *more)
    assert not folder.exists() or not list(folder.iterdir())
    assert sorted(path.name for path in faces.parent.glob("*.onnx")) == []
