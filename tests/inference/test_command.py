"""``python -m inference``: its flags, the variables that stand in for them, and what check and warm say."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import tiny_models
from inference_server import ROOT, running
from tiny_models import QUICK

from inference.__main__ import main
from inference.configuration import address, mode, number_of_bytes, whole

WAIT = 120


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``python -m inference`` with nothing set but ``environment``."""
    mine = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | environment
    line = [sys.executable, "-m", "inference", *arguments]
    return subprocess.run(line, cwd=ROOT, env=mine, capture_output=True, text=True, timeout=WAIT)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.folder(tmp_path_factory.mktemp("models") / "models")


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("1500", 1500), ("2K", 2048), ("512M", 2**29), ("4G", 2**32), ("1GiB", 2**30)]
)
def test_numbers_of_bytes(text: str, number: int) -> None:
    assert number_of_bytes(text) == number


@pytest.mark.parametrize("text", ["unix:/run/a.sock", "unix:a.sock", "127.0.0.1:80", "0.0.0.0:65535", "[::1]:9000"])
def test_addresses(text: str) -> None:
    assert address(text) == text


@pytest.mark.parametrize(
    "arguments",
    [
        ("--memory", "much"),
        ("--memory", "-1"),
        ("--listen", "9000"),
        ("--listen", "host:0"),
        ("--listen", "host:65536"),
        ("--listen", "unix:"),
        ("--listen", f"unix:/{'a' * 107}"),
        ("--provider", "rocm"),
        ("--batch", "1.5"),
        ("--queue", "0"),
        ("--socket-mode", "777"),
        ("--nice", "20"),
    ],
)
def test_what_cannot_be_is_refused(arguments: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["check", *arguments])
    assert ended.value.code == 2
    assert arguments[0] in capsys.readouterr().err


def test_whole_numbers_and_modes() -> None:
    assert whole(1, 5)("5") == 5
    assert mode("660") == 0o660


def test_a_variable_that_cannot_be_is_refused() -> None:
    done = command("check", INFERENCE_BATCH="many")
    assert done.returncode == 2
    assert "many" in done.stderr


def test_variables_stand_in_for_flags_and_flags_win(models: Path, tmp_path: Path) -> None:
    assert command("check", INFERENCE_MODELS=str(models)).returncode == 0
    assert command("check", "--models", str(tmp_path), INFERENCE_MODELS=str(models)).returncode == 1


def test_check_looks_with_every_model_that_is_there(models: Path) -> None:
    done = command("check", "--models", str(models))
    assert done.returncode == 0
    assert QUICK in done.stdout
    assert "works" in done.stdout


def test_check_says_what_does_not_work(tmp_path: Path) -> None:
    models = tiny_models.folder(tmp_path / "models", ("good", "bad"))
    file = models / "bad.onnx"
    file.write_bytes(bytes(file.stat().st_size))
    done = command("check", "--models", str(models))
    assert done.returncode == 1
    assert "works" in done.stdout
    assert "FAILED: " in done.stdout
    assert "checksum" in done.stdout


def test_check_misses_a_gpu(models: Path) -> None:
    done = command("check", "--models", str(models), "--provider", "cuda")
    assert "WARNING: cuda was asked for" in done.stdout


def test_warm_loads_what_tasks_use(models: Path) -> None:
    with running(models) as server:
        done = command("warm", "--models", str(models), "--listen", server.listen)
        assert done.returncode == 0, done.stdout
        assert [model["name"] for model in server.health()["models"] if model["loaded"]] == [QUICK]


def test_warm_says_when_nobody_listens(models: Path, tmp_path: Path) -> None:
    done = command("warm", "--models", str(models), "--listen", f"unix:{tmp_path}/absent.sock")
    assert done.returncode == 1
    assert "FAILED" in done.stdout


def test_a_token_may_come_from_a_file(models: Path, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret\n")
    with running(models, INFERENCE_TOKEN_FILE=str(tmp_path / "token")) as server:
        assert server.ask("GET", "/metrics")[0] == 401
        assert server.ask("GET", "/metrics", authorization="Bearer secret")[0] == 200
