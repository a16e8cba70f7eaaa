"""``make run`` as a person meets it: what the first start makes, what a second keeps, how it ends."""

import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from serve_command import ROOT, Serve, free_port, processes, serving, wait_until

KEYS = [
    "api_base",
    "delivery_base",
    "upload_base",
    "batch_base",
    "binding_base",
    "account_id",
    "account_hash",
    "api_token",
    "dashboard_url",
    "email",
    "password",
]
MADE_ONCE = ("account_id", "account_hash", "api_token", "email", "password")

pytestmark = pytest.mark.slow


def test_the_life_of_an_instance(tmp_path: Path) -> None:
    """One start after the other on the same data, since each start takes seconds."""
    data, port = tmp_path / "data", free_port()
    with serving(data, port) as first:
        credentials = first.credentials
        check_first_start(first)
        check_repairs(first)
        refused = Serve(data, free_port())
        assert refused.ended() == 1
        assert f"Tintype runs already with the data in {data}" in refused.said
        everything = first.descendants()
        assert first.stop() == 0
    wait_until(lambda: not set(everything) & set(processes()), "the end of all children")
    check_second_start(data, free_port(), credentials)
    check_lost_credentials(data, free_port(), credentials)


def check_first_start(serve: Serve) -> None:
    credentials, base = serve.credentials, f"http://127.0.0.1:{serve.port}"
    assert list(credentials) == KEYS
    assert stat.S_IMODE((serve.data_dir / "credentials.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(serve.data_dir.stat().st_mode) == 0o700
    assert credentials["api_base"] == f"{base}/client/v4"
    assert (len(credentials["account_id"]), len(credentials["account_hash"])) == (32, 22)
    for text in (credentials["dashboard_url"], credentials["email"], credentials["password"]):
        assert text in serve.said
    health = httpx.get(f"{base}/healthz")
    assert (health.status_code, health.json()["status"]) == (200, "ok")
    assert "Going on without" not in serve.said
    listing = f"{credentials['api_base']}/accounts/{credentials['account_id']}/images/v1/variants"
    answer = httpx.get(listing, headers={"Authorization": f"Bearer {credentials['api_token']}"})
    assert list(answer.json()["result"]["variants"]) == ["public"]
    assert httpx.get(f"{base}/static/admin/css/base.css").status_code == 200


def check_repairs(serve: Serve) -> None:
    """A worker, a web server and what looks at pictures come back when they are killed."""
    for part, program in (("Inference", "inference serve"), ("The worker", "celery"), ("The web server", "granian")):
        victim = next(pid for pid, line in serve.descendants().items() if program in line)
        os.kill(victim, signal.SIGKILL)
        serve.wait_for(f"{part} ended (killed by SIGKILL); starting it again")
        wait_until(lambda program=program: any(program in line for line in serve.descendants().values()), part)
    wait_until(lambda: answers(serve.port), "an answer of the new web server")


def check_second_start(data: Path, port: int, before: dict[str, str]) -> None:
    """Data and secrets stay, addresses follow the port; SIGTERM ends it as Ctrl-C does. No network is said."""
    with serving(data, port, TINTYPE_MODELS_MIRROR=f"http://127.0.0.1:{free_port()}") as second:
        assert "yunet-n did not come from http://127.0.0.1" in second.said
        assert "Going on without yunet-n, " in second.said
        wait_until(lambda: looking(port) == "no models: run manage.py models pull", "inference", lambda: looking(port))
        now = second.credentials
        assert {key: now[key] for key in MADE_ONCE} == {key: before[key] for key in MADE_ONCE}
        assert now["delivery_base"] == f"http://127.0.0.1:{port}"
        assert second.stop(signal.SIGTERM) == 0


def check_lost_credentials(data: Path, port: int, before: dict[str, str]) -> None:
    """Who loses the file gets new secrets for the same account; the old ones are void."""
    (data / "credentials.json").unlink()
    with serving(data, port) as third:
        now = third.credentials
        assert now["account_id"] == before["account_id"]
        assert now["api_token"] != before["api_token"]
        url = f"{now['api_base']}/accounts/{now['account_id']}/images/v1"
        answers = [
            httpx.get(url, headers={"Authorization": f"Bearer {token}"}).status_code
            for token in (now["api_token"], before["api_token"])
        ]
        assert answers[0] == 200
        assert answers[1] in {400, 401, 403}


def test_weights_are_fetched_and_what_looks_comes_back(tmp_path: Path, shared: Path) -> None:
    with serving(tmp_path / "data", port := free_port(), TINTYPE_MODELS_MIRROR=str(shared / "models")) as serve:
        assert "here   yunet-n" in serve.said
        assert (tmp_path / "data" / "models" / "yunet-n.onnx").is_file()
        wait_until(lambda: looking(port) == "ok", "inference", lambda: looking(port))
        victims = [pid for pid, line in serve.descendants().items() if "inference serve" in line]
        for victim in victims:
            os.kill(victim, signal.SIGKILL)
        serve.wait_for("Inference ended (killed by SIGKILL); starting it again")
        assert answers(port)
        wait_until(lambda: looks(tmp_path / "data"), "an answer of the new process")
        assert not set(victims) & set(serve.descendants())


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        command = [sys.executable, "manage.py", "serve"]
        environment = {**os.environ, "DATA_DIR": str(tmp_path / "data"), "PORT": str(port)}
        run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert run.returncode == 1
    assert run.stderr == (
        f"CommandError: Port {port} is taken by another program. "
        f"Stop that one, or choose another port: make run PORT={port + 1}\n"
    )


def test_children_do_not_outlive_a_killed_supervisor(tmp_path: Path) -> None:
    with serving(tmp_path / "data", free_port()) as serve:
        everything = serve.descendants()
        assert len(everything) >= 4
        serve.process.kill()
        wait_until(lambda: not set(everything) & set(processes()), "the end of all children")


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def looking(port: int) -> str:
    """What /healthz says of inference, which never makes it unfit."""
    health = httpx.get(f"http://127.0.0.1:{port}/healthz")
    assert (health.status_code, health.json()["status"]) == (200, "ok")
    text: str = health.json()["parts"]["inference"]
    return text


def looks(data: Path) -> bool:
    """Whether what looks at pictures answers."""
    with socket.socket(socket.AF_UNIX) as connection, contextlib.suppress(OSError):
        connection.settimeout(10)
        connection.connect(str(data / "inference.sock"))
        connection.sendall(b"GET /health HTTP/1.0\r\nHost: inference\r\n\r\n")
        return connection.recv(100).split()[1:2] == [b"200"]
    return False
