"""Transformation by URL against a real web server: what is fetched, how often, and what is refused."""

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import pyvips
from origins import WebServer, drips, picture, sends, serving, tagged
from platform_server import Platform, Reply, Server

ALLOW = """
import sys
from accounts.models import Account, Domain
from accounts import origins
account = Account.objects.get(id=sys.argv[1])
origins.create(account, sys.argv[2])
origins.create(account, sys.argv[2].replace("127.0.0.1", "localhost"), "/public/")
Domain.objects.create(host="shop.example", account=account, origin=sys.argv[3])
Domain.objects.create(host="bare.example", account=account)
"""
AGE = """
import sys
from datetime import timedelta
from accounts import generation
from images.models import RemoteOriginal
for row in RemoteOriginal.objects.filter(url=sys.argv[1]):
    row.fresh_until -= timedelta(seconds=int(sys.argv[2]))
    row.fetched -= timedelta(seconds=int(sys.argv[2]))
    row.save()
generation.bump()
"""
LIMITS = {"REMOTE_SECONDS": "2", "REMOTE_MAX_BYTES": "200000", "FETCH_ALLOW_PRIVATE": "1"}


@pytest.fixture(scope="module")
def instance(platforms: Callable[..., Platform]) -> Platform:
    found = platforms(**LIMITS)
    found.start()
    return found


@pytest.fixture(scope="module")
def web(instance: Platform) -> Iterator[WebServer]:
    with serving() as found:
        found.answers["/a.png"] = tagged(picture(), '"one"', cache_control="max-age=7200")
        instance.run(ALLOW, instance.facts["account_id"], found.authority, f"{found.url}/site")
        yield found


@pytest.fixture
def server(instance: Platform) -> Server:
    return instance.servers[0]


def code(reply: Reply) -> tuple[int, int]:
    found = re.fullmatch(rb"ERROR (\d+): [^\n]+", reply.body)
    assert found, reply
    assert reply.headers["cf-resized"] == f"err={int(found[1])}"
    assert reply.headers["cache-control"] == "no-store"
    return reply.status, int(found[1])


def size(reply: Reply) -> tuple[int, int]:
    assert reply.status == 200, reply
    image = pyvips.Image.new_from_buffer(reply.body, "")
    return image.width, image.height


def grow_old(instance: Platform, url: str, seconds: int) -> None:
    instance.run(AGE, url, str(seconds))


def test_a_picture_of_another_origin(server: Server, web: WebServer) -> None:
    before = len(web.asked)
    web.answers["/first.png"] = web.answers["/a.png"]
    reply = server.get(f"/cdn-cgi/image/w=32/{web.url}/first.png", accept="image/avif,image/webp", cookie="a=b")
    assert size(reply) == (32, 24)
    headers = reply.headers
    assert (headers["content-type"], "vary" in headers) == ("image/jpeg", False)
    assert re.fullmatch(r'"cf-[0-9a-f]{64}:one"', headers["etag"])
    assert (headers["cache-control"], headers["cf-cache-status"]) == ("public, max-age=7200", "MISS")
    asked = web.asked[before:]
    assert [path for path, _ in asked] == ["/first.png"]
    assert "image-resizing" in asked[0][1]["via"]
    assert not {"cookie", "authorization", "referer"} & asked[0][1].keys()
    again = server.get(f"/cdn-cgi/image/w=32/{web.url}/first.png", if_none_match=headers["etag"])
    assert (again.status, again.headers["etag"]) == (304, headers["etag"])
    other = server.get(f"/cdn-cgi/image/w=16/{web.url.replace('//', '/')}/first.png")
    assert size(other) == (16, 12)
    assert len(web.asked) == before + 1


def test_auto_negotiates(server: Server, web: WebServer) -> None:
    reply = server.get(f"/cdn-cgi/image/w=30,format=auto/{web.url}/a.png", accept="image/webp")
    assert (reply.headers["content-type"], reply.headers["vary"]) == ("image/webp", "accept")


def test_transparency_is_png(server: Server, web: WebServer) -> None:
    body = pyvips.Image.black(9, 9, bands=4).cast("uchar").copy(interpretation="srgb").write_to_buffer(".webp")
    web.answers["/clear"] = sends(body)
    assert server.get(f"/cdn-cgi/image/w=5/{web.url}/clear").headers["content-type"] == "image/png"


def test_a_path_of_the_own_domain(server: Server, web: WebServer) -> None:
    web.answers["/site/up/a.png?v=2"] = sends(picture(20, 10))
    assert size(server.get("/cdn-cgi/image/w=10/up/a.png?v=2", host="shop.example")) == (10, 5)
    assert size(server.get("/cdn-cgi/image/w=5/http://shop.example/up/a.png?v=2", host="shop.example")) == (5, 3)
    assert code(server.get("/cdn-cgi/image/w=10/up/a.png", host="bare.example")) == (404, 9404)
    assert code(server.get("/cdn-cgi/image/w=10/up/a.png")) == (404, 9404)


def test_only_allowed_origins(server: Server, web: WebServer) -> None:
    with serving() as other:
        assert code(server.get(f"/cdn-cgi/image/w=10/{other.url}/a.png")) == (403, 9401)
        local = web.url.replace("127.0.0.1", "localhost")
        web.answers["/public/a.png"] = sends(picture())
        assert code(server.get(f"/cdn-cgi/image/w=10/{local}/a.png")) == (403, 9401)
        assert size(server.get(f"/cdn-cgi/image/w=10/{local}/public/a.png")) == (10, 8)
        assert not other.asked


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/cdn-cgi/image//{url}/a.png", (400, 9401)),
        ("/cdn-cgi/image/{url}/a.png", (400, 9401)),
        ("/cdn-cgi/image/w=abc/{url}/a.png", (400, 9401)),
        ("/cdn-cgi/image/x=1/{url}/a.png", (400, 9401)),
        ("/cdn-cgi/image/blur=x/{url}/a.png", (400, 9401)),
        ("/cdn-cgi/image/w=1/http://user:word@{authority}/a.png", (403, 9406)),
        ("/cdn-cgi/image/w=1/{url}/x/../a.png", (403, 9406)),
        ("/cdn-cgi/image/fastly/w=1/{url}/a.png", (404, 9404)),
        ("/cdn-cgi/image/w=1/{url}/missing", (404, 9404)),
        ("/cdn-cgi/image/w=1/{url}/gone", (410, 9408)),
        ("/cdn-cgi/image/w=1/{url}/secret", (403, 9408)),
        ("/cdn-cgi/image/w=1/{url}/broken", (502, 9509)),
        ("/cdn-cgi/image/w=1/{url}/looped", (508, 9403)),
        ("/cdn-cgi/image/w=1/{url}/text", (415, 9412)),
        ("/cdn-cgi/image/w=1/{url}/empty", (415, 9412)),
        ("/cdn-cgi/image/w=1/{url}/damaged", (422, 9516)),
        ("/cdn-cgi/image/w=1/{url}/short", (422, 9416)),
        ("/cdn-cgi/image/w=1/{url}/huge", (413, 9402)),
        ("/cdn-cgi/image/w=1/{url}/endless", (413, 9402)),
        ("/cdn-cgi/image/w=1/{url}/slow", (504, 9504)),
        ("/cdn-cgi/image/w=1/{url}/drip", (504, 9504)),
        ("/cdn-cgi/image/w=1/{url}/circle", (400, 9421)),
        ("/cdn-cgi/image/w=1/{url}/to-file", (400, 9420)),
    ],
)
def test_refusals(server: Server, web: WebServer, path: str, answer: tuple[int, int]) -> None:
    web.answers |= {
        "/gone": sends(b"", 410),
        "/secret": sends(b"", 401, www_authenticate="Basic"),
        "/broken": sends(b"", 500),
        "/looped": sends(b"", 508),
        "/text": sends(b"<html>"),
        "/empty": sends(b""),
        "/damaged": sends(picture(200, 200)[:300]),
        "/short": sends(picture(), content_length="9999"),
        "/huge": sends(b"", content_length="200001"),
        "/endless": sends(b"x" * 200_001),
        "/slow": lambda handler: time.sleep(2.5),
        "/drip": drips(5),
        "/circle": sends(b"", 302, location="/circle"),
        "/to-file": sends(b"", 302, location="file:///etc/passwd"),
    }
    assert code(server.get(path.format(url=web.url, authority=web.authority))) == answer


def test_nobody_listens(server: Server, instance: Platform) -> None:
    instance.run(
        "import sys; from accounts import origins; from accounts.models import Account\n"
        "account = Account.objects.get(id=sys.argv[1])\n"
        "origins.create(account, '127.0.0.1:1'); origins.create(account, 'name.invalid')",
        instance.facts["account_id"],
    )
    assert code(server.get("/cdn-cgi/image/w=1/http://127.0.0.1:1/a.png")) == (502, 9505)
    assert code(server.get("/cdn-cgi/image/w=1/http://name.invalid/a.png")) == (502, 9407)


def test_a_transformation_asks_for_no_other(server: Server, web: WebServer) -> None:
    path = f"/cdn-cgi/image/w=1/{web.url}/a.png"
    assert code(server.get(path, via="1.1 proxy, 1.1 image-resizing")) == (508, 9403)
    assert server.get(path, via="1.1 proxy").status == 200


def test_inside_the_network_nobody_is_asked(instance: Platform, web: WebServer) -> None:
    guarded = instance.start(FETCH_ALLOW_PRIVATE="0")
    before = len(web.asked)
    assert code(guarded.get(f"/cdn-cgi/image/w=77/{web.url}/b.png")) == (403, 9406)
    for host in ("localhost", "127.0.0.1"):
        instance.run(
            "import sys; from accounts import origins; from accounts.models import Account\n"
            "origins.create(Account.objects.get(id=sys.argv[1]), sys.argv[2])",
            instance.facts["account_id"],
            f"{host}:{guarded.port}",
        )
        assert code(guarded.get(f"/cdn-cgi/image/w=77/http://{host}:{guarded.port}/healthz")) == (403, 9406)
    assert len(web.asked) == before


def test_many_requests_are_one_fetch(server: Server, web: WebServer) -> None:
    def slowly(handler: object) -> None:
        time.sleep(0.5)
        sends(picture(50, 50))(handler)  # type: ignore[arg-type]

    web.answers["/cold.png"] = slowly
    with ThreadPoolExecutor(12) as pool:
        paths = [f"/cdn-cgi/image/w={1 + at % 3}/{web.url}/cold.png" for at in range(12)]
        replies = list(pool.map(server.get, paths))
    assert {reply.status for reply in replies} == {200}
    assert web.paths().count("/cold.png") == 1


def test_slow_origins_hold_up_nobody(server: Server, web: WebServer) -> None:
    server.get(f"/cdn-cgi/image/w=8/{web.url}/a.png")
    web.answers["/hang"] = drips(1.5)
    with ThreadPoolExecutor(24) as pool:
        hanging = [pool.submit(server.get, f"/cdn-cgi/image/w=8/{web.url}/hang") for _ in range(24)]
        time.sleep(0.3)
        start = time.monotonic()
        assert server.get(f"/cdn-cgi/image/w=8/{web.url}/a.png").status == 200
        waited = time.monotonic() - start
        assert all(future.result().status != 200 for future in hanging)
    assert waited < 1


def test_an_old_picture_is_asked_for_again(instance: Platform, server: Server, web: WebServer) -> None:
    url = f"{web.url}/old.png"
    web.answers["/old.png"] = tagged(picture(40, 20), '"v1"', cache_control="max-age=7200")
    first = server.get(f"/cdn-cgi/image/w=20/{url}")
    grow_old(instance, url, 100)
    assert 100 <= int(server.get(f"/cdn-cgi/image/w=20/{url}").headers["age"]) < 200
    assert web.paths().count("/old.png") == 1
    grow_old(instance, url, 7200)
    again = server.get(f"/cdn-cgi/image/w=20/{url}")
    assert (again.headers["etag"], again.headers["cf-cache-status"]) == (first.headers["etag"], "HIT")
    assert [headers.get("if-none-match") for path, headers in web.asked if path == "/old.png"] == [None, '"v1"']
    grow_old(instance, url, 9999)
    web.answers["/old.png"] = tagged(picture(40, 40), '"v2"')
    changed = server.get(f"/cdn-cgi/image/w=20/{url}", if_none_match=first.headers["etag"])
    assert size(changed) == (20, 20)
    assert changed.headers["etag"].endswith(':v2"')


def test_an_origin_that_fails_keeps_its_picture(instance: Platform, server: Server, web: WebServer) -> None:
    url = f"{web.url}/frail.png"
    web.answers["/frail.png"] = sends(picture())
    assert server.get(f"/cdn-cgi/image/w=20/{url}").status == 200
    grow_old(instance, url, 9999)
    web.answers["/frail.png"] = sends(b"", 503)
    reply = server.get(f"/cdn-cgi/image/w=20/{url}")
    assert (reply.status, reply.headers["cache-control"]) == (200, "public, max-age=60")
    grow_old(instance, url, 9999)
    web.answers["/frail.png"] = sends(b"", 404)
    assert code(server.get(f"/cdn-cgi/image/w=20/{url}")) == (404, 9404)


def test_an_origin_that_insists(server: Server, web: WebServer) -> None:
    url = f"{web.url}/strict.png"
    web.answers["/strict.png"] = tagged(picture(), '"s"', cache_control="no-cache")
    replies = [server.get(f"/cdn-cgi/image/w=20/{url}") for _ in range(3)]
    assert {reply.headers["cache-control"] for reply in replies} == {"public, max-age=0, must-revalidate"}
    assert {reply.headers["x-accel-expires"] for reply in replies} == {"0"}
    assert [reply.headers["cf-cache-status"] for reply in replies] == ["MISS", "HIT", "HIT"]
    assert web.paths().count("/strict.png") == 3
    web.answers["/strict.png"] = sends(b"", 500)
    assert code(server.get(f"/cdn-cgi/image/w=20/{url}")) == (502, 9509)


def test_what_may_not_be_kept(instance: Platform, server: Server, web: WebServer) -> None:
    url = f"{web.url}/fleeting.png"
    web.answers["/fleeting.png"] = sends(picture(), cache_control="no-store", etag='"f"')
    replies = [server.get(f"/cdn-cgi/image/w=20/{url}") for _ in range(2)]
    assert [size(reply) for reply in replies] == [(20, 15)] * 2
    assert {reply.headers["cache-control"] for reply in replies} == {"no-store"}
    assert web.paths().count("/fleeting.png") == 2
    count = "from images.models import *; print(RemoteOriginal.objects.filter(url__endswith='fleeting.png').count())"
    assert instance.run(count).strip() == "0"


def test_purging_a_url(instance: Platform, server: Server, web: WebServer) -> None:
    url = f"{web.url}/purged.png"
    web.answers["/purged.png"] = sends(picture(10, 10))
    assert size(server.get(f"/cdn-cgi/image/w=9/{url}")) == (9, 9)
    web.answers["/purged.png"] = sends(picture(10, 20))
    assert size(server.get(f"/cdn-cgi/image/w=9/{url}")) == (9, 9)
    path = f"/client/v4/accounts/{instance.facts['account_id']}/images/v1/origins/cache?url={url}"
    answer = server.get(path, "DELETE", authorization=f"Bearer {instance.facts['api_token']}")
    assert answer.json()["result"] == {"purged": 1}
    assert size(server.get(f"/cdn-cgi/image/w=9/{url}")) == (9, 18)


def test_the_sweep_leaves_nothing(instance: Platform, server: Server, web: WebServer) -> None:
    url = f"{web.url}/swept.png"
    web.answers["/swept.png"] = sends(picture(30, 30))
    server.get(f"/cdn-cgi/image/w=9/{url}")
    find = (
        "import sys; from images.models import *; from images.storage import storage\n"
        "from django.conf import settings\n"
        "row = RemoteOriginal.objects.get(url=sys.argv[1])\n"
        "folder = settings.STORAGE_DIR / 'renditions' / row.account_id / str(row.uuid)\n"
        "print(storage().exists(row.storage_key), len(list(folder.iterdir())), row.made > 0)\n"
    )
    assert instance.run(find, url).split() == ["True", "1", "True"]
    grow_old(instance, url, 8 * 86_400)
    sweep = (
        "import sys; from images import remote, removal; from images.models import *\n"
        "from django.utils import timezone\n"
        "row = RemoteOriginal.objects.get(url=sys.argv[1]); key = row.storage_key\n"
        "from images.storage import storage; from django.conf import settings\n"
        "remote.sweep(); Discarded.objects.update(next_attempt_at=timezone.now()); removal.sweep()\n"
        "folder = settings.STORAGE_DIR / 'renditions' / row.account_id / str(row.uuid)\n"
        "print(RemoteOriginal.objects.filter(url=sys.argv[1]).count(), storage().exists(key), folder.exists())\n"
    )
    assert instance.run(sweep, url).split() == ["0", "False", "False"]
    assert size(server.get(f"/cdn-cgi/image/w=9/{url}")) == (9, 9)


def test_redirects_to_the_original(server: Server, web: WebServer) -> None:
    web.answers["/site/bad.png"] = sends(b"<html>")
    for options in ("w=1,onerror=redirect", "onerror=redirect"):
        reply = server.get(f"/cdn-cgi/image/{options}/bad.png", host="shop.example")
        assert (reply.status, reply.headers["location"]) == (302, "/bad.png")
        assert reply.headers["cache-control"] == "no-store"
    web.answers["/site//evil.example/bad.png"] = web.answers["/site/bad.png"]
    away = "/cdn-cgi/image/onerror=redirect/http://shop.example//evil.example/bad.png"
    assert code(server.get(away, host="shop.example")) == (415, 9412)
    assert code(server.get("/cdn-cgi/image/blur=9,onerror=redirect/bad.png", host="shop.example")) == (415, 9412)
    web.answers["/bad.png"] = sends(b"<html>")
    assert code(server.get(f"/cdn-cgi/image/onerror=redirect/{web.url}/bad.png", host="shop.example")) == (415, 9412)
