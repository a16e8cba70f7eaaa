"""``manage.py serve`` in a process group of its own, as a person starts it: what it says, how it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Serve:
    """A running command."""

    def __init__(self, data_dir: Path, port: int, **environment: str) -> None:
        """Start it; nothing is awaited."""
        self.data_dir, self.port, self._lines = data_dir, port, list[str]()
        # A mirror that has nothing: tests fetch no weights from the internet.
        mine = {
            "DATA_DIR": str(data_dir),
            "PORT": str(port),
            "RENDER_CHILDREN": "1",
            "TINTYPE_MODELS_MIRROR": "/nowhere",
        }
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env={**os.environ, **mine, "RENDER_CHILDREN": "1", **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def said(self) -> str:
        """Everything it has said so far."""
        return "".join(self._lines)

    @property
    def credentials(self) -> dict[str, Any]:
        """The content of credentials.json."""
        content: dict[str, Any] = json.loads((self.data_dir / "credentials.json").read_text(encoding="utf-8"))
        return content

    def wait_for(self, text: str) -> None:
        """Wait until it has said ``text``."""
        wait_until(lambda: text in self.said or self.process.poll() is not None, f"“{text}”", lambda: self.said)
        assert text in self.said, f"it ended with status {self.process.poll()}:\n{self.said}"

    def descendants(self) -> dict[int, str]:
        """All processes below it: id → command line."""
        found: dict[int, str] = {}
        parents = {self.process.pid}
        rows = sorted((pid, *row) for pid, row in processes().items())
        while fresh := {pid: line for pid, parent, line in rows if parent in parents and pid not in found}:
            found |= fresh
            parents |= set(fresh)
        return found

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send the signal as a terminal does, to the whole group; the exit status."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)
        return self.ended()

    def ended(self) -> int:
        """Wait until it ends by itself; the exit status."""
        status = self.process.wait(60)
        self._reader.join(10)
        return status

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as stream:
            for line in stream:
                self._lines.append(line)


@contextmanager
def serving(data_dir: Path, port: int, **environment: str) -> Iterator[Serve]:
    """A command that is ready; it is stopped with the block."""
    command = Serve(data_dir, port, **environment)
    try:
        command.wait_for("Tintype is ready.")
        yield command
    finally:
        below = command.descendants()
        command.stop()
        for pid in below:
            if pid in processes():
                os.kill(pid, signal.SIGKILL)


def processes() -> dict[int, tuple[int, str]]:
    """Every process of this machine that runs: id → (parent's id, command line). Zombies are left out."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state != "Z":
            found[int(folder.name)] = (int(parent), line)
    return found


def wait_until(true: Callable[[], bool], what: str, explain: Callable[[], str] = str) -> None:
    """Wait until ``true()``; fail with ``what`` was awaited and ``explain()`` after two minutes."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"waited for {what} in vain\n{explain()}"
        time.sleep(0.05)
