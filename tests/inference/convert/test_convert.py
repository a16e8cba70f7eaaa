"""Conversion as a whole: what it writes, what it refuses, and what it does where ``onnx`` is absent."""

import subprocess
import sys
from pathlib import Path

import onnx
import pytest
import retinaface_weights
import vxm_writer
from torch_writer import zipped

from inference.convert import CONVERSIONS, convert
from inference.errors import CannotConvert

WITHOUT_ONNX = """
import sys
sys.modules["onnx"] = None
from pathlib import Path
from inference.convert import convert
from inference.errors import CannotConvert
try:
    convert(Path(sys.argv[1]), "gaze", Path(sys.argv[2]))
except CannotConvert as fault:
    print(fault)
"""


@pytest.fixture
def parameters(tmp_path: Path) -> Path:
    """A small gaze network's file."""
    file = tmp_path / "small.vxm"
    file.write_bytes(vxm_writer.file(vxm_writer.network(vxm_writer.small())))
    return file


def test_the_same_source_gives_the_same_bytes(parameters: Path, tmp_path: Path) -> None:
    state = tmp_path / "weights.pth"
    state.write_bytes(zipped(retinaface_weights.mobilenet()))
    for architecture, source in {"gaze": parameters, "retinaface": state}.items():
        one, other = tmp_path / "one.onnx", tmp_path / "other.onnx"
        convert(source, architecture, one)
        convert(source, architecture, other)
        assert one.read_bytes() == other.read_bytes()


def test_what_is_written_is_plain_onnx(parameters: Path, tmp_path: Path) -> None:
    target = tmp_path / "model.onnx"
    convert(parameters, "gaze", target)
    model = onnx.load(target)
    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", 17)]
    assert {node.domain for node in model.graph.node} == {""}
    assert target.stat().st_mode & 0o777 == 0o644


def test_an_unknown_architecture_is_named_with_the_known_ones(parameters: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotConvert, match="no conversion to 'yolox', only to retinaface and gaze"):
        convert(parameters, "yolox", tmp_path / "model.onnx")
    assert set(CONVERSIONS) == {"retinaface", "gaze"}


@pytest.mark.parametrize("architecture", CONVERSIONS)
def test_a_file_that_is_not_there(architecture: str, tmp_path: Path) -> None:
    with pytest.raises(CannotConvert, match="cannot be read: No such file"):
        convert(tmp_path / "absent", architecture, tmp_path / "model.onnx")
    with pytest.raises(CannotConvert, match="cannot be read: Is a directory"):
        convert(tmp_path, architecture, tmp_path / "model.onnx")


def test_a_target_that_cannot_be_written(parameters: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotConvert, match="cannot be written: No such file"):
        convert(parameters, "gaze", tmp_path / "absent" / "model.onnx")
    (tmp_path / "folder.onnx").mkdir()
    with pytest.raises(CannotConvert, match="cannot be written"):
        convert(parameters, "gaze", tmp_path / "folder.onnx")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.onnx", "small.vxm"]


def test_without_onnx_it_says_what_to_install(parameters: Path, tmp_path: Path) -> None:
    target = tmp_path / "model.onnx"
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT_ONNX, parameters, target], capture_output=True, text=True, timeout=60
    )
    assert "pip install 'onnx" in run.stdout, run.stderr
    assert not target.exists()
