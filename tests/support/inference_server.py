"""``python -m inference serve`` in a process of its own, for tests and benchmarks."""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
FOREIGN = re.compile("INFERENCE_")


class InferenceServer:
    """One service on a unix socket in ``folder``; ``arguments`` are flags of ``serve``."""

    def __init__(self, folder: Path, models: Path, *arguments: str, listen: str = "", **environment: str) -> None:
        self.socket = folder / "inference.sock"
        self.listen = listen or f"unix:{self.socket}"
        self.url = self.listen if self.listen.startswith("unix:") else f"http://{self.listen}"
        self.log = folder / "inference.log"
        self._command = [sys.executable, "-m", "inference", "serve", "--listen", self.listen, "--models", str(models)]
        self._command += arguments
        mine = {name: value for name, value in os.environ.items() if not FOREIGN.match(name)}
        self._environment = mine | {"PYTHONPATH": str(ROOT)} | environment
        self.start()

    def start(self) -> "InferenceServer":
        """Start it, also again; returns when it answers."""
        with self.log.open("ab") as file:
            self.process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._environment, stdout=file, stderr=file, start_new_session=True
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                self.health()
                return self
            time.sleep(0.02)
        self.stop()
        raise AssertionError(f"the service did not start:\n{self.logged()}")

    def logged(self) -> str:
        """What it said."""
        return self.log.read_text(errors="replace")[-8000:]

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers (lower-case) and body; ``picture_width="3"`` becomes a header."""
        connection = self._connection()
        try:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def health(self) -> dict[str, Any]:
        """What /health says."""
        told: dict[str, Any] = json.loads(self.ask("GET", "/health")[2])
        return told

    def metric(self, sample: str, **headers: str) -> float:
        """The value of a line of /metrics, such as ``inference_batch_size_sum{model="a"}``; 0 when there is none."""
        page = self.ask("GET", "/metrics", **headers)[2].decode()
        found = re.search(rf"^{re.escape(sample)} (\S+)$", page, re.MULTILINE)
        return float(found[1]) if found else 0.0

    @property
    def workers(self) -> list[int]:
        """The processes that do the work, children of the one that was started: one, two while one follows another."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(child) for child in children.split()]

    @property
    def worker(self) -> int:
        """The only one of them."""
        (worker,) = self.workers
        return worker

    def kill(self) -> None:
        """kill -9 of all its processes."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Ask it to stop; insist after some seconds."""
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(15)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _connection(self) -> http.client.HTTPConnection:
        if not self.listen.startswith("unix:"):
            return http.client.HTTPConnection(self.listen, timeout=START_SECONDS)
        connection = http.client.HTTPConnection("localhost", timeout=START_SECONDS)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(START_SECONDS)
        try:
            connection.sock.connect(str(self.socket))
        except OSError:
            connection.close()
            raise
        return connection


@contextmanager
def running(models: Path, *arguments: str, listen: str = "", **environment: str) -> Iterator[InferenceServer]:
    """A service that ends with the block."""
    # The path of a unix socket may have about 100 characters: pytest's folders are longer at times.
    with tempfile.TemporaryDirectory(prefix="tintype-inference-", ignore_cleanup_errors=True) as folder:
        server = InferenceServer(Path(folder), models, *arguments, listen=listen, **environment)
        try:
            yield server
        finally:
            server.stop()
