"""Pictures by URL: what is fetched, what is refused, and that nothing inside the network is ever asked."""

import base64
import http.server
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from people import Person, png_bytes, refused
from pytest_django.fixtures import Settings

from images import addresses, fetch
from images.errors import FetchRefused, FileTooLarge, RedirectRefused

PNG = png_bytes()
Answer = Callable[[http.server.BaseHTTPRequestHandler], None]


class Origin:
    """A server on this machine; ``answers`` by path, ``asked`` what came."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {"/dir/a.png": sends(200, PNG)}
        self.asked: list[tuple[str, dict[str, str]]] = []
        origin = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                origin.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                origin.answers.get(self.path, sends(404, b""))(self)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


def sends(status: int, body: bytes, **headers: str) -> Answer:
    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@contextmanager
def serving() -> Iterator[Origin]:
    origin = Origin()
    thread = threading.Thread(target=origin.server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield origin
    finally:
        origin.server.shutdown()
        thread.join()
        origin.server.server_close()


@pytest.fixture
def origin(settings: Settings) -> Iterator[Origin]:
    settings.FETCH_ALLOW_PRIVATE = True
    with serving() as found:
        yield found


def fetched(url: str) -> bytes:
    with fetch.fetched(url) as path:
        return Path(path).read_bytes()


def test_an_upload_by_url(owner: Person, origin: Origin) -> None:
    answer = owner.post("/images/v1", {"url": f"{origin.url}/dir/a.png", "metadata": '{"k": 1}', "id": "x"})
    image = answer.json()["result"]
    assert (image["id"], image["filename"], image["meta"]) == ("x", "a.png", {"k": 1})
    assert b"".join(owner.get("/images/v1/x/blob").streaming_content) == PNG


def test_fields_are_checked_before_anything_is_fetched(owner: Person, origin: Origin) -> None:
    owner.upload(id="taken")
    url = f"{origin.url}/dir/a.png"
    refused(owner.post("/images/v1", {"url": url, "id": "taken"}), 409, 5409)
    refused(owner.post("/images/v1", {"url": url, "id": "stats"}), 400, 5411)
    assert not origin.asked


def test_faults_of_the_origin_are_told(owner: Person, origin: Origin) -> None:
    origin.answers["/text"] = sends(200, b"<html>")
    origin.answers["/gzip"] = sends(200, b"x", content_encoding="gzip")
    origin.answers["/error"] = sends(500, b"")
    refused(owner.post("/images/v1", {"url": f"{origin.url}/missing.png"}), 400, 5454)
    refused(owner.post("/images/v1", {"url": f"{origin.url}/error"}), 400, 5454)
    refused(owner.post("/images/v1", {"url": f"{origin.url}/gzip"}), 400, 5454)
    refused(owner.post("/images/v1", {"url": f"{origin.url}/text"}), 415, 5455)
    refused(owner.post("/images/v1", {"url": "http://127.0.0.1:1/a.png"}), 400, 5454)
    refused(owner.post("/images/v1", {"url": "http://name.invalid/a.png"}), 400, 5454)


def test_basic_authentication_stays_with_its_host(origin: Origin) -> None:
    with serving() as other:
        origin.answers["/here"] = sends(302, b"", location="/dir/a.png")
        origin.answers["/there"] = sends(302, b"", location=f"{other.url}/dir/a.png")
        wanted = "Basic " + base64.b64encode("user:pä/ss".encode()).decode()
        url = origin.url.replace("//", "//user:p%C3%A4%2Fss@")
        assert fetched(f"{url}/here") == fetched(f"{url}/there") == PNG
        assert [headers.get("authorization") for _, headers in origin.asked] == [wanted] * 3
        assert [headers.get("authorization") for _, headers in other.asked] == [None]
        assert all(headers["accept-encoding"] == "identity" for _, headers in origin.asked)


def test_redirects_end(origin: Origin) -> None:
    origin.answers["/loop"] = sends(302, b"", location="/loop")
    with pytest.raises(FetchRefused, match="redirects"):
        fetched(f"{origin.url}/loop")
    assert len(origin.asked) == 6
    for place in ("file:///etc/passwd", "http://[", "gopher://a/", "//", "http://xn--/", "http://xn--a/"):
        origin.answers["/odd"] = sends(302, b"", location=place)
        with pytest.raises(FetchRefused):
            fetched(f"{origin.url}/odd")


def test_size_is_limited_whatever_the_origin_says(origin: Origin, settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = 1000
    origin.answers["/says"] = sends(200, b"", content_length="1001")
    origin.answers["/lies"] = sends(200, b"x" * 5000)
    for path in ("/says", "/lies"):
        with pytest.raises(FileTooLarge):
            fetched(origin.url + path)


def test_an_origin_that_drips_is_left(origin: Origin, settings: Settings) -> None:
    settings.FETCH_SECONDS = 1

    def drip(handler: http.server.BaseHTTPRequestHandler) -> None:
        for _ in range(50):
            handler.wfile.write(b"H")
            time.sleep(0.1)

    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        try:
            drip(handler)
        except OSError:
            handler.close_connection = True

    origin.answers["/drip"] = answer
    with pytest.raises(FetchRefused):
        fetched(f"{origin.url}/drip")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://a/dir/b.png", "b.png"),
        (" http://a/dir/b%2Fc%20d.png?e/f#g/h ", "b%2Fc%20d.png"),
        ("http://a", ""),
        ("HTTP://a?b/c", ""),
        ("http://[x@a/b.png", "b.png"),
        ("http://℀:x@a/b.png", "b.png"),
        ("http://a]x@b/c/..", ".."),
    ],
)
def test_the_name_of_a_file_behind_a_url(url: str, name: str) -> None:
    assert fetch.filename_of(url) == name


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.png",
        "ftp://example.com/a.png",
        "file:///etc/passwd",
        "http://",
        "http:///a",
        "http://exa mple/a",
        "http://a\nb/",
        "http://[::1/a",
        "http://a:99999999/",
        "javascript:alert(1)",
        "http://" + "a" * 5000,
        "http://xn--a/",
        "http://\ud800/",
        "http://..../",
    ],
)
def test_what_is_no_url(url: str) -> None:
    with pytest.raises(FetchRefused):
        fetched(url)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f.1",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "10.0.0.1",
        "169.254.169.254",
        "100.64.0.1",
    ],
)
def test_addresses_inside_are_never_asked(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        with pytest.raises(FetchRefused):
            fetched(f"http://{host}:{listening.getsockname()[1]}/a.png")
        with pytest.raises(TimeoutError):
            listening.accept()


def test_a_redirect_inside_is_not_followed(origin: Origin, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.2", 0)) as listening:
        listening.settimeout(0.05)
        inside = f"http://127.0.0.2:{listening.getsockname()[1]}/"
        origin.answers["/go"] = sends(302, b"", location=inside)
        settings.FETCH_ALLOW_PRIVATE = False
        real = addresses.is_public
        monkeypatch.setattr(addresses, "is_public", lambda text: text == "127.0.0.1" or real(text))
        with pytest.raises(RedirectRefused, match="public"):
            fetched(f"{origin.url}/go")
        assert [path for path, _ in origin.asked] == ["/go"]
        with pytest.raises(TimeoutError):
            listening.accept()


def test_the_connection_goes_to_the_address_that_was_checked(
    origin: Origin, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that answers with a public address first and an inner one later is asked once."""
    asked = []

    def resolve(host: str, port: int, **kwargs: Any) -> Any:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port))]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", _only_names(resolve, socket.getaddrinfo))
    port = origin.server.server_port
    assert fetched(f"http://changing.example:{port}/dir/a.png") == PNG
    assert asked == ["changing.example"]
    assert origin.asked[0][1]["host"] == f"changing.example:{port}"


def _only_names(mine: Any, real: Any) -> Any:
    return lambda host, *args, **kwargs: (
        mine(host, *args, **kwargs) if host == "changing.example" else real(host, *args, **kwargs)
    )


PUBLIC = ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"]
INSIDE = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.1",
    "192.0.2.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%1",
    "fc00::1",
    "fd00::1",
    "fec0::1",
    "ff02::1",
    "::ffff:10.0.0.1",
    "::10.0.0.1",
    "64:ff9b::a00:1",
    "64:ff9b:1::a00:1",
    "2002:a00:1::",
    "2001:0:a00:1::1",
    "100::1",
    "2001:db8::1",
    "192.0.0.8",
    "2001:2::1",
    "3fff::1",
    "5f00::1",
]


@pytest.mark.parametrize("text", PUBLIC)
def test_public(text: str) -> None:
    assert addresses.is_public(text)


@pytest.mark.parametrize("text", INSIDE)
def test_inside(text: str) -> None:
    assert not addresses.is_public(text)


@given(st.ip_addresses(v=4))
def test_ipv4_inside_ipv6_is_judged_alike(address: Any) -> None:
    public = addresses.is_public(str(address))
    assert addresses.is_public(f"::ffff:{address}") == public
    assert addresses.is_public(f"64:ff9b::{address}") == public
