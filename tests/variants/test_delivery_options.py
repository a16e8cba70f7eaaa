"""Options that say how a result is handed over; asked of a real server. Each of them changes an answer."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
import pyvips
from platform_server import Platform, Reply, Server

from images.signing import sign
from variants.table import TABLE

SETUP = """
import sys
from accounts.models import Account
from variants import named
account = Account.objects.get(id=sys.argv[1])
named.create(account, "late", {"width": 9, "expires": 1})
named.create(account, "screen", {"width": "auto", "format": "png"})
named.create(account, "open", {"width": 9, "skip-processing": ["png"]}, never_require_signed_urls=True)
named.create(account, "hidden", {"blur": 9, "raw": True})
"""
CONFIG = """
import sys
from accounts import configuration
from accounts.models import Account
values = {"fallback_image": sys.argv[2], "fallback_status": int(sys.argv[3])}
configuration.change(Account.objects.get(id=sys.argv[1]), values)
"""
SPOIL = """
import sys
from images.models import Image
from images.storage import storage
image = Image.objects.get(public_id=sys.argv[1])
storage().put(image.storage_key, b"spoilt", "image/png")
"""


@pytest.fixture(scope="module")
def instance(platforms: Callable[..., Platform], tmp_path_factory: pytest.TempPathFactory) -> Platform:
    found = platforms()
    folder = tmp_path_factory.mktemp("pictures")
    found.upload(_saved(folder / "wide.png", 1300, 100), "wide")
    found.upload(_saved(folder / "wide.png", 1300, 100), "private", private=True)
    found.upload(_saved(folder / "spare.png", 60, 60), "spare")
    found.upload(_saved(folder / "bad.png", 30, 30), "bad")
    found.run(SPOIL, "bad")
    found.run(SETUP, found.facts["account_id"])
    found.start()
    return found


def _saved(path: Path, width: int, height: int) -> Path:
    image = pyvips.Image.gaussnoise(width, height).cast("uchar")
    image.bandjoin([image, image]).copy(interpretation="srgb").write_to_file(str(path))
    return path


@pytest.fixture
def server(instance: Platform) -> Server:
    return instance.servers[0]


def get(instance: Platform, path: str, method: str = "GET", **headers: str) -> Reply:
    return instance.servers[0].get(f"/{instance.facts['account_hash']}/{path}", method, **headers)


def signed(instance: Platform, path: str) -> str:
    url = sign(f"/{instance.facts['account_hash']}/{path}", instance.facts["signing_key"], int(time.time()) + 60)
    return url.split("/", 2)[2]


def width(reply: Reply) -> int:
    assert reply.status in (200, 404, 410), reply
    found: int = pyvips.Image.new_from_buffer(reply.body, "").width
    return found


def code(reply: Reply) -> tuple[int, int]:
    assert reply.body.startswith(b"ERROR "), reply
    return reply.status, int(reply.body[6:10])


def test_each_option_is_tested_here(instance: Platform) -> None:
    """A new one needs a line, and a test."""
    assert {option.name for option in TABLE.values() if option.group == "delivery"} == {
        "download",
        "expires",
        "filename",
        "onerror",
        "raw",
        "skip-processing",
        "slow-connection-quality",
        "wbreakpoints",
        "wdesktop",
        "wmobile",
    }


def test_width_auto(instance: Platform) -> None:
    narrow = get(instance, "wide/w=auto,f=png", sec_ch_viewport_width="200", sec_ch_dpr="1.5")
    assert (width(narrow), narrow.headers["vary"]) == (320, "sec-ch-viewport-width, sec-ch-dpr")
    assert "Sec-CH-Viewport-Width" in narrow.headers["accept-ch"]
    assert narrow.headers["x-accel-expires"] == "0"
    assert width(get(instance, "wide/w=auto,f=png,wmobile=200", user_agent="Mobile")) == 200
    assert width(get(instance, "wide/w=auto,f=png,wdesktop=100")) == 100
    assert width(get(instance, "wide/w=auto,f=png,wbreakpoints=111;222", sec_ch_viewport_width="200")) == 222
    plain = get(instance, "wide/w=320,f=png")
    assert plain.headers["etag"] == narrow.headers["etag"]
    assert "accept-ch" not in plain.headers


def test_width_auto_in_a_variant(instance: Platform) -> None:
    assert width(get(instance, "wide/screen", sec_ch_viewport_width="200")) == 320
    assert width(get(instance, "wide/screen", sec_ch_viewport_width="700")) == 768


def test_a_slow_connection(instance: Platform) -> None:
    options = "wide/w=300,f=jpeg,q=90,scq=10"
    quick, slow = get(instance, options, rtt="10"), get(instance, options, rtt="500")
    assert len(slow.body) < len(quick.body)
    assert "rtt" in slow.headers["vary"]
    assert quick.headers["etag"] == get(instance, "wide/w=300,f=jpeg,q=90").headers["etag"]


def test_expires(instance: Platform) -> None:
    soon = int(time.time()) + 100
    reply = get(instance, f"wide/w=9,expires={soon}")
    seconds = int(reply.headers["cache-control"].removeprefix("public, max-age="))
    assert 90 < seconds <= 100
    assert get(instance, "wide/w=9").headers["etag"] == reply.headers["etag"]
    far = get(instance, "wide/w=9,expires=4102444800").headers["cache-control"]
    assert far.startswith("public, max-age=172800,")
    assert code(get(instance, f"wide/w=9,expires={soon - 200}")) == (404, 9404)
    assert code(get(instance, f"wide/w=9,expires={soon - 200}", if_none_match=reply.headers["etag"])) == (404, 9404)
    assert code(get(instance, "wide/late")) == (404, 9404)


@pytest.mark.parametrize(
    ("options", "value"),
    [
        ("filename=cat.jpg", 'inline; filename="cat.jpg"'),
        ("filename=cat", 'inline; filename="cat.png"'),
        ("filename=cat.jpg,download=true", 'attachment; filename="cat.jpg"'),
        ("download=true", 'attachment; filename="picture.png"'),
        ("filename=a%22%3Bb.png", "inline; filename=\"a_;b.png\"; filename*=UTF-8''a%22%3Bb.png"),
        ("filename=%C3%A9.png", "inline; filename=\"_.png\"; filename*=UTF-8''%C3%A9.png"),
    ],
)
def test_names(instance: Platform, options: str, value: str) -> None:
    assert get(instance, f"wide/w=9,f=png,{options}").headers["content-disposition"] == value


@pytest.mark.parametrize("name", ["a%0d%0ab", "..", "a%2Fb", "a%5Cb", "%00", "x" * 201])
def test_what_is_no_name(instance: Platform, name: str) -> None:
    reply = get(instance, f"wide/w=9,f=png,filename={name}")
    assert "content-disposition" not in reply.headers
    assert "filename" in reply.headers["warning"]


def test_raw(instance: Platform, tmp_path: Path) -> None:
    reply = get(instance, "wide/raw=true")
    assert width(reply) == 1300
    assert reply.headers["content-type"] == "image/png"
    assert reply.headers["content-disposition"] == 'attachment; filename="picture.png"'
    assert "sandbox" in reply.headers["content-security-policy"]
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert code(get(instance, "private/raw=true")) == (403, 9425)
    assert width(get(instance, signed(instance, "private/raw=true"))) == 1300
    assert code(get(instance, "wide/raw=true,blur=5")) == (400, 9401)
    assert code(get(instance, "wide/hidden")) == (400, 9401)


def test_skipped(instance: Platform) -> None:
    assert width(get(instance, "wide/w=9,skip-processing=png")) == 1300
    assert width(get(instance, "wide/w=9,skip-processing=gif;webp")) == 9
    assert width(get(instance, "wide/w=9,skip-processing=png,f=webp")) == 9
    assert width(get(instance, "wide/w=9,skip-processing=png,blur=3")) == 9
    assert code(get(instance, "private/open")) == (403, 9425)


def test_the_fallback_image(instance: Platform) -> None:
    assert code(get(instance, "nothing/w=9")) == (404, 9404)
    try:
        instance.run(CONFIG, instance.facts["account_id"], "spare", "200")
        for path in ("nothing/w=9,f=png", "bad/w=9,f=png"):
            reply = get(instance, path)
            assert (reply.status, width(reply)) == (200, 9)
            assert reply.headers["cache-control"] == "public, max-age=60"
            assert reply.headers["etag"].endswith('-d"')
            assert get(instance, path, if_none_match=reply.headers["etag"]).status == 200
        assert get(instance, "spare/w=9,f=png").headers["cf-cache-status"] == "HIT"
        assert code(get(instance, "private/w=9")) == (403, 9425)
        assert code(get(instance, "nothing/unknown")) == (403, 9425)
        assert code(get(instance, "wide/blur=x")) == (400, 9401)
        for status, wanted in ((410, 410), (0, 404)):
            instance.run(CONFIG, instance.facts["account_id"], "spare", str(status))
            reply = get(instance, "nothing/public")
            assert (reply.status, width(reply)) == (wanted, 60)
        for useless in ("private", "bad", "nothing"):
            instance.run(CONFIG, instance.facts["account_id"], useless, "200")
            assert code(get(instance, "nothing/public")) == (404, 9404)
    finally:
        instance.run(CONFIG, instance.facts["account_id"], "", "200")


def test_on_error(instance: Platform) -> None:
    account_hash = instance.facts["account_hash"]
    reply = get(instance, "bad/w=9,onerror=redirect")
    assert (reply.status, reply.headers["location"]) == (302, f"/cdn-cgi/imagedelivery/{account_hash}/bad/raw=true")
    assert instance.servers[0].get(reply.headers["location"]).body == b"spoilt"
    assert code(get(instance, "bad/w=9")) == (422, 9516)
    assert code(get(instance, "nothing/w=9,onerror=redirect")) == (404, 9404)
    assert code(get(instance, "bad/w=9,blur=5,onerror=redirect")) == (422, 9516)
    assert code(get(instance, "private/w=9,onerror=redirect")) == (403, 9425)
