"""Requests that mean harm or make no sense: each is answered, none with a 500, and nothing is left half-done."""

import json
import re
import secrets
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from people import png_bytes
from platform_server import Platform

PNG = png_bytes(12, 9)
STRANGE_CHARSETS = ("hex", "utf-16", "idna", "punycode", "rot13", "undefined", "zlib", "base64", "utf-7", "'", "\xff")
HUGE = ("oklch(1e200 1e300 1e300)", "lab(none 1e308 1e308)")


def base(platform: Platform) -> str:
    return f"{platform.servers[0].url}/client/v4/accounts/{platform.facts['account_id']}/images"


@pytest.fixture
def client(platform: Platform) -> Any:
    headers = {"Authorization": f"Bearer {platform.facts['api_token']}"}
    with httpx.Client(base_url=base(platform), headers=headers, timeout=60) as found:
        yield found


def form(name: bytes, value: bytes) -> bytes:
    file = b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n' + PNG
    return b'--B\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n%s\r\n--B--\r\n' % (name, value, file)


def upload(client: httpx.Client) -> str:
    found: str = client.post("/v1", files={"file": ("a.png", PNG)}).json()["result"]["id"]
    return found


@pytest.mark.parametrize("charset", STRANGE_CHARSETS)
def test_no_charset_is_believed(client: httpx.Client, charset: str) -> None:
    for kind in ("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=B"):
        headers = {b"Content-Type": f"{kind}; charset={charset}; x*=hex''%ff".encode("latin-1")}
        assert client.get("/v1?creator=%C3%A9", headers=headers).status_code == 200
        assert client.patch("/v1/missing", content=b"{}", headers=headers).status_code in {400, 404}


def test_the_boundary_survives_beside_a_charset(client: httpx.Client) -> None:
    headers = {"Content-Type": "multipart/form-data; charset=utf-16; boundary=B"}
    assert (
        client.post("/v1", content=form(b"creator", "é".encode()), headers=headers).json()["result"]["creator"] == "é"
    )


def test_an_id_that_is_no_utf8(client: httpx.Client) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=B"}
    answer = client.post("/v1", content=form(b"id", b"\xff\xfe"), headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, 5411)


def test_as_many_fields_of_metadata_as_fit(client: httpx.Client) -> None:
    fields = {"metadata.l[]": ["1"] * 500}
    answer = client.post("/v1", data=fields, files={"file": ("a.png", PNG)})
    assert answer.json()["result"]["meta"] == {"l": [1] * 500}


def test_a_large_body_of_json_is_refused_before_it_is_parsed(platform: Platform, client: httpx.Client) -> None:
    body = b'{"a":[' + b"{}," * 200_000 + b"{}]}"
    url = client.post("/v2/direct_upload").json()["result"]["uploadURL"]
    for address in (f"{base(platform)}/v1/config", url):
        method = "POST" if address == url else "PATCH"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = client.request(method, address, content=body, headers=headers)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (413, 7011)


def test_a_body_that_is_framed_wrongly(platform: Platform) -> None:
    head = "POST /client/v4/x HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = platform.servers[0].raw(head.encode() + b"zz\r\n")
    assert answer.startswith(b"HTTP/1.1 400")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["errors"][0]["code"] == 5433


@pytest.mark.parametrize("colour", HUGE)
def test_colours_beyond_all_numbers(platform: Platform, client: httpx.Client, colour: str) -> None:
    body = {"id": "x" + secrets.token_hex(4), "options": {"background": colour}}
    assert client.post("/v1/variants", json=body).status_code == 400
    path = f"/{platform.facts['account_hash']}/{upload(client)}/w=5,background={quote(colour, safe='')}"
    answer = platform.servers[0].get(path)
    assert (answer.status, "background" in answer.headers["warning"]) == (200, True)


def test_accept_in_two_lines(platform: Platform, client: httpx.Client) -> None:
    lines = f"GET /{platform.facts['account_hash']}/{upload(client)}/public HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    lines += "Connection: close\r\nAccept: image/webp\r\nAccept: */*\r\n\r\n"
    assert b"content-type: image/webp" in platform.servers[0].raw(lines.encode())


def test_an_original_that_is_gone_is_not_found(platform: Platform, client: httpx.Client) -> None:
    folder = platform.directory / "storage" / "originals"
    before = {path for path in folder.rglob("*") if path.is_file()}
    public_id = upload(client)
    for path in {path for path in folder.rglob("*") if path.is_file()} - before:
        path.unlink()
    answer = platform.servers[0].get(f"/{platform.facts['account_hash']}/{public_id}/public")
    assert (answer.status, answer.body) == (404, b"ERROR 9404: Image not found")
    assert client.get(f"/v1/{public_id}/blob").status_code == 404
    client.delete(f"/v1/{public_id}")


@pytest.mark.parametrize("query", ["version=%00", "version=%0d%0aX:1", "lang=%00", "lang=xx", "format=yaml"])
def test_the_document_of_the_api_takes_no_questions(platform: Platform, query: str) -> None:
    answer = platform.servers[0].get(f"/client/v4/openapi.json?{query}")
    assert answer.status in {200, 404} and "x" not in answer.headers


def test_a_session_opens_no_api_and_its_forms_need_a_token(platform: Platform) -> None:
    server = platform.servers[0]
    with httpx.Client(base_url=server.url, follow_redirects=True, timeout=60) as person:
        page = person.get("/dashboard/sign-in").text
        token = re.findall('csrfmiddlewaretoken" value="([^"]+)"', page)[0]
        facts = {"email": platform.facts["email"], "password": platform.facts["password"]}
        assert person.post("/dashboard/sign-in", data={**facts, "csrfmiddlewaretoken": token}).status_code == 200
        assert person.cookies["sessionid"]
        for method in ("GET", "POST"):
            assert person.request(method, f"{base(platform)}/v1").status_code == 401
        for path in ("upload-url", "delete", "account", "variants/new", "developers/tokens", "developers/config"):
            assert person.post(f"/dashboard/{path}").status_code == 403
        for moment in ("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00%2B23:59", "x"):
            assert person.get(f"/dashboard/?after={moment}_{'0' * 32}").status_code == 200
        form = {"csrfmiddlewaretoken": person.cookies["csrftoken"]}
        for path in ("keys/%00", "keys/a%0a", "tokens/99999999999999999999/revoke"):
            assert person.post(f"/dashboard/developers/{path}", data=form).status_code == 404
        assert person.get("/dashboard/variants/of/%00").status_code == 404
