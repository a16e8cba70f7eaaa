"""The service that looks at pictures is killed under load: who did not need it notices nothing, and it comes back."""

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import inference_server
import pytest
from inference_server import InferenceServer
from platform_server import Platform, Reply, Server
from serve_command import wait_until

IMAGES, LOOKS = 16, 3

pytestmark = pytest.mark.slow


@dataclass
class Load:
    """Plain variants, each asked for the first time: how long each took, and whatever was no picture."""

    server: Server
    base: str
    seconds: list[float] = field(default_factory=list)
    failed: list[Reply] = field(default_factory=list)

    @contextmanager
    def running(self, clients: int = 2) -> Iterator[None]:
        """Clients that ask without pause until the block ends."""
        widths, over = count(40), threading.Event()

        def ask() -> None:
            while not over.is_set():
                begun = time.monotonic()
                reply = self.server.get(f"{self.base}/image-0/w={next(widths)},format=webp")
                self.seconds.append(time.monotonic() - begun)
                if reply.status != 200:
                    self.failed.append(reply)

        with ThreadPoolExecutor(clients) as threads:
            asked = [threads.submit(ask) for _ in range(clients)]
            try:
                yield
            finally:
                over.set()
        for one in asked:
            one.result()


@pytest.fixture(scope="module")
def service(shared: Path) -> Iterator[InferenceServer]:
    with inference_server.running(shared / "models") as server:
        yield server


@pytest.fixture(scope="module")
def place(service: InferenceServer, shared: Path, platforms: Callable[..., Platform]) -> tuple[Server, str]:
    """A server that asks the service, and where its pictures are; all are of one face."""
    instance = platforms(INFERENCE_URLS=service.url, MODELS_DIR=str(shared / "models"))
    for number in range(IMAGES):
        instance.upload(shared / "photos" / "skimage_astronaut.png", f"image-{number}")
    return instance.start(), f"/{instance.facts['account_hash']}"


def face(server: Server, base: str, number: int, width: int = 90) -> Reply:
    return server.get(f"{base}/image-{number}/w={width},h=120,fit=cover,gravity=face,format=webp")


def test_killed_under_load(service: InferenceServer, place: tuple[Server, str]) -> None:
    server, base = place
    known = face(server, base, 1)
    assert (known.status, known.headers.get("warning")) == (200, None)
    load, numbers = Load(server, base), iter(range(2, IMAGES))
    looks: list[Reply] = []

    def look() -> None:
        """Pictures that nobody has looked at yet, one after the other."""
        for number in numbers:
            looks.append(server.get(f"{base}/image-{number}/w=80,segment=foreground,format=webp"))
            if stopped.is_set() or looks[-1].status == 503:
                return

    stopped = threading.Event()
    with ThreadPoolExecutor(1) as threads, load.running():
        looking = threads.submit(look)
        wait_until(lambda: len(looks) >= LOOKS and len(load.seconds) > 10, "pictures that were looked at")
        split, seen = len(load.seconds), len(looks)
        service.kill()
        wait_until(lambda: looks[-1].status == 503 and len(load.seconds) > split + 20, "a refusal")
        stopped.set()
        looking.result()
    before, after = load.seconds[:split], load.seconds[split:]
    assert load.failed == []
    assert statistics.median(after) <= 2 * statistics.median(before)
    assert max(after) <= 3 * max(before)
    assert [reply.status for reply in looks[:seen]] == [200] * seen
    refused = looks[-1]
    assert (refused.status, refused.headers["cf-resized"], refused.headers["retry-after"]) == (503, "err=9522", "2")

    degraded = face(server, base, IMAGES - 1)
    assert degraded.status == 200
    assert "without looking" in degraded.headers["warning"]
    assert degraded.headers["cache-control"] == "public, max-age=60"
    assert "warning" not in face(server, base, 1, width=91).headers  # who was seen before needs nobody

    service.start()
    wait_until(lambda: "warning" not in face(server, base, IMAGES - 1).headers, "the service to be asked again")
    assert server.get(f"{base}/image-{IMAGES - 1}/w=80,segment=foreground,format=webp").status == 200
