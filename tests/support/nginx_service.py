"""nginx of the tests: docker/nginx.conf as it is, on other ports, with its files in a temporary directory."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platform_server import ROOT, free_port

CONFIGURATION = ROOT / "docker" / "nginx.conf"


def program() -> str | None:
    """Where nginx is; None without it."""
    return shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/bin")


@contextmanager
def running(folder: Path, upstream: int) -> Iterator[int]:
    """The port of an nginx in front of the server on port ``upstream``; it ends with the block."""
    port = free_port()
    file = folder / "nginx.conf"
    file.write_text(_adapted(folder, port, upstream), encoding="utf-8")
    command = [program() or "nginx", "-p", str(folder), "-c", str(file), "-g", "daemon off;"]
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        _wait_for(port, process, folder)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _adapted(folder: Path, port: int, upstream: int) -> str:
    text = CONFIGURATION.read_text(encoding="utf-8")
    changes = {
        " /tmp/": f" {folder}/",
        "server web:8000;": f"server 127.0.0.1:{upstream};",
        "listen 8080 default_server;": f"listen 127.0.0.1:{port} default_server;",
        "listen 127.0.0.1:8081;": f"listen 127.0.0.1:{free_port()};",
        "/var/cache/nginx/": f"{folder}/cache-",
        "/dev/stdout": f"{folder}/access.log",
        # As root, nginx would hand its work to a user who may not enter the temporary folder.
        "worker_processes auto;": "worker_processes 2;" + ("user root;" if os.getuid() == 0 else ""),
    }
    for before, after in changes.items():
        assert before in text, f"docker/nginx.conf has no {before!r}"
        text = text.replace(before, after)
    return text


def _wait_for(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        except OSError:
            said = (folder / "output").read_text(errors="replace")
            assert process.poll() is None, f"nginx did not start:\n{said}"
            assert time.monotonic() < deadline, f"nginx does not listen:\n{said}"
            time.sleep(0.05)
