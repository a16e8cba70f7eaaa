"""A real process that is asked over HTTP: what it answers, what it refuses, what it says of itself."""

import json
import shutil
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import pyvips
import tiny_models
from inference_server import ROOT, InferenceServer, running
from platform_server import free_port
from tiny_models import QUICK, SLOW, picture

from inference.client import Here, Remote
from inference.errors import InferenceFault, ModelMissing, ModelUnknown, WeightsDamaged
from inference.models import MODELS
from inference.results import Mask, Picture, Result, Saliency
from inference.weights import is_here

WAIT = 60
RGB = bytes(4 * 5 * 3)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.with_slow(tmp_path_factory.mktemp("models") / "models")


@pytest.fixture(scope="module")
def server(models: Path) -> Iterator[InferenceServer]:
    with running(models, "--batch", "8", "--threads", "1") as server:
        yield server


@pytest.fixture(scope="module")
def photo(shared: Path) -> Picture:
    image = pyvips.Image.new_from_file(str(shared / "photos" / "coco_000000000785.jpg"))
    return np.ascontiguousarray(image.numpy()[:, :, :3])


@pytest.fixture(scope="module")
def pair(shared: Path) -> Iterator[tuple[Here, Remote]]:
    """Both kinds of eyes over the shared weights."""
    here = Here(shared / "models")
    with running(shared / "models") as server:
        yield here, Remote([server.url])
    here.close()


def plain(result: Result) -> object:
    """Something that can be compared: every number of it."""
    return result.values.tolist() if isinstance(result, Mask | Saliency) else result


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def head(model: str) -> bytes:
    """What is sent before a picture of 5 x 4."""
    lines = (f"POST /look/{model} HTTP/1.1", "host: a", "picture-width: 5", "picture-height: 4", "content-length: 60")
    return "\r\n".join((*lines, "", "")).encode()


def looks(server: InferenceServer, model: str, count: int) -> list[Result | InferenceFault]:
    """So many looks at a time, each from a thread of its own."""
    remote, found = Remote([server.url], total=WAIT), list[Result | InferenceFault]()

    def one(value: int) -> None:
        try:
            found.append(remote.look(model, picture(value)))
        except InferenceFault as fault:
            found.append(fault)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    return found


@pytest.mark.parametrize("name", ["retinaface-mobilenet0.25", "yunet-n", "u2netp", "fastgaze", "yolox-nano"])
def test_the_same_answers_here_and_there(name: str, shared: Path, pair: tuple[Here, Remote], photo: Picture) -> None:
    assert is_here(MODELS[name], shared / "models")
    here, remote = pair
    for seen in (photo, photo[20:300, 100:], photo[:, ::-1]):
        assert plain(remote.look(name, seen)) == plain(here.look(name, seen))


def test_what_queues_while_a_run_lasts_shares_the_next(server: InferenceServer) -> None:
    before = [server.metric(f'inference_batch_size_{part}{{model="{SLOW}"}}') for part in ("sum", "count")]
    found = looks(server, SLOW, 9)
    after = [server.metric(f'inference_batch_size_{part}{{model="{SLOW}"}}') for part in ("sum", "count")]
    assert all(isinstance(result, Mask) for result in found)
    assert after[0] - before[0] == 9
    assert after[1] - before[1] < 9


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        (f"/look/{QUICK}", RGB, {"picture_width": "5", "picture_height": "4"}, 200),
        (f"/look/{QUICK}", RGB, {"picture_width": "4", "picture_height": "4"}, 422),
        (f"/look/{QUICK}", RGB, {"picture_width": "5"}, 422),
        (f"/look/{QUICK}", RGB, {"picture_width": "-5", "picture_height": "-4"}, 422),
        (f"/look/{QUICK}", RGB, {"picture_width": "5", "picture_height": "4.0"}, 422),
        (f"/look/{QUICK}", b"", {"picture_width": "0", "picture_height": "4"}, 422),
        (f"/look/{QUICK}", bytes(1025 * 3), {"picture_width": "1025", "picture_height": "1"}, 422),
        ("/look/unheard-of", RGB, {"picture_width": "5", "picture_height": "4"}, 404),
        ("/look/yunet-n", RGB, {"picture_width": "5", "picture_height": "4"}, 424),
        ("/look/", RGB, {"picture_width": "5", "picture_height": "4"}, 404),
    ],
)
def test_a_request_gets_the_status_that_says_what_is_wrong(
    server: InferenceServer, path: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    got, _, said = server.ask("POST", path, body, **headers)
    assert got == status
    if status != 200:
        assert set(json.loads(said)) == {"error", "message"}
    assert server.health()["status"] == "ok"


@pytest.mark.parametrize(
    ("length", "status"),
    [
        ("content-length: 3145729", 413),
        ("content-length: 99999999999", 413),
        ("transfer-encoding: chunked", 411),
        ("content-length: -1", 400),
    ],
)
def test_what_is_too_large_is_refused_before_it_comes(server: InferenceServer, length: str, status: int) -> None:
    with socket.socket(socket.AF_UNIX) as raw:
        raw.settimeout(WAIT)
        raw.connect(str(server.socket))
        raw.sendall(f"POST /look/{QUICK} HTTP/1.1\r\nhost: a\r\n{length}\r\n\r\n".encode())
        assert raw.recv(4096).startswith(f"HTTP/1.1 {status} ".encode())


@pytest.mark.parametrize(("path", "status"), [(f"/look/{QUICK}", 405), ("/elsewhere", 404), ("/", 404)])
def test_get_is_for_health_and_metrics(server: InferenceServer, path: str, status: int) -> None:
    assert server.ask("GET", path)[0] == status


def test_a_mask_travels_as_bytes(server: InferenceServer) -> None:
    status, headers, body = server.ask("POST", f"/look/{QUICK}", RGB, picture_width="5", picture_height="4")
    assert (status, headers["result-kind"], headers["result-size"], len(body)) == (200, "mask", "64x64", 64 * 64)


def test_only_the_owner_may_use_the_socket(server: InferenceServer, models: Path) -> None:
    assert stat.S_IMODE(server.socket.stat().st_mode) == 0o600
    with running(models, "--socket-mode", "660") as other:
        assert stat.S_IMODE(other.socket.stat().st_mode) == 0o660


def test_health_tells_of_models(server: InferenceServer) -> None:
    looks(server, QUICK, 1)
    told = {model["name"]: model for model in server.health()["models"]}
    assert (told[QUICK]["task"], told[QUICK]["here"], told[QUICK]["loaded"]) == ("mask", True, True)
    assert (told["yunet-n"]["task"], told["yunet-n"]["here"], told["yunet-n"]["loaded"]) == ("faces", False, False)


def test_requests_are_counted_under_names_that_exist(server: InferenceServer) -> None:
    names = {name: f'inference_requests_total{{model="{name}",status="404"}}' for name in ("", "made-up")}
    before = server.metric(names[""])
    server.ask("POST", "/look/made-up", RGB, picture_width="5", picture_height="4")
    assert server.metric(names[""]) == before + 1
    assert server.metric(names["made-up"]) == 0


def test_a_token_is_asked_for(models: Path) -> None:
    with running(models, INFERENCE_TOKEN="secret") as server:
        head = {"picture_width": "5", "picture_height": "4"}
        assert server.ask("POST", f"/look/{QUICK}", RGB, **head)[0] == 401
        assert server.ask("POST", f"/look/{QUICK}", RGB, authorization="Bearer secreT", **head)[0] == 401
        assert server.ask("GET", "/metrics")[0] == 401
        assert server.ask("GET", "/health")[0] == 200
        assert isinstance(Remote([server.url], token="secret").look(QUICK, picture()), Mask)
        with pytest.raises(InferenceFault, match="token"):
            Remote([server.url]).look(QUICK, picture(width=1024, height=1024))


def test_it_listens_on_tcp(models: Path) -> None:
    with running(models, listen=f"127.0.0.1:{free_port()}") as server:
        assert isinstance(Remote([server.url]).look(QUICK, picture()), Mask)


def test_a_second_process_leaves_the_socket_of_the_first_alone(server: InferenceServer, models: Path) -> None:
    command = [sys.executable, "-m", "inference", "serve", "--listen", server.listen, "--models", str(models)]
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=WAIT)
    assert second.returncode != 0
    assert "another process listens" in second.stderr
    assert server.health()["status"] == "ok"


def test_weights_that_come_later_are_found(models: Path, tmp_path: Path) -> None:
    late = tmp_path / "models"
    late.mkdir()
    with running(late) as server:
        remote = Remote([server.url])
        with pytest.raises(ModelUnknown):
            remote.look(QUICK, picture())
        shutil.copy(models / "models.json", late)
        with pytest.raises(ModelMissing):
            remote.look(QUICK, picture())
        (late / f"{QUICK}.onnx").write_bytes(b"damaged")
        with pytest.raises(WeightsDamaged):
            remote.look(QUICK, picture())
        shutil.copy(models / f"{QUICK}.onnx", late)
        assert isinstance(remote.look(QUICK, picture()), Mask)


def test_the_least_recently_used_model_makes_room(tmp_path: Path) -> None:
    models = tiny_models.folder(tmp_path / "models", ("a", "b", "c"), size=2**20)
    with running(models, "--memory", "5M") as server:
        remote = Remote([server.url])

        def loaded_after(name: str) -> set[str]:
            remote.look(name, picture())
            return {model["name"] for model in server.health()["models"] if model["loaded"]}

        assert loaded_after("a") == {"a"}
        assert loaded_after("b") == {"a", "b"}
        assert loaded_after("a") == {"a", "b"}
        assert loaded_after("c") == {"a", "c"}
        assert loaded_after("b") == {"b", "c"}


def test_a_model_larger_than_the_budget_is_loaded_alone(models: Path) -> None:
    with running(models, "--memory", "1K") as server:
        remote = Remote([server.url])
        assert isinstance(remote.look(QUICK, picture()), Mask)
        assert isinstance(remote.look(SLOW, picture()), Mask)
        assert [model["name"] for model in server.health()["models"] if model["loaded"]] == [SLOW]
        assert "budget" in server.logged()


def test_one_model_is_loaded_while_others_look(tmp_path: Path) -> None:
    models = tiny_models.folder(tmp_path / "models", ("large",), size=200 * 2**20)
    tiny_models.folder(models)
    with running(models) as server:
        remote = Remote([server.url])
        remote.look(QUICK, picture())
        loading = threading.Thread(target=remote.look, args=("large", picture()))
        loading.start()
        meanwhile = 0
        while loading.is_alive():
            remote.look(QUICK, picture())
            meanwhile += loading.is_alive()
        assert meanwhile > 0


def test_a_full_queue_is_busy(models: Path) -> None:
    with running(models, "--queue", "2", "--batch", "1", "--threads", "1") as server:
        found = looks(server, SLOW, 12)
        busy = [result for result in found if isinstance(result, InferenceFault)]
        assert {type(fault).__name__ for fault in busy} == {"Busy"}
        assert 0 < len(busy) < 12
        assert server.metric(f'inference_requests_total{{model="{SLOW}",status="503"}}') == len(busy)


def test_who_left_is_not_looked_at_for(models: Path) -> None:
    with running(models, "--batch", "1", "--threads", "1") as server:
        clients = [socket.socket(socket.AF_UNIX) for _ in range(6)]
        for client in clients:
            client.connect(str(server.socket))
            client.sendall(head(SLOW) + RGB)
        until(lambda: server.metric(f'inference_queue{{model="{SLOW}"}}') > 2)
        for client in clients:
            client.close()
        until(lambda: server.metric(f'inference_queue{{model="{SLOW}"}}') == 0)
        left = server.metric(f'inference_requests_total{{model="{SLOW}",status="499"}}')
        assert left > 0
        assert server.metric(f'inference_batch_size_sum{{model="{SLOW}"}}') == 6 - left


def test_who_leaves_in_the_middle_of_a_picture_is_no_error(models: Path) -> None:
    with running(models) as server:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(server.socket))
            client.sendall(head(QUICK) + b"abc")
            time.sleep(0.1)
        until(lambda: server.metric(f'inference_requests_total{{model="{QUICK}",status="499"}}') == 1)
        assert "Traceback" not in server.logged()


def test_rows_that_cannot_be_read_are_told_of(models: Path, tmp_path: Path) -> None:
    own = tmp_path / "models"
    shutil.copytree(models, own)
    with running(own) as server:
        remote = Remote([server.url])
        remote.look(QUICK, picture())
        (own / "models.json").write_text("{")
        assert any("models.json" in warning for warning in server.health()["warnings"])
        with pytest.raises(ModelUnknown, match="models.json"):
            remote.look(QUICK, picture())
        shutil.copy(models / "models.json", own)
        assert server.health()["warnings"] == []
        assert isinstance(remote.look(QUICK, picture()), Mask)


def test_a_gpu_that_is_not_there_is_missed_loudly(models: Path) -> None:
    with running(models, "--provider", "cuda") as server:
        assert isinstance(Remote([server.url]).look(QUICK, picture()), Mask)
        assert any("cuda was asked for" in warning for warning in server.health()["warnings"])
        assert server.metric("inference_not_as_asked") == 1
        assert server.metric(f'inference_loaded{{model="{QUICK}",provider="CPUExecutionProvider"}}') == 1
        assert "WARNING" in server.logged()
        assert "cuda was asked for" in server.logged()


@pytest.mark.slow
def test_a_worker_that_grew_is_replaced_while_others_ask(models: Path) -> None:
    with running(models, "--max-rss", "1M") as server:
        remote, first = Remote([server.url]), server.worker
        deadline, answered = time.monotonic() + WAIT, 0
        while len(server.workers) < 2 and time.monotonic() < deadline:
            answered += isinstance(remote.look(QUICK, picture()), Mask)
        while first in server.workers and time.monotonic() < deadline:
            answered += isinstance(remote.look(QUICK, picture()), Mask)
        assert first not in server.workers
        assert isinstance(remote.look(QUICK, picture()), Mask)
