"""Rows of the operator's: what is read, and what is refused with a sentence."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from inference import own
from inference.errors import ModelUnknown, RowRefused
from inference.models import MODELS, find, known

ROW = {"name": "mine", "architecture": "yunet", "file": "mine.onnx", "sha256": "0" * 64}


def written(folder: Path, *rows: Any) -> Path:
    (folder / own.FILE).write_text(json.dumps(list(rows)))
    return folder


def test_without_a_file_there_are_ours_alone(tmp_path: Path) -> None:
    assert known(tmp_path) == MODELS
    assert known(tmp_path / "absent") == MODELS


def test_a_row_becomes_a_model(tmp_path: Path) -> None:
    more = {"licence": "MIT", "longest": 320, "further": [640], "threshold": 0.7, "overlap": 0.2, "labels": ["a", "b"]}
    model = find("mine", written(tmp_path, ROW | more))
    assert model.architecture is MODELS["yunet-n"].architecture
    kept = model.weights
    assert (kept.longest, kept.further, kept.threshold, kept.overlap) == (320, (640,), 0.7, 0.2)
    assert (kept.licence, kept.labels) == ("MIT", ("a", "b"))


def test_a_row_may_take_the_place_of_one_of_ours(tmp_path: Path) -> None:
    folder = written(tmp_path, ROW | {"name": "yunet-n", "longest": 1024})
    assert find("yunet-n", folder).weights.longest == 1024
    assert list(known(folder)) == list(MODELS)


def test_a_change_of_the_file_is_seen(tmp_path: Path) -> None:
    find("mine", written(tmp_path, ROW))
    written(tmp_path, ROW | {"name": "other"})
    os.utime(tmp_path / own.FILE, ns=(1, 1))
    assert find("other", tmp_path)
    with pytest.raises(ModelUnknown):
        find("mine", tmp_path)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": "a b"}, "name cannot be 'a b'"),
        ({"name": ""}, "name cannot be ''"),
        ({"name": 7}, "name is text"),
        ({"file": "../mine.onnx"}, "file cannot be"),
        ({"file": "/etc/passwd"}, "file cannot be"),
        ({"file": ".hidden"}, "file cannot be"),
        ({"sha256": "12"}, "sha256 cannot be"),
        ({"longest": 0}, "a side is a number from 32 to 2048, not 0"),
        ({"longest": 640.5}, "a side is a number"),
        ({"longest": "640"}, "a side is a number"),
        ({"further": [9999]}, "a side is a number"),
        ({"further": 1024}, "mine"),
        ({"threshold": 2}, "threshold is a number from 0 to 1, not 2"),
        ({"threshold": True}, "threshold is a number"),
        ({"overlap": -1}, "overlap is a number"),
        ({"labels": [1]}, "labels are texts in a list"),
        ({"labels": "person"}, "labels are texts in a list"),
        ({"surprise": 1}, "a row needs"),
        ({"architecture": "resnet"}, "mine is a resnet; known are retinaface"),
        ({"url": "file:///etc/passwd"}, "url cannot be"),
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, Any], says: str, tmp_path: Path) -> None:
    with pytest.raises(RowRefused, match=says):
        known(written(tmp_path, ROW | change))


@pytest.mark.parametrize("text", ["", "{", '{"name": "mine"}', "[7]", "[null]", '["mine"]', '[{"name": "mine"}]'])
def test_a_broken_file_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / own.FILE).write_text(text)
    with pytest.raises(RowRefused):
        known(tmp_path)


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    row = own.checked(ROW | {"labels": ["a"], "further": [640], "note": "tried on birds"})
    own.keep(tmp_path, *row)
    assert own.rows(tmp_path) == (row,)
    assert set(json.loads((tmp_path / own.FILE).read_text())[0]) == {*ROW, "labels", "further", "note"}
