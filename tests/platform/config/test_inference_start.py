"""What ``make run`` does for looking at pictures where it cannot be: it says so and goes on."""

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from config import inference_start
from config.inference_start import inference, pull_once
from config.supervisor import environment
from inference import weights


@pytest.fixture(autouse=True)
def _embedded(settings: Settings, tmp_path: Path) -> None:
    settings.MODELS_DIR = tmp_path / "models"
    settings.INFERENCE_URLS = [f"unix:{tmp_path}/inference.sock"]


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_mirror_that_does_not_answer_holds_a_start_up_for_a_moment_only(
    settings: Settings, silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inference_start, "PULL_SECONDS", 3.0)
    settings.TINTYPE_MODELS_MIRROR = silent
    said: list[str] = []
    pull_once({**environment(), "TINTYPE_MODELS_MIRROR": silent}, say=said.append, stopping=lambda: False)
    assert len(said) == 1
    assert said[0].startswith("Going on without yunet-n, ")


def test_what_is_here_is_not_fetched_again(settings: Settings, shared: Path) -> None:
    settings.MODELS_DIR = shared / "models"
    settings.TINTYPE_MODELS_MIRROR = "http://nobody.invalid"
    said: list[str] = []
    pull_once({}, say=said.append, stopping=lambda: False)
    assert said == []


def test_a_wish_to_stop_ends_the_wait(settings: Settings, silent: str) -> None:
    settings.TINTYPE_MODELS_MIRROR = silent
    pull_once({**environment(), "TINTYPE_MODELS_MIRROR": silent}, say=print, stopping=lambda: True)
    assert not any(weights.is_here(model, settings.MODELS_DIR) for model in weights.small(silent))


def test_what_is_reached_elsewhere_is_not_started_here(settings: Settings) -> None:
    said: list[str] = []
    for urls in ([], ["http://gpu:8100"]):
        settings.INFERENCE_URLS = urls
        assert inference(environment(), say=said.append) == []
        pull_once(environment(), say=said.append, stopping=lambda: False)
    assert said == []


def test_without_onnxruntime_the_rest_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "onnxruntime" else object())
    said: list[str] = []
    assert inference(environment(), say=said.append) == []
    assert said == [
        "Nobody looks at pictures: onnxruntime is not installed (requirements/cpu.lock). Everything else works."
    ]


def test_a_path_that_is_too_long_for_a_socket_is_said(settings: Settings, tmp_path: Path) -> None:
    settings.INFERENCE_URLS = [f"unix:{tmp_path}/{'long' * 30}.sock"]
    said: list[str] = []
    assert inference(environment(), say=said.append) == []
    assert "is too long for a socket; set INFERENCE_URLS=" in said[0]


def test_it_stands_back_for_delivery_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INFERENCE_NICE", raising=False)
    assert inference(environment(), say=print)[0].environment["INFERENCE_NICE"] == "5"
    monkeypatch.setenv("INFERENCE_NICE", "0")
    assert inference(environment(), say=print)[0].environment["INFERENCE_NICE"] == os.environ["INFERENCE_NICE"]
