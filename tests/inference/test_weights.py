"""Files of weights: found, chosen, checked, pulled, added."""

import hashlib
import json
import multiprocessing
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import range_server

from inference import own, weights
from inference.errors import ModelMissing, ModelUnknown, RowRefused, WeightsDamaged
from inference.model import Model
from inference.models import MODELS, PREFERRED, find, known

BODY = bytes(range(256)) * 4000
YUNET, U2NETP = MODELS["yunet-n"], MODELS["u2netp"]


def model_of(body: bytes, url: str = "", file: str = "tiny.onnx") -> Model:
    """YuNet with other weights."""
    digest = hashlib.sha256(body).hexdigest()
    return replace(YUNET, weights=replace(YUNET.weights, file=file, sha256=digest, size=len(body), url=url))


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[range_server.Mirror]:
    """A server of one file, ``tiny.onnx``."""
    served = tmp_path / "served"
    served.mkdir()
    (served / "tiny.onnx").write_bytes(BODY)
    with range_server.serving(served) as mirror:
        yield mirror


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


def put(folder: Path, *names: str) -> None:
    """Files as long as the real ones."""
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / MODELS[name].weights.file).write_bytes(b"\0" * MODELS[name].weights.size)


class TestWhichAndWhere:
    def test_a_file_lies_in_the_folder(self, folder: Path) -> None:
        assert weights.path_of(YUNET, folder) == folder / "yunet-n.onnx"

    def test_a_file_is_here_when_it_is_as_long_as_it_should_be(self, folder: Path) -> None:
        put(folder, "yunet-n")
        (folder / U2NETP.weights.file).write_bytes(b"half")
        assert weights.is_here(YUNET, folder)
        assert not weights.is_here(U2NETP, folder)

    def test_the_first_preferred_that_is_here_is_chosen(self, tmp_path: Path) -> None:
        put(tmp_path / "one", "yunet-n")
        put(tmp_path / "both", "yunet-n", "retinaface-mobilenet0.25")
        assert weights.choose("faces", tmp_path / "one").name == "yunet-n"
        assert weights.choose("faces", tmp_path / "both").name == "retinaface-mobilenet0.25"

    @pytest.mark.parametrize("task", list(PREFERRED))
    def test_where_nothing_is_here_the_first_preferred_is_chosen(self, task: str, folder: Path) -> None:
        assert weights.choose(task, folder).name == PREFERRED[task][0]  # type: ignore[arg-type, index]

    def test_any_other_model_is_better_than_none(self, folder: Path) -> None:
        put(folder, "isnet-general-use")
        assert weights.choose("mask", folder).name == "isnet-general-use"

    def test_the_one_that_is_wanted_is_chosen_even_where_it_is_missing(self, folder: Path) -> None:
        put(folder, "retinaface-mobilenet0.25")
        assert weights.choose("faces", folder, "yunet-n").name == "yunet-n"

    def test_a_name_of_another_task_or_of_none_is_refused(self, folder: Path) -> None:
        with pytest.raises(ModelUnknown, match="u2netp is for mask, not for faces"):
            weights.choose("faces", folder, "u2netp")
        with pytest.raises(ModelUnknown, match="there is no model named nobody"):
            weights.choose("faces", folder, "nobody")


class TestVerify:
    def test_a_right_file_passes(self, folder: Path) -> None:
        folder.mkdir()
        (folder / "tiny.onnx").write_bytes(BODY)
        weights.verify(model_of(BODY), folder)

    def test_a_wrong_file_is_damaged(self, folder: Path) -> None:
        folder.mkdir()
        (folder / "tiny.onnx").write_bytes(BODY[:-1] + b"!")
        with pytest.raises(WeightsDamaged, match="not what its checksum says"):
            weights.verify(model_of(BODY), folder)

    def test_an_absent_file_is_missing(self, folder: Path) -> None:
        with pytest.raises(ModelMissing):
            weights.verify(YUNET, folder)

    def test_md5_is_checked_where_nothing_better_is_known(self, folder: Path) -> None:
        folder.mkdir()
        (folder / "tiny.onnx").write_bytes(BODY)
        model = model_of(BODY)
        digest = hashlib.md5(BODY, usedforsecurity=False).hexdigest()
        weights.verify(replace(model, weights=replace(model.weights, sha256="", md5=digest)), folder)
        with pytest.raises(WeightsDamaged):
            weights.verify(replace(model, weights=replace(model.weights, sha256="", md5="0" * 32)), folder)

    def test_the_shared_files_are_what_the_rows_say(self, shared: Path) -> None:
        here = [model for model in MODELS.values() if weights.is_here(model, shared / "models")]
        assert {model.task for model in here} == set(PREFERRED)
        assert [model.name for model in here] == [model.name for model in MODELS.values() if model.weights.tried]
        for model in here:
            weights.verify(model, shared / "models")


class TestPull:
    def test_from_its_address(self, mirror: range_server.Mirror, folder: Path) -> None:
        path = weights.pull(model_of(BODY, f"{mirror.url}/tiny.onnx"), folder, progress=False)
        assert path.read_bytes() == BODY
        assert path.stat().st_mode & 0o044
        assert weights.is_here(model_of(BODY), folder)

    def test_from_a_mirror_by_the_name_of_the_file(self, mirror: range_server.Mirror, folder: Path) -> None:
        weights.pull(model_of(BODY, "http://127.0.0.1:9/other.onnx"), folder, f"{mirror.url}/", progress=False)
        assert [path for path, _ in mirror.asked] == ["/tiny.onnx"]
        assert (folder / "tiny.onnx").read_bytes() == BODY

    def test_from_a_directory(self, shared: Path, folder: Path) -> None:
        weights.pull(YUNET, folder, str(shared / "models"), progress=False)
        weights.verify(YUNET, folder)

    def test_what_is_here_is_not_asked_for_again(self, mirror: range_server.Mirror, folder: Path) -> None:
        for _ in range(2):
            weights.pull(model_of(BODY), folder, mirror.url, progress=False)
        assert len(mirror.asked) == 1

    def test_an_interrupted_download_goes_on_where_it_stopped(self, mirror: range_server.Mirror, folder: Path) -> None:
        mirror.break_after = 600_000
        with pytest.raises(ModelMissing, match="did not come from"):
            weights.pull(model_of(BODY), folder, mirror.url, progress=False)
        assert not (folder / "tiny.onnx").exists()
        weights.pull(model_of(BODY), folder, mirror.url, progress=False)
        assert (folder / "tiny.onnx").read_bytes() == BODY
        start = int(mirror.asked[1][1].removeprefix("bytes=").removesuffix("-"))
        assert 0 < start <= 600_000

    def test_a_server_without_ranges_sends_all_of_it_again(self, mirror: range_server.Mirror, folder: Path) -> None:
        mirror.break_after, mirror.takes_ranges = 600_000, False
        with pytest.raises(ModelMissing):
            weights.pull(model_of(BODY), folder, mirror.url, progress=False)
        weights.pull(model_of(BODY), folder, mirror.url, progress=False)
        assert (folder / "tiny.onnx").read_bytes() == BODY

    def test_all_of_it_came_before_but_was_not_put_in_place(self, mirror: range_server.Mirror, folder: Path) -> None:
        folder.mkdir()
        (folder / ".tiny.onnx.part").write_bytes(BODY)
        weights.pull(model_of(BODY), folder, mirror.url, progress=False)
        assert (folder / "tiny.onnx").read_bytes() == BODY

    def test_something_else_never_takes_its_place(self, mirror: range_server.Mirror, folder: Path) -> None:
        wanted = model_of(b"something else")
        for _ in range(2):
            with pytest.raises(WeightsDamaged, match="its checksum differs"):
                weights.pull(wanted, folder, mirror.url, progress=False)
            assert [path.name for path in folder.iterdir()] == [".lock"]

    def test_a_damaged_file_is_replaced(self, mirror: range_server.Mirror, folder: Path) -> None:
        folder.mkdir()
        (folder / "tiny.onnx").write_bytes(b"damaged")
        weights.pull(model_of(BODY), folder, mirror.url, progress=False)
        assert (folder / "tiny.onnx").read_bytes() == BODY

    def test_what_is_not_there_is_missing(self, mirror: range_server.Mirror, folder: Path) -> None:
        with pytest.raises(ModelMissing, match="404"):
            weights.pull(model_of(BODY, file="other.onnx"), folder, mirror.url, progress=False)

    def test_what_has_no_address_says_what_to_do(self, folder: Path, tmp_path: Path) -> None:
        for mirror in ("", str(tmp_path)):
            with pytest.raises(ModelMissing, match="no public address"):
                weights.pull(model_of(BODY), folder, mirror, progress=False)

    def test_a_bar_is_drawn(
        self, mirror: range_server.Mirror, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        weights.pull(model_of(BODY), folder, mirror.url)
        assert "tiny.onnx: 100%" in capsys.readouterr().err

    def test_two_processes_pull_one_file_once(self, mirror: range_server.Mirror, folder: Path) -> None:
        context = multiprocessing.get_context("spawn")
        arguments = (model_of(BODY).weights, folder, mirror.url)
        both = [context.Process(target=pulled, args=arguments) for _ in range(2)]
        for process in both:
            process.start()
        for process in both:
            process.join(60)
        assert [process.exitcode for process in both] == [0, 0]
        assert len(mirror.asked) == 1
        assert (folder / "tiny.onnx").read_bytes() == BODY


def pulled(row: weights.Weights, folder: Path, mirror: str) -> None:
    weights.pull(replace(YUNET, weights=row), folder, mirror, progress=False)


class TestSmall:
    def test_from_where_files_are_public(self) -> None:
        names = [model.name for model in weights.small()]
        assert names == ["yunet-n", "retinaface-mobilenetv1-0.25", "u2netp-rembg", "yolox-nano"]
        assert all(MODELS[name].weights.url for name in names)

    def test_from_a_directory_what_it_has(self, shared: Path) -> None:
        names = [model.name for model in weights.small(str(shared / "models"))]
        assert names == ["yunet-n", "retinaface-mobilenet0.25", "u2netp", "yolox-nano", "fastgaze"]

    def test_they_are_small(self, shared: Path) -> None:
        assert sum(model.weights.size for model in weights.small(str(shared / "models"))) < 16e6


class TestAdd:
    def test_a_known_file_is_recognised_under_any_name(self, shared: Path, folder: Path, tmp_path: Path) -> None:
        file = tmp_path / "downloaded (1).onnx"
        file.write_bytes((shared / "models" / "yunet-n.onnx").read_bytes())
        assert weights.add(file, folder).name == "yunet-n"
        weights.verify(YUNET, folder)

    def test_an_unknown_file_needs_a_row(self, folder: Path, tmp_path: Path) -> None:
        file = tmp_path / "mine.onnx"
        file.write_bytes(BODY)
        with pytest.raises(ModelUnknown, match="say its name and architecture"):
            weights.add(file, folder)
        assert not list(folder.glob("*.onnx"))

    def test_with_a_row_it_is_a_model(self, folder: Path, tmp_path: Path) -> None:
        file = tmp_path / "mine.onnx"
        file.write_bytes(BODY)
        row = {"name": "birds", "architecture": "yolox", "labels": ["wren", "tit"], "longest": 320, "threshold": 0.4}
        added = weights.add(file, folder, row)
        found = weights.choose("objects", folder, "birds")
        assert found == added
        assert found.weights.labels == ("wren", "tit")
        assert (found.weights.longest, found.weights.threshold, found.weights.size) == (320, 0.4, len(BODY))
        weights.verify(found, folder)

    def test_added_again_it_takes_the_place_of_the_first(self, folder: Path, tmp_path: Path) -> None:
        file = tmp_path / "mine.onnx"
        row = {"name": "mine", "architecture": "u2net"}
        for body in (b"first", b"second"):
            file.write_bytes(body)
            weights.add(file, folder, row)
        assert weights.path_of(find("mine", folder), folder).read_bytes() == b"second"
        assert len(json.loads((folder / own.FILE).read_text())) == 1
        weights.verify(find("mine", folder), folder)

    def test_a_row_that_cannot_be_leaves_nothing_behind(self, folder: Path, tmp_path: Path) -> None:
        file = tmp_path / "mine.onnx"
        file.write_bytes(BODY)
        for row in ({"name": "mine", "architecture": "resnet"}, {"name": "../mine", "architecture": "yunet"}):
            with pytest.raises(RowRefused):
                weights.add(file, folder, row)
        assert not list(folder.iterdir())

    def test_a_file_that_is_not_there(self, folder: Path, tmp_path: Path) -> None:
        with pytest.raises(ModelMissing, match="there is no file"):
            weights.add(tmp_path / "nothing.onnx", folder)

    def test_a_model_that_is_known_by_md5_can_be_kept(self, folder: Path) -> None:
        folder.mkdir()
        model = MODELS["isnet-general-use"]
        weights.keep(replace(model, weights=replace(model.weights, longest=512)), folder)
        assert find(model.name, folder).weights == replace(model.weights, longest=512)

    def test_a_model_of_ours_can_be_kept_with_other_settings(self, folder: Path) -> None:
        folder.mkdir()
        weights.keep(replace(YUNET, weights=replace(YUNET.weights, longest=320, threshold=0.8)), folder)
        changed = find("yunet-n", folder)
        assert (changed.weights.longest, changed.weights.threshold) == (320, 0.8)
        assert changed.weights.sha256 == YUNET.weights.sha256
        assert changed.identity != YUNET.identity
        assert set(known(folder)) == set(MODELS)
