"""The real runtime of Workers, installed by npm into a folder of its own, running a Worker with a binding."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from platform_server import ROOT, free_port
from presence import require

PROJECT = ROOT / "tests" / "wire" / "workerd"
INSTALL_SECONDS = 300
START_SECONDS = 30


def installed(folder: Path) -> Path:
    """The program in the version that package.json names; skips where npm is absent or cannot install."""
    npm = shutil.which("npm")
    require(npm, "npm (Debian: npm)")
    shutil.copy(PROJECT / "package.json", folder)
    command = [
        str(npm),
        "install",
        "--no-package-lock",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    found = sorted(folder.glob("node_modules/@cloudflare/workerd-*/bin/workerd"))
    require(done.returncode == 0 and found, f"workerd (npm says: {done.stderr[-300:]})")
    return found[0]


@contextlib.contextmanager
def running(program: Path, folder: Path, tintype: int, account: str, token: str) -> Iterator[int]:
    """The configuration of docs/binding with the Worker of the tests; the port on which it answers."""
    port = free_port()
    text = (ROOT / "docs" / "binding" / "config.capnp").read_text()
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{tintype}").replace("127.0.0.1:8080", f"127.0.0.1:{port}")
    direct = '(name = "DIRECT", wrapped = (moduleName = "cloudflare-internal:images-api", innerBindings = '
    direct += '[(name = "fetcher", service = "tintype")])),'
    text = re.sub(r"(bindings = \[\n)", lambda found: f"{found[1]}    {direct}\n", text, count=1)
    (folder / "config.capnp").write_text(text)
    shutil.copy(ROOT / "docs" / "binding" / "worker.js", folder)
    shutil.copy(PROJECT / "main.js", folder)
    environment = {"TINTYPE_ACCOUNT": account, "TINTYPE_TOKEN": token, "PATH": os.environ["PATH"]}
    with (folder / "workerd.log").open("wb") as log:
        command = [str(program), "serve", "--experimental", "config.capnp"]
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            _wait(port, process, folder / "workerd.log")
            yield port
        finally:
            process.terminate()
            process.wait(10)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError("workerd did not start:\n" + log.read_text(errors="replace")[-3000:])
