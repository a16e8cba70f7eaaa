"""Answers of delivery: headers, negotiation, signatures, refusals; asked of a real server."""

import json
import re
import time
from pathlib import Path

import pytest
import pyvips
from platform_server import Platform, Reply

from images.signing import sign

SETUP = """
import json, sys
from accounts.models import Account, Domain
from variants import named
account = Account.objects.get(id=sys.argv[1])
named.create(account, "open", {"width": 20, "height": 20, "fit": "scale-down"}, never_require_signed_urls=True)
named.create(account, "brief", {"width": 20, "height": 20, "fit": "scale-down", "browser_ttl": 7200})
Domain.objects.create(host="pictures.example", account=account)
Domain.objects.create(host="shop.example", account=account, path_prefix="/img", default_variant="public")
from images.models import Image
Image.objects.create(account=account, public_id="draft", draft=True)
"""


@pytest.fixture(scope="module")
def base(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path that delivery URLs of the account begin with; it has images, variants and domains."""
    folder = tmp_path_factory.mktemp("pictures")
    pyvips.Image.black(64, 48, bands=3).write_to_file(str(folder / "black.jpg"))
    platform.upload(folder / "black.jpg", "black")
    platform.upload(folder / "black.jpg", "secret", private=True)
    platform.run(SETUP, platform.facts["account_id"])
    return f"/{platform.facts['account_hash']}"


def get(platform: Platform, path: str, method: str = "GET", **headers: str) -> Reply:
    return platform.servers[0].get(path, method, **headers)


def signed(platform: Platform, path: str, seconds: int = 600) -> str:
    return sign(path, platform.facts["signing_key"], int(time.time()) + seconds)


def code(reply: Reply) -> tuple[int, int]:
    found = re.fullmatch(rb"ERROR (\d+): [^\n]+", reply.body)
    assert found, reply
    assert reply.headers["cf-resized"] == f"err={int(found[1])}"
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["content-type"].startswith("text/plain")
    return reply.status, int(found[1])


def test_a_picture_has_all_headers(platform: Platform, base: str) -> None:
    reply = get(platform, f"{base}/black/public", accept="image/webp")
    headers = reply.headers
    assert (reply.status, headers["content-type"]) == (200, "image/webp")
    assert headers["cache-control"] == "public, max-age=172800, stale-while-revalidate=7200"
    assert headers["vary"] == "accept"
    assert re.fullmatch('"[0-9a-f]{64}"', headers["etag"])
    assert re.fullmatch(rf"internal=ok/\S+ l={len(reply.body)}", headers["cf-resized"])
    assert headers["content-length"] == str(len(reply.body))
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["access-control-allow-origin"] == "*"
    assert headers["content-security-policy"].startswith("default-src 'none';")
    assert list(headers).index("x-accel-expires") < list(headers).index("cache-control")
    assert "accept-ranges" not in headers


@pytest.mark.parametrize(
    ("accept", "mime"),
    [
        ("image/avif,image/webp,*/*", "image/avif"),
        ("image/webp", "image/webp"),
        ("image/avif;q=0,image/webp;q=0.1", "image/webp"),
        ("*/*", "image/jpeg"),
        ("", "image/jpeg"),
    ],
)
def test_the_browser_gets_the_best_it_takes(platform: Platform, base: str, accept: str, mime: str) -> None:
    reply = get(platform, f"{base}/black/public", accept=accept)
    assert (reply.headers["content-type"], reply.headers["vary"]) == (mime, "accept")


def test_a_format_by_name_does_not_vary(platform: Platform, base: str) -> None:
    reply = get(platform, f"{base}/black/format=png", accept="image/avif")
    assert reply.headers["content-type"] == "image/png"
    assert "vary" not in reply.headers


def test_a_variants_own_time_to_live(platform: Platform, base: str) -> None:
    assert "max-age=7200," in get(platform, f"{base}/black/brief").headers["cache-control"]


def test_what_was_ignored_is_said(platform: Platform, base: str) -> None:
    reply = get(platform, f"{base}/black/public=undefined,w=10,quality=x%0d%0aSet-Cookie:a=b,fit=cover")
    assert reply.status == 200
    assert reply.headers["warning"].startswith('cf-images 299 "')
    assert "set-cookie" not in reply.headers
    assert get(platform, f"{base}/black/public%3Fexp=1%26sig,w=10,fit=cover").status == 200


def test_the_same_etag_is_a_304_without_a_body(platform: Platform, base: str) -> None:
    first = get(platform, f"{base}/black/public")
    for sent in (first.headers["etag"], f'"x", W/{first.headers["etag"]}', "*"):
        again = get(platform, f"{base}/black/public", if_none_match=sent)
        assert (again.status, again.body) == (304, b"")
        for name in ("etag", "cache-control", "vary", "x-accel-expires"):
            assert again.headers[name] == first.headers[name]
    assert get(platform, f"{base}/black/public", if_none_match='"x"').status == 200


def test_head_is_get_without_the_body(platform: Platform, base: str) -> None:
    full, head = (get(platform, f"{base}/black/public", method) for method in ("GET", "HEAD"))
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(full.body))
    assert head.headers["etag"] == full.headers["etag"]
    assert get(platform, f"{base}/nothing/public", "HEAD").status == 404


def test_options_allows_every_origin(platform: Platform, base: str) -> None:
    reply = get(platform, f"{base}/black/public", "OPTIONS", origin="https://a.example")
    assert (reply.status, reply.headers["access-control-allow-origin"]) == (204, "*")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(platform: Platform, base: str, method: str) -> None:
    reply = platform.servers[0].get(f"{base}/black/public", method, body=b"x")
    assert code(reply) == (405, 9424)
    assert reply.headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/black/nothing", (403, 9425)),
        ("/nothing/public", (404, 9404)),
        ("/draft/public", (404, 9404)),
        ("/secret/public", (403, 9425)),
        ("/black/", (403, 9426)),
        ("/black", (403, 9426)),
        ("//public", (403, 9426)),
        ("/%ff/public", (403, 9426)),
        ("/black/foo=1", (400, 9401)),
        ("/black/w=99999999", (400, 9401)),
        ("/black/" + "w=1," * 2000, (400, 9401)),
        ("/%00/public", (404, 9404)),
        ("/" + "x" * 3000 + "/public", (404, 9404)),
        ("/../../etc/passwd", (404, 9404)),
    ],
)
def test_refusals(platform: Platform, base: str, path: str, answer: tuple[int, int]) -> None:
    assert code(get(platform, base + path)) == answer


def test_an_unknown_account_is_told_as_such(platform: Platform, base: str) -> None:
    assert code(get(platform, "/AAAAAAAAAAAAAAAAAAAAAA/black/public")) == (403, 9427)
    assert code(get(platform, "/cdn-cgi/imagedelivery/x/black/public")) == (403, 9426)


def test_options_need_the_accounts_switch(platform: Platform, base: str) -> None:
    path = f"/client/v4/accounts/{platform.facts['account_id']}/images/v1/config"

    def switch(on: bool) -> None:
        headers = {"authorization": f"Bearer {platform.facts['api_token']}", "content_type": "application/json"}
        reply = platform.servers[0].get(path, "PATCH", body=json.dumps({"flexible_variants": on}), **headers)
        assert reply.status == 200, reply

    switch(False)
    try:
        assert code(get(platform, f"{base}/black/w=10")) == (403, 9429)
        assert get(platform, f"{base}/black/public").status == 200
    finally:
        switch(True)
    assert get(platform, f"{base}/black/w=10").status == 200


def test_a_private_image_opens_with_its_signature_for_as_long_as_it_lasts(platform: Platform, base: str) -> None:
    for wanted in ("public", "w=10"):
        path = signed(platform, f"{base}/secret/{wanted}")
        reply = get(platform, path)
        assert reply.status == 200
        lifetime = re.fullmatch(r"private, max-age=(\d+)", reply.headers["cache-control"])
        assert lifetime
        assert 0 < int(lifetime[1]) <= 600
        assert reply.headers["x-accel-expires"] == "0"
        assert get(platform, path, if_none_match=reply.headers["etag"]).status == 304
        unsigned = get(platform, f"{base}/secret/{wanted}", if_none_match=reply.headers["etag"])
        assert code(unsigned) == (403, 9425)
    long = get(platform, signed(platform, f"{base}/secret/public", 10**6)).headers["cache-control"]
    assert long == "private, max-age=3600"


def test_a_variant_may_do_without_signatures(platform: Platform, base: str) -> None:
    reply = get(platform, f"{base}/secret/open")
    assert reply.status == 200
    assert reply.headers["cache-control"].startswith("public,")


def test_signatures_on_public_images_do_no_harm(platform: Platform, base: str) -> None:
    for query in ("exp=1&sig=00", "sig=x", "exp=abc"):
        assert get(platform, f"{base}/black/public?{query}").status == 200


@pytest.mark.parametrize(
    ("host", "path", "status"),
    [
        ("pictures.example", "/black/public", 200),
        ("pictures.example:8080", "/black/w=10", 200),
        ("PICTURES.example", "{base}/black/public", 200),
        ("pictures.example", "/cdn-cgi/imagedelivery{base}/black/public", 200),
        ("pictures.example", "/black", 403),
        ("shop.example", "/img/black/public", 200),
        ("shop.example", "/img/black", 200),
        ("shop.example", "/img/nothing", 404),
        ("shop.example", "/elsewhere", 400),  # Django's: no host of ours
        ("other.example", "/black/public", 400),
    ],
)
def test_own_domains(platform: Platform, base: str, host: str, path: str, status: int) -> None:
    assert get(platform, path.format(base=base), host=host).status == status


def test_on_an_own_domain_both_spellings_may_be_signed(platform: Platform, base: str) -> None:
    for spelling in ("/img/secret/public", f"{base}/secret/public"):
        query = signed(platform, spelling).partition("?")[2]
        assert get(platform, f"/img/secret/public?{query}", host="shop.example").status == 200
    assert get(platform, "/img/secret/public", host="shop.example").status == 403


def test_a_second_request_is_a_hit_and_leaves_a_row(platform: Platform, base: str, tmp_path: Path) -> None:
    path = f"{base}/black/w=31"
    assert [get(platform, path).headers["cf-cache-status"] for _ in range(2)] == ["MISS", "HIT"]
    count = "from variants.models import Rendition; import time; time.sleep(.2); print(Rendition.objects.count())"
    before = int(platform.run(count))
    get(platform, f"{base}/black/w=32")
    assert int(platform.run(count)) == before + 1
