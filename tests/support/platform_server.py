"""Real servers for tests: a migrated instance in a directory of its own, and granian processes over it.

Use the fixtures ``platform`` (one instance with one server for the whole run) or ``platforms`` (makes instances).
"""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django_process import DjangoProcess

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
ENTRY = "config.asgi:application"
# The services of the machine must not reach an instance of a test unless the test says so.
FOREIGN = ("DATABASE_URL", "REDIS_URL", "S3_BUCKET", "TINTYPE_PRODUCTION", "PORT", "PUBLIC_URL", "DELIVERY_URL")

FIRST_ACCOUNT = """
import json
from django.contrib.auth import get_user_model
from accounts.create import create_account
from accounts.tokens import issue
user = get_user_model().objects.create_superuser("owner", "owner@example.com", "a password")
account = create_account("first", user)
account.flexible_variants = True
account.save()
print(json.dumps({
    "account_id": account.id, "account_hash": account.hash, "api_token": issue(account, "test", user=user),
    "email": user.email, "password": "a password", "signing_key": account.signing_keys.get().value,
}))
"""


@dataclass(frozen=True)
class Reply:
    """An HTTP answer; header names are lower-case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Server:
    """One granian with one or more workers on a port of its own."""

    def __init__(self, environment: dict[str, str], workers: int, log: Path, entry: str = ENTRY) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        command = [sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port"]
        command += [str(self.port), "--workers", str(workers), "--no-ws", entry]
        environment = environment | {"PORT": str(self.port)}
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=file, stderr=file, start_new_session=True
            )

    def wait_until_ready(self) -> "Server":
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(OSError, http.client.HTTPException):
                self.get("/ready", timeout=START_SECONDS)
                return self
            time.sleep(0.05)
        self.stop()
        raise AssertionError("the server did not start:\n" + self.log.read_text(errors="replace")[-4000:])

    def get(self, path: str, method: str = "GET", timeout: float = 60, body: Any = None, **headers: str) -> Reply:
        """Ask over a connection of its own; ``path`` goes out as it is. ``if_none_match="…"`` becomes a header."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body=body, headers=names)
            answer = connection.getresponse()
            return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def raw(self, request: bytes, timeout: float = 60) -> bytes:
        """Send bytes over a plain socket and read until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as connection:
            connection.sendall(request)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def logged(self, text: str) -> int:
        """How often the server's log holds ``text``."""
        return self.log.read_text(errors="replace").count(text)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(15)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Platform:
    """A migrated instance with a first account; ``facts`` holds its id, hash, token, key and its owner's password."""

    def __init__(self, directory: Path, **environment: str) -> None:
        self.directory = directory
        mine = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        mine |= {
            "DATA_DIR": str(directory),
            "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
            "RENDER_CHILDREN": "2",
            "LOG_LEVEL": "INFO",
        }
        self.environment = mine | {"DJANGO_SETTINGS_MODULE": "config.settings"} | environment
        self.servers: list[Server] = []
        directory.mkdir(parents=True, exist_ok=True)
        self._shell = DjangoProcess(ROOT, self.environment)
        self.run("from django.core.management import call_command; call_command('migrate', verbosity=0)")
        self.facts: dict[str, str] = json.loads(self.run(FIRST_ACCOUNT))

    def start(self, workers: int = 1, entry: str = ENTRY, **environment: str) -> Server:
        """A further server over the same data."""
        return self.start_several(1, workers, entry, **environment)[0]

    def start_several(self, count: int, workers: int = 1, entry: str = ENTRY, **environment: str) -> list[Server]:
        """Further servers over the same data, starting side by side."""
        started = []
        for _ in range(count):
            log = self.directory / f"server-{len(self.servers)}.log"
            started.append(Server(self.environment | environment, workers, log, entry))
            self.servers.append(started[-1])
        return [server.wait_until_ready() for server in started]

    def manage(self, *arguments: str) -> str:
        return self._python(str(ROOT / "manage.py"), *arguments)

    def run(self, code: str, *arguments: str) -> str:
        """Run Python code in a process of its own, with Django set up; what it printed."""
        return self._shell.run(code, *arguments)

    def upload(self, file: Path, public_id: str | None = None, private: bool = False) -> str:
        """Store an original; the id it has."""
        code = (
            "import sys; from pathlib import Path; from accounts.models import Account\n"
            "from images.upload import receive\n"
            "account, file, public_id, private = sys.argv[1:]\n"
            "image = receive(Account.objects.get(id=account), Path(file), filename='picture',\n"
            "                public_id=public_id or None, require_signed_urls=private == 'yes')\n"
            "print(image.public_id)"
        )
        arguments = (self.facts["account_id"], str(file), public_id or "", "yes" if private else "no")
        return self.run(code, *arguments).strip()

    def stop(self) -> None:
        self._shell.stop()
        for server in self.servers:
            if server.process.poll() is None:
                server.process.terminate()  # all at once; then each is waited for
        for server in self.servers:
            server.stop()

    def _python(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def platforms() -> Iterator[Callable[..., Platform]]:
    """Makes instances; keyword arguments are their environment. All are stopped and removed at the end."""
    with contextlib.ExitStack() as stack:

        def make(**environment: str) -> Platform:
            directory = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
            instance = Platform(Path(directory), **environment)
            stack.callback(instance.stop)
            return instance

        yield make


@pytest.fixture(scope="session")
def platform(platforms: Callable[..., Platform]) -> Platform:
    """One instance with one server (``platform.servers[0]``), for tests that leave it as they found it."""
    instance = platforms()
    instance.start()
    return instance
