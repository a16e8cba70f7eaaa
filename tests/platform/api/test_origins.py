"""Allowed origins: added, listed, removed, and which URLs they cover."""

from typing import Any

import pytest
from people import Person, refused
from pytest_django.fixtures import Settings

from accounts import generation
from accounts.models import Origin
from accounts.origins import allows

PATH = "/images/v1/origins"


def add(owner: Person, **body: Any) -> Any:
    return owner.send("POST", PATH, body)


def test_the_life_of_an_origin(owner: Person, stranger: Person) -> None:
    number = generation.current()
    made = add(owner, host="Media.Example.com", path_prefix="/a/").json()["result"]
    assert (made["host"], made["path_prefix"]) == ("media.example.com", "/a/")
    assert generation.current() > number
    assert add(owner, host="media.example.com", path_prefix="/a/").json()["result"] == made
    assert owner.get(PATH).json()["result"] == {"origins": [made]}
    refused(stranger.delete(f"{PATH}/{made['id']}"), 403, 5403)
    assert owner.delete(f"{PATH}/{made['id']}").json()["result"] == {}
    for name in (made["id"], "x", "9" * 40):
        refused(owner.delete(f"{PATH}/{name}"), 404, 5404)


def test_a_reader_only_reads(owner: Person, reader: Person) -> None:
    add(owner, host="a.com")
    assert len(reader.get(PATH).json()["result"]["origins"]) == 1
    refused(add(reader, host="b.com"), 403, 10000)


@pytest.mark.parametrize(
    "host",
    ["", "*", "*.", "a..b", "a b", "https://a.com", "a.com/", "a@b.com", "a.com:0", "a.com:999999", "-a", "a-", None, 5]
    + ["a*.com", "a.com\nb", "x" * 64, ".".join(["a" * 60] * 5), "bücher.example", "[::1"],
)
def test_what_is_no_host(owner: Person, host: object) -> None:
    refused(add(owner, host=host), 400, 5400)


@pytest.mark.parametrize("prefix", ["a", "/a?b", "/a#b", "/a b", "/\\", None, 5, "/" + "x" * 400, "/ä"])
def test_what_is_no_prefix(owner: Person, prefix: object) -> None:
    refused(add(owner, host="a.com", path_prefix=prefix), 400, 5400)


def test_there_is_a_limit(owner: Person, settings: Settings) -> None:
    settings.ORIGIN_LIMIT = 2
    for name in ("a.com", "b.com", "a.com"):
        assert add(owner, host=name).status_code == 200
    refused(add(owner, host="c.com"), 403, 5453)
    assert Origin.objects.count() == 2


def test_forgetting_what_is_not_kept(owner: Person) -> None:
    assert owner.delete(f"{PATH}/cache?url=https://a.com/b.png").json()["result"] == {"purged": 0}


@pytest.mark.parametrize(
    ("place", "url", "allowed"),
    [
        (("b.com", ""), ("https", "b.com", "/x"), True),
        (("b.com", ""), ("https", "B.com:443", "/x"), True),
        (("b.com", ""), ("http", "b.com:80", "/x"), True),
        (("b.com", ""), ("http", "b.com:443", "/x"), False),
        (("b.com", ""), ("https", "b.com:8443", "/x"), False),
        (("b.com:8443", ""), ("https", "b.com:8443", "/x"), True),
        (("b.com", ""), ("https", "media.b.com", "/x"), False),
        (("b.com", ""), ("https", "ab.com", "/x"), False),
        (("*.b.com", ""), ("https", "b.com", "/x"), True),
        (("*.b.com", ""), ("https", "x.media.b.com", "/x"), True),
        (("*.b.com", ""), ("https", "ab.com", "/x"), False),
        (("b.com", "/media/"), ("https", "b.com", "/media/x"), True),
        (("b.com", "/media/"), ("https", "b.com", "/mediax"), False),
        (("b.com", "/media/"), ("https", "b.com", "/x/media/"), False),
    ],
)
def test_what_an_entry_covers(place: tuple[str, str], url: tuple[str, str, str], allowed: bool) -> None:
    assert allows([place], *url) is allowed
    assert not allows([], *url)
