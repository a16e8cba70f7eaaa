"""Drawings in delivery: who may see what is drawn, and what a change of it changes. Asked of a real server."""

import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy
import pytest
import pyvips
from platform_server import Platform, Reply
from rendering import pixels

from images.signing import sign

MAKE = """
import json, sys
from accounts.models import Account
from variants import named
account = Account.objects.get(id=sys.argv[1])
named.create(account, sys.argv[2], json.loads(sys.argv[3]))
"""


@pytest.fixture(scope="module")
def base(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("pictures")
    for name, colour in (("blue", [0, 0, 255]), ("red", [255, 0, 0]), ("green", [0, 255, 0])):
        (pyvips.Image.black(40, 30, bands=3) + colour).cast("uchar").write_to_file(str(folder / f"{name}.png"))
    platform.upload(folder / "blue.png", "below")
    platform.upload(folder / "red.png", "mark/of, mine")
    platform.upload(folder / "green.png", "hidden", private=True)
    variant(platform, "marked", {"format": "png", "draw": [{"image": "mark/of, mine", "width": 0.5, "left": 0}]})
    variant(platform, "secretly", {"format": "png", "draw": [{"image": "hidden", "width": 0.5}]})
    variant(platform, "steps", [{"width": 20, "draw": [{"text": "x"}]}, {"rotate": 90, "format": "png"}])
    return f"/{platform.facts['account_hash']}"


def variant(platform: Platform, name: str, options: Any) -> None:
    platform.run(MAKE, platform.facts["account_id"], name, json.dumps(options))


def get(platform: Platform, path: str, **headers: str) -> Reply:
    return platform.servers[0].get(path, **headers)


def drawn(**drawing: Any) -> str:
    return "format=png,draw=" + quote(json.dumps([drawing]), safe="")


def signed(platform: Platform, path: str) -> str:
    return sign(path, platform.facts["signing_key"], int(time.time()) + 600)


def test_a_variant_draws_an_image_of_the_account(platform: Platform, base: str) -> None:
    reply = get(platform, f"{base}/below/marked")
    found = pixels(reply.body)
    assert reply.status == 200, reply.body
    assert (found[8:22, :20] == (255, 0, 0)).all() and (found[:, 20:] == (0, 0, 255)).all()
    assert get(platform, f"{base}/below/marked", if_none_match=reply.headers["etag"]).status == 304


def test_so_does_a_url(platform: Platform, base: str) -> None:
    for options in (
        drawn(image="mark/of, mine", width=0.5, left=0),
        f"format=png,watermark={quote('mark/of, mine', safe='')};1;we;0;0;0.5",
    ):
        reply = get(platform, f"{base}/below/{options}")
        assert reply.status == 200, reply.body
        assert (pixels(reply.body) == pixels(get(platform, f"{base}/below/marked").body)).all()


def test_a_variant_of_several_steps(platform: Platform, base: str) -> None:
    found = pixels(get(platform, f"{base}/below/steps").body)
    assert found.shape[:2] == (20, 15)
    assert (found != (0, 0, 255)).any()


def test_a_private_image_is_drawn_by_a_variant_or_a_signed_url_only(platform: Platform, base: str) -> None:
    assert get(platform, f"{base}/below/secretly").status == 200
    nested = drawn(image="mark/of, mine", draw=[{"image": "hidden"}])
    for options in (drawn(image="hidden"), nested, "watermark=hidden", "width=5~watermark=hidden", "w=5,draw%3D=1"):
        path = f"{base}/below/{options}"
        if "hidden" not in options:
            continue
        reply = get(platform, path)
        assert (reply.status, reply.body[:10]) == (403, b"ERROR 9425"), options
        assert reply.headers["cache-control"] == "no-store"
        reply = get(platform, signed(platform, path))
        assert reply.status == 200, reply.body
        assert reply.headers["cache-control"].startswith("private")


def test_an_image_of_another_account_is_not_there(platform: Platform, base: str) -> None:
    for image_id in ("absent", "../below", "a" * 1000):
        reply = get(platform, f"{base}/below/{drawn(image=image_id)}")
        assert (reply.status, reply.body[:10]) == (404, b"ERROR 9404")


def test_what_is_drawn_is_part_of_the_key(platform: Platform, base: str, tmp_path: Path) -> None:
    variant(platform, "changing", {"format": "png", "draw": [{"image": "stamp"}]})
    assert get(platform, f"{base}/below/changing").status == 404
    seen = []
    for level in (10, 200):
        (pyvips.Image.black(4, 4, bands=3) + level).cast("uchar").write_to_file(str(tmp_path / "s.png"))
        platform.upload(tmp_path / "s.png", "stamp")
        reply = get(platform, f"{base}/below/changing")
        seen.append(reply.headers["etag"])
        assert (pixels(reply.body)[13:17, 18:22] == level).all()
        code = "from images import removal; from accounts.models import Account; import sys\n"
        code += "removal.remove(removal.find(Account.objects.get(id=sys.argv[1]), 'stamp'))"
        platform.run(code, platform.facts["account_id"])
        assert get(platform, f"{base}/below/changing").status == 404
    assert seen[0] != seen[1]


@pytest.mark.parametrize("options", ["draw=x", "draw=%5B%7B%7D%5D", "watermark=a;7", "width=3,draw="])
def test_a_malformed_drawing_is_refused(platform: Platform, base: str, options: str) -> None:
    reply = get(platform, f"{base}/below/{options}")
    assert (reply.status, reply.body[:10]) == (400, b"ERROR 9401")


def test_text_is_written_in_the_box(platform: Platform, base: str) -> None:
    found = pixels(get(platform, f"{base}/below/{drawn(text={'text': 'Hi', 'size': 20, 'color': 'white'})}").body)
    assert numpy.max(found[..., 0]) > 200
