"""One render per key, within a process and across processes, whoever is killed or leaves."""

import os
import signal
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import pyvips
from platform_server import Platform, Server

SLOW = "w=1500,format=avif"


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture that takes its time to encode."""
    file = tmp_path_factory.mktemp("noise") / "noise.jpg"
    pyvips.Image.gaussnoise(1500, 1300, mean=128, sigma=60).cast("uchar").write_to_file(f"{file}[Q=95]")
    return file


@pytest.fixture
def picture(trio: Platform, noise: Path) -> str:
    """The delivery path of a picture that nobody has asked for yet."""
    return f"/{trio.facts['account_hash']}/{trio.upload(noise)}"


@pytest.fixture
def rivals(trio: Platform) -> Iterator[tuple[Server, Server]]:
    """A server that may be killed, and one that stays."""
    victim = trio.start()
    yield victim, trio.servers[0]
    victim.stop()


@pytest.fixture
def renders(trio: Platform) -> Callable[[], int]:
    """How many renders have been started since the test began, by all servers together."""

    def count() -> int:
        return sum(server.logged("variants.making: rendering") for server in trio.servers)

    before = count()
    return lambda: count() - before


def until(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def children_of(server: Server) -> list[int]:
    """The render children of a server, the busiest first."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if b"images.box_child" not in (entry / "cmdline").read_bytes():
                continue
            if os.getpgid(int(entry.name)) == server.process.pid:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                found.append((int(fields[11]), int(entry.name)))
        except OSError:
            continue
    return [pid for _, pid in sorted(found, reverse=True)]


@pytest.mark.slow
def test_64_clients_on_one_cold_key_cause_one_render_while_hits_stay_quick(
    trio: Platform, picture: str, renders: Callable[[], int]
) -> None:
    warm = f"{picture}/w=20,format=png"
    assert trio.servers[0].get(warm).status == 200
    done, hits = threading.Event(), []

    def keep_hitting() -> None:
        while not done.is_set():
            begun = time.perf_counter()
            assert trio.servers[0].get(warm).headers["cf-cache-status"] == "HIT"
            hits.append(time.perf_counter() - begun)

    hitting = threading.Thread(target=keep_hitting)
    hitting.start()
    begun = time.perf_counter()
    with ThreadPoolExecutor(64) as clients:
        replies = list(clients.map(lambda n: trio.servers[n % 3].get(f"{picture}/{SLOW}"), range(64)))
    cold = time.perf_counter() - begun
    done.set()
    hitting.join()
    assert {reply.status for reply in replies} == {200}
    assert len({reply.body for reply in replies}) == len({reply.headers["etag"] for reply in replies}) == 1
    assert renders() == 2  # the warm one and this one
    assert len(hits) >= 5
    assert statistics.median(hits) < cold / 5


def test_a_killed_holder_frees_the_key(rivals: tuple[Server, Server], picture: str, renders: Callable[[], int]) -> None:
    victim, heir = rivals
    with ThreadPoolExecutor(2) as clients:
        lost = clients.submit(victim.get, f"{picture}/{SLOW}")
        until(lambda: victim.logged("rendering"))
        waiting = clients.submit(heir.get, f"{picture}/{SLOW}")
        os.killpg(victim.process.pid, signal.SIGKILL)
        assert lost.exception()
        assert waiting.result().status == 200
    assert renders() == 2


def test_a_killed_render_child_costs_its_request_a_retry_and_others_nothing(
    trio: Platform, picture: str, renders: Callable[[], int]
) -> None:
    server = trio.servers[0]
    with ThreadPoolExecutor(2) as clients:
        asked = clients.submit(server.get, f"{picture}/{SLOW}")
        until(renders)
        time.sleep(0.1)
        for child in children_of(server):
            os.kill(child, signal.SIGKILL)
        assert server.get("/healthz").status == 200
        assert asked.result().status == 200
    assert server.get(f"{picture}/w=30").status == 200


def test_a_client_that_leaves_takes_its_render_with_it(
    trio: Platform, picture: str, renders: Callable[[], int]
) -> None:
    server = trio.servers[0]
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(f"GET {picture}/{SLOW} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        until(lambda: renders() == 1)
    time.sleep(0.3)
    again = server.get(f"{picture}/{SLOW}")
    assert (again.status, again.headers["cf-cache-status"]) == (200, "MISS")
    assert renders() == 2
