"""Descriptions over HTTP: every member, computed once, and for whom."""

import time
from collections.abc import Callable
from typing import Any

import numpy
import pytest
from placeholders import from_blurhash, from_thumbhash
from platform_server import Platform, Reply, Server
from rendering import saved

from images.signing import sign
from variants.options.include import ITEMS

PIXELS = "palette:3;average;dominant-color;dominant-colors;blurhash:5x4;thumbhash"
COLOUR = (200, 60, 40)
VARIANT = """
import sys
from accounts.models import Account
from variants import named
options = {"width": 30, "format": "json", "include": ["blurhash:2x2", "palette"]}
named.create(Account.objects.get(id=sys.argv[1]), "placeholder", options)
"""


@pytest.fixture(scope="module")
def instance(platforms: Callable[..., Platform], tmp_path_factory: pytest.TempPathFactory) -> Platform:
    found = platforms()
    array = numpy.full((60, 90, 3), COLOUR, "uint8")
    array[:, 60:] = (250, 250, 250)
    path = saved(array, tmp_path_factory.mktemp("pictures") / "picture.png")
    found.upload(path, "picture")
    found.upload(path, "private", private=True)
    found.run(VARIANT, found.facts["account_id"])
    found.start_several(2)
    return found


def get(server: Server, instance: Platform, path: str, **headers: str) -> Reply:
    return server.get(f"/{instance.facts['account_hash']}/{path}", **headers)


def told(instance: Platform, options: str) -> Any:
    reply = get(instance.servers[0], instance, f"picture/format=json,{options}")
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    return reply.json()


def test_every_member(instance: Platform) -> None:
    about = told(instance, f"width=45,include={';'.join(ITEMS)}")
    seen = {"faces", "objects", "saliency", "focal_point"}
    assert set(about) == {name.replace("-", "_") for name in ITEMS} - seen | {"width", "height", "original"}
    assert seen < set(about["original"]) and about["original"]["width"] == 90


def test_colours_and_placeholders(instance: Platform) -> None:
    about = told(instance, f"include={PIXELS}")
    assert [tone["color"] for tone in about["palette"]][:2] == ["#c83c28", "#fafafa"]
    assert about["dominant_color"] == about["dominant_colors"]["vibrant"] == "#c83c28"
    assert from_blurhash(about["blurhash"], 8, 8).shape == (8, 8, 3)
    shown = from_thumbhash(about["thumbhash"])
    assert abs(shown[shown.shape[0] // 2, 4, :3] - COLOUR).max() < 30


@pytest.mark.parametrize("path", [f"picture/format=json,include={PIXELS},width=50", "picture/placeholder"])
def test_computed_once(path: str, instance: Platform) -> None:
    """However often it is asked for, by another process too: it is a rendition like others."""
    first, other = instance.servers
    before = first.logged("rendering ") + other.logged("rendering ")
    made = get(first, instance, path)
    assert made.headers["cf-cache-status"] == "MISS" and "max-age" in made.headers["cache-control"]
    for server in (first, other, other):
        again = get(server, instance, path)
        assert (again.headers["cf-cache-status"], again.body) == ("HIT", made.body)
    unchanged = get(other, instance, path, if_none_match=made.headers["etag"])
    assert unchanged.status == 304
    assert first.logged("rendering ") + other.logged("rendering ") == before + 1


def test_private_images_need_a_signature(instance: Platform) -> None:
    path = "private/format=json,include=thumbhash"
    assert get(instance.servers[0], instance, path).status == 403
    url = sign(f"/{instance.facts['account_hash']}/{path}", instance.facts["signing_key"], int(time.time()) + 60)
    assert instance.servers[0].get(url).json()["thumbhash"]


def test_what_is_no_member_is_passed_over(instance: Platform) -> None:
    reply = get(instance.servers[0], instance, "picture/format=json,include=everything")
    assert "include ignored" in reply.headers["warning"] and set(reply.json()) == {"width", "height", "original"}
    picture = get(instance.servers[0], instance, "picture/width=20,include=thumbhash")
    assert "include is for format=json" in picture.headers["warning"]
