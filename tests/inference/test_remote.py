"""The client of services that come, go and die."""

import contextlib
import os
import re
import signal
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import tiny_models
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from inference_server import InferenceServer, running
from tiny_models import QUICK, SLOW, picture

from inference import connection
from inference.client import Remote
from inference.errors import Busy, InferenceFault, PictureRefused, Unavailable
from inference.results import Mask

WAIT = 60


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.with_slow(tmp_path_factory.mktemp("models") / "models")


def looked(remote: Remote, model: str = QUICK) -> Mask | InferenceFault:
    """The result, or the fault."""
    try:
        found = remote.look(model, picture())
    except InferenceFault as fault:
        return fault
    assert isinstance(found, Mask)
    return found


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[tuple[str, list[int]]]:
    """The URL of a server on TCP that handles each connection with ``serve``, and how many came."""
    count: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection = server.accept()[0]
                    count.append(1)
                    with connection, contextlib.suppress(OSError):
                        serve(connection)

        thread = threading.Thread(target=accept)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", count
        server.shutdown(socket.SHUT_RDWR)
    thread.join(WAIT)


def read(connection: socket.socket) -> None:
    """All of a request: who closes before he has read it breaks the connection, and the answer is lost."""
    head, _, body = connection.recv(65536).partition(b"\r\n\r\n")
    missing = int(re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)[1]) - len(body)  # type: ignore[index]
    while missing > 0:
        missing -= len(connection.recv(65536))


def test_nobody_listens(tmp_path: Path) -> None:
    remote = Remote([f"unix:{tmp_path}/absent.sock"])
    for _ in range(3):
        with pytest.raises(Unavailable):
            remote.look(QUICK, picture())
    assert remote.health()[f"unix:{tmp_path}/absent.sock"]["status"] == "unavailable"


def test_no_service_at_all() -> None:
    with pytest.raises(Unavailable):
        Remote([]).look(QUICK, picture())


@pytest.mark.parametrize("url", ["ftp://a:1", "unix:", "http://", "a:1", "http://a:1/path", "http://a:port"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="port|unix"):
        Remote([url])


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((4, 5), np.uint8),
        np.zeros((4, 5, 4), np.uint8),
        np.zeros((4, 5, 3), np.float32),
        np.zeros((0, 5, 3), np.uint8),
        np.zeros((4, 1025, 3), np.uint8),
    ],
)
def test_what_is_no_picture_is_not_sent(wrong: np.ndarray) -> None:  # type: ignore[type-arg]
    with pytest.raises(PictureRefused):
        Remote(["unix:/nowhere"]).look(QUICK, wrong)


def test_one_that_hangs_up_is_left_alone_for_a_moment() -> None:
    with listening(lambda connection: None) as (url, count):
        remote = Remote([url])
        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(lambda _: looked(remote), range(200)))
        assert {type(one) for one in found} == {Unavailable}
        assert 0 < len(count) < 50


def test_there_is_a_limit_to_waiting() -> None:
    given_up = threading.Event()
    with listening(lambda connection: bool(given_up.wait(WAIT)) and None) as (url, _):
        assert isinstance(looked(Remote([url], total=0.2)), Unavailable)
        given_up.set()


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nabc",
        b"HTTP/1.1 2",
    ],
)
def test_what_is_no_answer_is_none(answer: bytes) -> None:
    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(answer)

    with listening(serve) as (url, _):
        assert isinstance(looked(Remote([url], total=5)), Unavailable)


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Key and certificate of localhost in one file, which this process trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    file = tmp_path / "certificate.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM) + private)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    connection._trust.cache_clear()
    yield file
    connection._trust.cache_clear()


def test_tls_is_spoken_to_those_whose_certificate_is_trusted(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def serve(plain: socket.socket) -> None:
        with context.wrap_socket(plain, server_side=True) as secure:
            read(secure)
            secure.sendall(b"HTTP/1.1 200 OK\r\nresult-kind: mask\r\nresult-size: 1x1\r\ncontent-length: 1\r\n\r\n!")

    with listening(serve) as (url, _):
        named = url.replace("http://127.0.0.1", "https://localhost")
        assert isinstance(looked(Remote([named])), Mask)
        assert isinstance(looked(Remote([named.replace("localhost", "127.0.0.1")])), Unavailable)


def test_an_answer_without_a_result_is_a_fault() -> None:
    def serve(connection: socket.socket) -> None:
        read(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nresult-kind: mask\r\nresult-size: 2x2\r\ncontent-length: 3\r\n\r\nabc")

    with listening(serve) as (url, _):
        assert type(looked(Remote([url], total=5))) is InferenceFault


def test_who_is_killed_while_looking_does_not_answer_and_comes_back(models: Path) -> None:
    with running(models, "--threads", "1") as server:
        remote = Remote([server.url])
        looked(remote, SLOW)
        with ThreadPoolExecutor(4) as threads:
            asked = [threads.submit(looked, remote, SLOW) for _ in range(4)]
            until(lambda: server.metric(f'inference_queue{{model="{SLOW}"}}') > 0)
            server.kill()
            assert {type(one.result(WAIT)) for one in asked} == {Unavailable}
        assert isinstance(looked(remote), Unavailable)
        server.start()
        until(lambda: isinstance(looked(remote), Mask))


def test_a_worker_that_dies_is_replaced(models: Path) -> None:
    with running(models, "--threads", "1") as server:
        remote, first = Remote([server.url]), server.worker
        looked(remote, SLOW)
        with ThreadPoolExecutor(2) as threads:
            asked = [threads.submit(looked, remote, SLOW) for _ in range(2)]
            until(lambda: server.metric(f'inference_queue{{model="{SLOW}"}}') > 0)
            os.kill(first, signal.SIGKILL)
            assert {type(one.result(WAIT)) for one in asked} == {Unavailable}
        until(lambda: isinstance(looked(remote), Mask))
        assert server.worker != first


def test_no_worker_outlives_its_parent(models: Path) -> None:
    with running(models) as server:
        worker = server.worker
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        until(
            lambda: not Path(f"/proc/{worker}").exists() or "Z" in Path(f"/proc/{worker}/stat").read_text().split()[2]
        )
        server.start()
        assert isinstance(looked(Remote([server.url])), Mask)


@pytest.fixture
def two(models: Path) -> Iterator[list[InferenceServer]]:
    with running(models, "--threads", "1") as first, running(models, "--threads", "1") as second:
        yield [first, second]


def requests(server: InferenceServer, model: str = SLOW, status: int = 200) -> float:
    return server.metric(f'inference_requests_total{{model="{model}",status="{status}"}}')


def test_several_share_the_work(two: list[InferenceServer]) -> None:
    remote = Remote([server.url for server in two])
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: looked(remote, SLOW), range(12)))
    assert all(isinstance(one, Mask) for one in found)
    assert all(requests(server) >= 3 for server in two)


def test_when_one_dies_the_other_does_the_work(two: list[InferenceServer]) -> None:
    remote = Remote([server.url for server in two])
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(looked, remote, SLOW) for _ in range(16)]
        until(lambda: requests(two[0]) > 0)
        two[0].kill()
        assert {type(one.result(WAIT)) for one in asked} == {Mask}
    for _ in range(20):
        assert isinstance(looked(remote), Mask)
    told = remote.health()
    assert [told[server.url]["status"] for server in two] == ["unavailable", "ok"]


def test_when_one_is_busy_another_is_asked(models: Path) -> None:
    with running(models, "--queue", "1", "--threads", "1") as small, running(models, "--threads", "1") as large:
        remote = Remote([small.url, large.url])
        with ThreadPoolExecutor(10) as threads:
            found = list(threads.map(lambda _: looked(remote, SLOW), range(20)))
        assert all(isinstance(one, Mask) for one in found)
        with ThreadPoolExecutor(10) as threads:
            found = list(threads.map(lambda _: looked(Remote([small.url]), SLOW), range(10)))
        assert {type(one) for one in found} == {Mask, Busy}


def test_connections_are_kept(models: Path) -> None:
    with running(models) as server:
        remote = Remote([server.url])
        for _ in range(20):
            looked(remote)
        opened = Path(f"/proc/{os.getpid()}/fd")
        before = len(list(opened.iterdir()))
        for _ in range(20):
            looked(remote)
        assert len(list(opened.iterdir())) == before


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_opens_connections_of_its_own(models: Path) -> None:
    with running(models) as server:
        remote = Remote([server.url])
        assert isinstance(looked(remote), Mask)
        child = os.fork()
        if child == 0:
            os._exit(0 if all(isinstance(looked(remote), Mask) for _ in range(20)) else 1)
        assert all(isinstance(looked(remote), Mask) for _ in range(20))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
