"""A Redis server of the tests, reached by a unix socket in a temporary directory."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis


def program() -> str | None:
    """Where redis-server (or its sibling Valkey) is; None without one."""
    return shutil.which("redis-server") or shutil.which("valkey-server")


@contextmanager
def running() -> Iterator[str]:
    """A REDIS_URL of an empty server that ends with the block."""
    # The path of a unix socket may have about 100 characters: pytest's folders are longer at times.
    with tempfile.TemporaryDirectory(prefix="tintype-redis-") as folder:
        socket = Path(folder) / "redis.sock"
        options = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no", "--dir", folder]
        server = subprocess.Popen([program() or "redis-server", *options], stdout=subprocess.DEVNULL)
        try:
            url = f"unix://{socket}?db=0"
            _wait_for(url)
            yield url
        finally:
            server.kill()
            server.wait()


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 30
    with redis.Redis.from_url(url) as client:
        while True:
            try:
                client.ping()
                return
            except redis.ConnectionError:
                assert time.monotonic() < deadline, "Redis did not start"
                time.sleep(0.05)
