"""Requests that no library would send, over a plain socket; and two people with one upload URL."""

import json
import secrets
import threading
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from people import png_bytes
from platform_server import Platform

PNG = png_bytes()


def form(boundary: str = "B") -> bytes:
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    return head.encode() + PNG + f"\r\n--{boundary}--\r\n".encode()


def ask(platform: Platform, method: str, path: str, *headers: str, body: bytes = b"") -> tuple[int, Any]:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *headers]
    lines.append(f"Authorization: Bearer {platform.facts['api_token']}")
    answer = platform.servers[0].raw("\r\n".join([*lines, "", ""]).encode() + body)
    head, _, rest = answer.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" in head.lower():
        rest = b"".join(rest.split(b"\r\n")[1::2])
    return int(head.split()[1]), json.loads(rest)


def base(platform: Platform) -> str:
    return f"/client/v4/accounts/{platform.facts['account_id']}/images"


def originals(platform: Platform) -> int:
    return sum(path.is_file() for path in (platform.directory / "storage" / "originals").rglob("*"))


def chunked(body: bytes, size: int = 50) -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def test_chunked_form_without_a_length(platform: Platform) -> None:
    headers = ("Content-Type: multipart/form-data; boundary=B", "Transfer-Encoding: chunked")
    status, body = ask(platform, "POST", f"{base(platform)}/v1", *headers, body=chunked(form()))
    assert (status, body["result"]["filename"]) == (200, "a.png")


def test_an_empty_form(platform: Platform) -> None:
    headers = ("Content-Type: multipart/form-data; boundary=B", "Content-Length: 7")
    status, body = ask(platform, "POST", f"{base(platform)}/v2/direct_upload", *headers, body=b"--B--\r\n")
    assert (status, set(body["result"])) == (200, {"id", "uploadURL"})


def test_a_body_that_is_too_long_is_refused_in_the_envelope(platforms: Any) -> None:
    small = platforms(MAX_UPLOAD_BYTES="1000", MAX_REQUEST_BYTES="2000")
    small.start()
    headers = ("Content-Type: multipart/form-data; boundary=B", "Transfer-Encoding: chunked")
    status, body = ask(small, "POST", f"{base(small)}/v1", *headers, body=chunked(b"x" * 5000))
    assert (status, body["errors"][0]["code"]) == (413, 7011)
    answer = small.servers[0].get("/upload/x/y", "POST", body=b"x" * 5000)
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (413, "*")


@pytest.mark.parametrize(
    "path",
    ["/v1/%00", "/v1/%FF", "/v1/a%0Ab", "/v1/" + "a" * 2000, "/v1/%2e%2e", "/v1/a//b", "/v1/%", "/v2?per_page=%FF"],
)
def test_strange_paths_are_no_fault_of_ours(platform: Platform, path: str) -> None:
    status, body = ask(platform, "GET", base(platform) + path)
    assert status in {200, 400, 404}
    assert body["success"] is (status == 200)


@pytest.mark.parametrize("tries", [2, 6])
def test_of_several_uploads_to_one_url_exactly_one_wins(platform: Platform, tries: int) -> None:
    headers = {"Authorization": f"Bearer {platform.facts['api_token']}"}
    url = f"{platform.servers[0].url}{base(platform)}"
    creator = secrets.token_hex(8)
    given = httpx.post(f"{url}/v2/direct_upload", headers=headers, data={"creator": creator}).json()["result"]
    before = httpx.get(f"{url}/v1/stats", headers=headers).json()["result"]["count"]["current"]
    stored = originals(platform)
    gate, found = threading.Barrier(tries), list[httpx.Response]()

    def upload() -> None:
        gate.wait()
        found.append(httpx.post(given["uploadURL"], files={"file": ("a.png", PNG)}, timeout=60))

    threads = [threading.Thread(target=upload) for _ in range(tries)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in found) == [200] + [409] * (tries - 1)
    assert {answer.headers["access-control-allow-origin"] for answer in found} == {"*"}
    after = httpx.get(f"{url}/v1/stats", headers=headers).json()["result"]["count"]["current"]
    assert after == before + 1
    images = httpx.get(f"{url}/v2?creator={creator}", headers=headers).json()["result"]["images"]
    assert [image["id"] for image in images] == [given["id"]]
    assert originals(platform) == stored + 1
    assert urlsplit(given["uploadURL"]).path.endswith(given["id"])
