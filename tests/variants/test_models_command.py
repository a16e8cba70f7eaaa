"""``manage.py models``: weights from a folder and from a web server, checked, resumed, listed, added."""

import hashlib
import io
import json
import os
import pty
import re
import subprocess
import sys
import termios
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import origins
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django.fixtures import Settings

from inference.own import FILE
from variants import lookers

ROOT = Path(__file__).resolve().parents[2]
BODY = bytes(range(256)) * 4096
"""A file of weights, as far as pulling goes: a megabyte."""
KEPT = {FILE, ".lock"}


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """The folder of weights: empty, no mirror, no model named."""
    lookers.forget()
    settings.MODELS_DIR = tmp_path / "models"
    settings.TINTYPE_MODELS_MIRROR = ""
    return settings.MODELS_DIR


@pytest.fixture
def web() -> Iterator[origins.WebServer]:
    """A web server that has BODY at /mine.onnx."""
    with origins.serving() as web:
        web.answers["/mine.onnx"] = ranged(BODY)
        yield web


def ranged(body: bytes, stop: int | None = None) -> origins.Answer:
    """Sends ``body``, or what a Range asks for of it; ends in the middle, at byte ``stop``."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        first = int(re.fullmatch(r"bytes=(\d+)-", handler.headers.get("range", "bytes=0-"))[1])  # type: ignore[index]
        handler.send_response(206 if first else 200)
        handler.send_header("content-length", str(len(body) - first))
        handler.end_headers()
        handler.wfile.write(body[first:stop])

    return answer


def models(*words: str | Path) -> str:
    """What the command says."""
    out = io.StringIO()
    call_command("models", *map(str, words), stdout=out)
    return out.getvalue()


def read(terminal: int) -> str:
    """The next piece of what was written to a terminal; nothing when its writers are gone."""
    try:
        return os.read(terminal, 65536).decode(errors="replace")
    except OSError:
        return ""


def row_of(text: str, name: str) -> str:
    """The line of ``list`` for a model."""
    return next(line for line in text.splitlines() if line.split()[0] == name)


def own(folder: Path, **changes: Any) -> None:
    """A model of the operator's, named ``mine``."""
    folder.mkdir(exist_ok=True)
    digest = hashlib.sha256(BODY).hexdigest()
    row = {"name": "mine", "architecture": "yunet", "file": "mine.onnx", "sha256": digest, "size": len(BODY)}
    (folder / FILE).write_text(json.dumps([row | changes]))


def files(folder: Path) -> set[str]:
    """What lies in the folder, but for what is always there."""
    return {path.name for path in folder.iterdir()} - KEPT


def test_the_list_tells_what_each_model_is(folder: Path) -> None:
    said = models("list")
    assert re.search(r"^yunet-n +faces +no +Apache-2.0 +0.3 MiB$", said, re.MULTILINE)
    assert re.search(r"^retinaface-mobilenet0.25 +faces +no, default +MIT", said, re.MULTILINE)
    assert row_of(said, "u2net").endswith("not yet run with real weights")
    assert not folder.exists()


def test_the_small_models_come_from_a_folder(folder: Path, settings: Settings, shared: Path) -> None:
    settings.TINTYPE_MODELS_MIRROR = str(shared / "models")
    assert "here   yunet-n" in models("pull")
    assert {"yunet-n.onnx", "retinaface-mobilenet0.25.onnx", "u2netp.onnx", "yolox-nano.onnx"} <= files(folder)
    for name in files(folder):
        assert (folder / name).read_bytes() == (shared / "models" / name).read_bytes()
    assert "Nothing to pull" in models("pull")
    said = models("list")
    assert " yes, default " in row_of(said, "retinaface-mobilenet0.25")
    assert " yes " in row_of(said, "yunet-n")
    assert models("verify").count("right") == len(files(folder))


def test_a_model_that_is_named_is_the_default(settings: Settings) -> None:
    settings.FACE_MODEL = "yunet-n"
    said = models("list")
    assert ", default" in row_of(said, "yunet-n")
    assert ", default" not in row_of(said, "retinaface-mobilenet0.25")


def test_a_file_comes_from_the_address_of_its_row(folder: Path, web: origins.WebServer) -> None:
    own(folder, url=f"{web.url}/mine.onnx")
    models("pull", "mine")
    assert files(folder) == {"mine.onnx"}
    assert (folder / "mine.onnx").read_bytes() == BODY
    models("pull", "mine")
    assert web.paths() == ["/mine.onnx"]


def test_a_mirror_is_asked_instead_of_the_address(folder: Path, web: origins.WebServer, settings: Settings) -> None:
    own(folder, url="http://nobody.invalid/mine.onnx")
    settings.TINTYPE_MODELS_MIRROR = f"{web.url}/"
    models("pull", "mine")
    assert (folder / "mine.onnx").read_bytes() == BODY


def test_what_is_not_what_its_checksum_says_leaves_nothing_behind(folder: Path, web: origins.WebServer) -> None:
    own(folder, url=f"{web.url}/mine.onnx")
    web.answers["/mine.onnx"] = ranged(BODY[::-1])
    with pytest.raises(CommandError, match="is not mine: its checksum differs"):
        models("pull", "mine")
    assert files(folder) == set()
    web.answers["/mine.onnx"] = ranged(BODY)
    models("pull", "mine")
    assert files(folder) == {"mine.onnx"}


def test_an_interrupted_download_goes_on_where_it_stopped(folder: Path, web: origins.WebServer) -> None:
    own(folder, url=f"{web.url}/mine.onnx")
    web.answers["/mine.onnx"] = ranged(BODY, stop=600_000)
    with pytest.raises(CommandError, match="did not come"):
        models("pull", "mine")
    assert not (folder / "mine.onnx").exists()
    web.answers["/mine.onnx"] = ranged(BODY)
    models("pull", "mine")
    assert (folder / "mine.onnx").read_bytes() == BODY
    first = int(web.asked[-1][1]["range"].removeprefix("bytes=").removesuffix("-"))
    assert 0 < first <= 600_000


def test_one_that_does_not_come_does_not_hold_up_the_others(folder: Path, web: origins.WebServer) -> None:
    own(folder, url=f"{web.url}/mine.onnx")
    with pytest.raises(CommandError, match="fastgaze has no public address"):
        models("pull", "fastgaze", "mine")
    assert files(folder) == {"mine.onnx"}


def test_a_damaged_file_is_named(folder: Path, web: origins.WebServer) -> None:
    own(folder, url=f"{web.url}/mine.onnx")
    models("pull", "mine")
    assert models("verify", "mine") == "right   mine\n"
    (folder / "mine.onnx").write_bytes(BODY[::-1])
    with pytest.raises(CommandError, match="mine.onnx is not what its checksum says"):
        models("verify")
    with pytest.raises(CommandError, match="the weights of yunet-n are not here"):
        models("verify", "yunet-n")


def test_a_known_file_is_added_by_its_checksum(folder: Path, shared: Path, tmp_path: Path) -> None:
    file = tmp_path / "whatever.bin"
    file.write_bytes((shared / "models" / "yunet-n.onnx").read_bytes())
    assert models("add", file) == "here   yunet-n, for faces\n"
    assert files(folder) == {"yunet-n.onnx"}


def test_a_model_of_the_operators_is_added_with_its_row(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "weights.onnx"
    file.write_bytes(BODY)
    with pytest.raises(CommandError, match="say its name and architecture"):
        models("add", file)
    options = ("--licence", "CC0", "--threshold", "0.4", "--labels", "cat, dog")
    assert models("add", file, "--name", "pets", "--architecture", "yolox", *options) == "here   pets, for objects\n"
    assert re.search(r"^pets +objects +yes, default +CC0 +1.0 MiB", models("list"), re.MULTILINE)
    assert models("verify") == "right   pets\n"
    with pytest.raises(CommandError, match="threshold"):
        models("add", file, "--name", "pets", "--architecture", "yolox", "--threshold", "7")


@pytest.mark.parametrize("words", [("pull", "nobody"), ("verify", "nobody")])
def test_an_unknown_name_is_told_the_known_ones(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match=r"no model named nobody; known are .*yunet-n"):
        models(*words)


def test_a_person_sees_a_bar(folder: Path, web: origins.WebServer) -> None:
    own(folder, url=f"{web.url}/mine.onnx")
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    environment = {**os.environ, "MODELS_DIR": str(folder), "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"}
    command = [sys.executable, "manage.py", "models", "pull", "mine"]
    run = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=theirs, timeout=60)
    os.close(theirs)
    seen = "".join(iter(lambda: read(ours), ""))
    os.close(ours)
    assert (run.returncode, run.stdout) == (0, b"here   mine\n"), seen
    assert "100%" in seen
    assert "mine.onnx" in seen
