"""docker/nginx.conf in front of a real server: what it passes on, what it keeps, and for how long."""

import http.client
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import nginx_service
import pytest
import pyvips
from origins import picture as remote_picture
from origins import sends, serving
from platform_server import Platform
from presence import require
from serve_command import wait_until

from images.signing import sign

PICTURE_ID = "a/b c%é"
ENCODED = "a/b%20c%25%C3%A9"
KEPT_SECONDS = 10
CHROME = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Edge:
    """An nginx in front of an instance."""

    port: int
    folder: Path
    platform: Platform

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Ask for a path below the account's hash; it goes out as it is. Status, headers, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        target = path if path.startswith("/") else f"/{self.platform.facts['account_hash']}/{path}"
        try:
            connection.request("GET", target, headers={name.replace("_", "-"): text for name, text in headers.items()})
            answer = connection.getresponse()
            return answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def keeps(self, path: str, **headers: str) -> None:
        """Wait until nginx answers ``path`` from its own copy, which it puts in place after it has sent the answer."""
        wait_until(lambda: self.get(path, **headers)[1]["x-cache"] == "HIT", f"a kept copy of {path}")

    def api(self, method: str, path: str, **arguments: object) -> httpx.Response:
        """A call of the API through nginx; ``path`` below the account."""
        base = f"http://127.0.0.1:{self.port}/client/v4/accounts/{self.platform.facts['account_id']}"
        headers = {"Authorization": f"Bearer {self.platform.facts['api_token']}"}
        return httpx.request(method, base + path, headers=headers, timeout=60, **arguments)  # type: ignore[arg-type]

    def signed(self, path: str, seconds: int = 3600) -> str:
        """The path with a signature."""
        target = f"/{self.platform.facts['account_hash']}/{path}"
        return sign(target, self.platform.facts["signing_key"], int(time.time()) + seconds)


@pytest.fixture(scope="module")
def edge(platforms: Callable[..., Platform], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    require(nginx_service.program(), "nginx (Debian: nginx)")
    folder, platform = tmp_path_factory.mktemp("nginx"), platforms()
    with nginx_service.running(folder, platform.start().port) as port:
        edge = Edge(port, folder, platform)
        for name in (PICTURE_ID, "public one", "to be removed"):
            upload(edge, name)
        upload(edge, "secret", requireSignedURLs="true")
        yield edge


def picture() -> bytes:
    red = (pyvips.Image.black(60, 60) + [200, 10, 10]).cast("uchar").copy(interpretation="srgb")
    body: bytes = red.write_to_buffer(".png")
    return body


def upload(edge: Edge, name: str, **fields: str) -> None:
    answer = edge.api("POST", "/images/v1", files={"file": ("a.png", picture())}, data={"id": name, **fields})
    assert answer.status_code == 200, answer.text


def test_a_path_passes_as_it_was_sent(edge: Edge) -> None:
    options = "w=90,h=60,fit=pad,background=rgb%281%2C2%2C3%29,format=png"
    for encoded in (ENCODED, "a%2Fb%20c%25%C3%A9"):
        status, _, body = edge.get(f"{encoded}/{options}")
        assert status == 200, body
        assert pyvips.Image.new_from_buffer(body, "")(0, 0)[:3] == [1, 2, 3]
        assert edge.get(edge.signed(f"{encoded}/public"))[0] == 200


def test_a_signature_over_a_strange_id_is_accepted(edge: Edge) -> None:
    upload(edge, PICTURE_ID + "/private", requireSignedURLs="true")
    assert edge.get(edge.signed(f"{ENCODED}/private/public"))[0] == 200
    assert edge.get(f"{ENCODED}/private/public")[0] == 403


def test_the_second_answer_comes_from_nginx(edge: Edge) -> None:
    first = edge.get("public%20one/w=31")
    edge.keeps("public%20one/w=31")
    second = edge.get("public%20one/w=31")
    assert (first[1]["x-cache"], second[1]["x-cache"]) == ("MISS", "HIT")
    assert first[2] == second[2]
    assert second[1]["cache-control"].startswith("public, max-age=")
    assert "x-accel-expires" not in second[1]


def test_other_queries_share_an_entry_and_other_formats_do_not(edge: Edge) -> None:
    edge.keeps("public%20one/w=32")
    assert edge.get("public%20one/w=32?utm_source=somewhere")[1]["x-cache"] == "HIT"
    webp = edge.get("public%20one/w=32", accept="image/webp,*/*")
    avif = edge.get("public%20one/w=32", accept=CHROME)
    edge.keeps("public%20one/w=32", accept=CHROME)
    again = edge.get("public%20one/w=32", accept="image/avif, image/webp, */*;q=0.5")
    refused = edge.get("public%20one/w=32", accept="image/avif;q=0,image/webp,*/*")
    assert [answer[1]["content-type"] for answer in (webp, avif, again, refused)] == [
        "image/webp",
        "image/avif",
        "image/avif",
        "image/webp",
    ]
    assert [answer[1]["x-cache"] for answer in (webp, avif, again, refused)] == ["MISS", "MISS", "HIT", "MISS"]


def test_a_tag_is_answered_with_304_by_both(edge: Edge) -> None:
    tag = edge.get("public%20one/w=33")[1]["etag"]
    assert edge.get("public%20one/w=33", if_none_match=tag)[:2][0] == 304
    private = edge.signed("secret/public")
    tag = edge.get(private)[1]["etag"]
    assert edge.get(private, if_none_match=tag)[0] == 304
    # A visitor's 304 on a cold entry must not become the answer for the next one.
    cold = "public%20one/w=34"
    tag = edge.platform.servers[0].get(f"/{edge.platform.facts['account_hash']}/{cold}").headers["etag"]
    assert edge.get(cold, if_none_match=tag)[0] == 304
    status, _, body = edge.get(cold)
    assert (status, bool(body)) == (200, True)


def test_private_pictures_are_never_kept(edge: Edge) -> None:
    private = edge.signed("secret/public")
    answers = [edge.get(private) for _ in range(3)]
    assert [answer[0] for answer in answers] == [200] * 3
    assert [answer[1]["x-cache"] for answer in answers] == ["MISS"] * 3
    refused = [edge.get("secret/public") for _ in range(2)]
    assert [(answer[0], answer[1]["x-cache"]) for answer in refused] == [(403, "MISS")] * 2


def test_a_change_holds_after_ten_seconds(edge: Edge) -> None:
    edge.keeps("to%20be%20removed/w=35")
    edge.get("public%20one/w=36")
    assert edge.api("DELETE", "/images/v1/to%20be%20removed").status_code == 200
    changed = time.monotonic()
    wait_until(lambda: edge.get("to%20be%20removed/w=35")[0] == 404, "the end of the removed picture")
    assert time.monotonic() - changed < KEPT_SECONDS + 5
    # What did not change is confirmed by its tag and kept for another ten seconds.
    wait_until(lambda: edge.get("public%20one/w=36")[1]["x-cache"] in {"REVALIDATED", "EXPIRED"}, "a question")
    status, headers, body = edge.get("public%20one/w=36")
    assert (status, headers["x-cache"], bool(body)) == (200, "HIT", True)


def test_a_form_in_chunks_arrives_whole(edge: Edge) -> None:
    form = (
        b'--B\r\nContent-Disposition: form-data; name="id"\r\n\r\nin chunks\r\n'
        b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n' + picture() + b"\r\n--B--\r\n"
    )
    base = f"http://127.0.0.1:{edge.port}/client/v4/accounts/{edge.platform.facts['account_id']}/images/v1"
    headers = {
        "Authorization": f"Bearer {edge.platform.facts['api_token']}",
        "Content-Type": "multipart/form-data; boundary=B",
    }
    answer = httpx.post(base, headers=headers, content=iter([form[:70], form[70:]]), timeout=60)
    assert answer.json()["result"]["id"] == "in chunks"


def test_no_query_is_logged(edge: Edge) -> None:
    edge.get(edge.signed("secret/public"))
    edge.get("/upload/somebody/something?t=a-token")
    log = edge.folder / "access.log"
    wait_until(lambda: "/upload/somebody/something" in log.read_text(), "the line of the request")
    assert "sig=" not in log.read_text()
    assert "a-token" not in log.read_text()


def test_the_rest_of_the_platform_is_passed_through(edge: Edge) -> None:
    base = f"http://127.0.0.1:{edge.port}"
    assert httpx.get(f"{base}/healthz").json()["status"] == "ok"
    assert httpx.get(f"{base}/static/admin/css/base.css").status_code == 200
    assert "x-cache" not in httpx.get(f"{base}/healthz").headers


def test_the_query_of_a_source_is_part_of_the_key(platforms: Callable[..., Platform], tmp_path: Path) -> None:
    require(nginx_service.program(), "nginx (Debian: nginx)")
    instance = platforms(FETCH_ALLOW_PRIVATE="1")
    with serving() as web, nginx_service.running(tmp_path, instance.start().port) as port:
        edge = Edge(port, tmp_path, instance)
        for number, width in (("1", 30), ("2", 60)):
            web.answers[f"/a.png?v={number}"] = sends(remote_picture(width, 10))
        edge.api("POST", "/images/v1/origins", json={"host": web.authority})
        path = f"/cdn-cgi/image/format=png/{web.url}/a.png"
        answers = [edge.get(f"{path}?v={number}") for number in ("1", "2")]
        edge.keeps(f"{path}?v=1")
        answers.append(edge.get(f"{path}?v=1"))
    widths = [pyvips.Image.new_from_buffer(body, "").width for _, _, body in answers]
    assert widths == [30, 60, 30]
    assert [headers["x-cache"] for _, headers, _ in answers] == ["MISS", "MISS", "HIT"]
