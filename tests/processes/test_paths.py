"""Paths as they travel, over plain sockets: no client library that could mend them."""

import time

import pytest
import pyvips
from platform_server import Platform, Server

from images.signing import sign

PICTURE_ID = "a/b c%é"
ENCODED = ("a/b%20c%25%C3%A9", "a%2Fb%20c%25%C3%A9")


@pytest.fixture(scope="module")
def server(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Server:
    file = tmp_path_factory.mktemp("pictures") / "red.png"
    (pyvips.Image.black(60, 60) + [200, 10, 10]).cast("uchar").copy(interpretation="srgb").write_to_file(str(file))
    platform.upload(file, PICTURE_ID)
    platform.upload(file, PICTURE_ID + "/private", private=True)
    return platform.servers[0]


def ask(server: Server, target: str) -> tuple[int, bytes]:
    reply = server.raw(f"GET {target} HTTP/1.1\r\nHost: pictures\r\nConnection: close\r\n\r\n".encode())
    head, _, body = reply.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


@pytest.mark.parametrize("prefix", ["", "/cdn-cgi/imagedelivery"])
@pytest.mark.parametrize("encoded", ENCODED)
def test_brackets_and_commas_of_a_colour_survive(platform: Platform, server: Server, encoded: str, prefix: str) -> None:
    options = "w=90,h=60,fit=pad,background=rgb%281%2C2%2C3%29,format=png"
    status, body = ask(server, f"{prefix}/{platform.facts['account_hash']}/{encoded}/{options}")
    assert status == 200, body
    picture = pyvips.Image.new_from_buffer(body, "")
    assert (picture.width, picture.height) == (90, 60)
    assert picture(0, 0)[:3] == [1, 2, 3]
    assert picture(45, 30)[:3] == [200, 10, 10]


@pytest.mark.parametrize("prefix", ["", "/cdn-cgi/imagedelivery"])
@pytest.mark.parametrize("encoded", ENCODED)
@pytest.mark.parametrize("wanted", ["public", "w=20,format=png"])
def test_a_signature_covers_the_path_as_it_travels(
    platform: Platform, server: Server, encoded: str, prefix: str, wanted: str
) -> None:
    path = f"/{platform.facts['account_hash']}/{encoded}/private/{wanted}"
    in_an_hour = int(time.time()) + 3600
    for signed in (
        sign(prefix + path, platform.facts["signing_key"], in_an_hour),
        prefix + sign(path, platform.facts["signing_key"], in_an_hour),
    ):
        assert ask(server, signed)[0] == 200
    assert ask(server, prefix + path) == (403, b"ERROR 9425: Image access denied: this image is private; sign the URL")
    assert ask(server, sign(prefix + path, platform.facts["signing_key"], 1))[0] == 403
    assert ask(server, sign(prefix + path, "another key", in_an_hour))[0] == 403


def test_a_rendition_too_large_for_memory_comes_from_its_file(platform: Platform, server: Server) -> None:
    small = platform.start(RENDITION_MEMORY_BYTES="0")
    path = f"/{platform.facts['account_hash']}/{ENCODED[0]}/w=33,format=png"
    made, kept, head = small.get(path), small.get(path), small.get(path, "HEAD")
    while kept.headers["cf-cache-status"] == "MISS":  # it is stored behind the answer
        kept = small.get(path)
    assert made.body == kept.body
    assert pyvips.Image.new_from_buffer(kept.body, "").width == 33
    assert (head.body, head.headers["content-length"]) == (b"", str(len(made.body)))
    small.stop()


def test_django_sees_a_chunked_form_whole(platform: Platform, server: Server) -> None:
    form = (
        b'--B\r\nContent-Disposition: form-data; name="id"\r\n\r\nchunked\r\n'
        b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
        + pyvips.Image.black(3, 3).write_to_buffer(".png")
        + b"\r\n--B--\r\n"
    )
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (form[:50], form[50:])) + b"0\r\n\r\n"
    head = (
        f"POST /client/v4/accounts/{platform.facts['account_id']}/images/v1 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {platform.facts['api_token']}\r\nContent-Type: multipart/form-data; boundary=B\r\n"
        "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )
    reply = server.raw(head.encode() + chunks)
    assert reply.startswith(b"HTTP/1.1 200"), reply
    assert b'"chunked"' in reply


def test_a_request_that_is_too_large_is_told_in_the_envelope(platform: Platform) -> None:
    server = platform.start(MAX_REQUEST_BYTES="1000")
    for body in (b"x" * 1001, b"x" * 3_000_000):
        reply = server.get("/client/v4/x", method="POST", body=body)
        assert (reply.status, reply.json()["errors"][0]["code"]) == (413, 7011)
    server.stop()


def test_a_request_that_comes_too_slowly_is_given_up(platform: Platform) -> None:
    server = platform.start(REQUEST_SECONDS="1")
    reply = server.raw(b"POST /client/v4/x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\nab")
    assert reply.startswith(b"HTTP/1.1 408"), reply
    assert b'"code": 5408' in reply
    server.stop()
