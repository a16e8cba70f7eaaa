"""Both lists: pages, tokens, filters."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from people import Person, refused

from images import counting
from images.models import Image

START = datetime(2026, 1, 1, tzinfo=UTC)


def put(person: Person, *names: str, **fields: Any) -> None:
    """Rows as uploads leave them, a second apart."""
    for name in names:
        uploaded = START + timedelta(seconds=Image.objects.count())
        Image.objects.create(account=person.account, public_id=name, uploaded=uploaded, **fields)
        counting.add(person.account)


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [image["id"] for image in answer.json()["result"]["images"]]


def ask(person: Person, version: str, **query: Any) -> Any:
    return person.get(f"/images/{version}?{urlencode(query)}")


def test_v1_pages(owner: Person) -> None:
    put(owner, *"abcde")
    answer = ask(owner, "v1", page=2, per_page=2)
    assert ids(answer) == ["c", "b"]
    assert answer.json()["result_info"] == {"page": 2, "per_page": 2, "count": 2, "total_count": 5}
    assert set(answer.json()["result"]) == {"images"}
    assert ids(ask(owner, "v1", page=9)) == []
    assert ids(ask(owner, "v1", page=0, per_page=0)) == ["e"]
    assert ids(ask(owner, "v1", page="1.0", per_page="100000")) == list("edcba")
    assert ids(ask(owner, "v1", page="9" * 15)) == []
    for text in ("x", "1.5", "9" * 40, "NaN", "１"):
        refused(ask(owner, "v1", page=text), 400, 5400)


def test_v1_by_creator(owner: Person) -> None:
    put(owner, "a", creator="x")
    put(owner, "b", creator="y")
    put(owner, "c")
    put(owner, "d", creator="")
    for version in ("v1", "v2"):
        assert ids(ask(owner, version, creator="x")) == ["a"]
        assert ids(ask(owner, version, creator="")) == ["d", "c"]
        assert ids(ask(owner, version, creator="X")) == []
        refused(ask(owner, version, creator="a\0"), 400, 5400)
    assert ask(owner, "v1", creator="x").json()["result_info"]["total_count"] == 1


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_v2_gives_every_image_once(owner: Person, order: str) -> None:
    names = [f"i{number}" for number in range(7)]
    put(owner, *names)
    Image.objects.filter(public_id__in=names[2:6]).update(uploaded=START)
    seen: list[str] = []
    token = ""
    while token is not None:
        answer = ask(owner, "v2", per_page=2, sort_order=order, continuation_token=token)
        seen += ids(answer)
        token = answer.json()["result"]["continuation_token"]
    assert sorted(seen) == names
    moments = [Image.objects.get(public_id=name).uploaded for name in seen]
    assert moments == sorted(moments, reverse=order == "desc")


def test_a_token_is_not_disturbed_by_what_comes_and_goes(owner: Person) -> None:
    put(owner, *"abcd")
    token = ask(owner, "v2", per_page=2).json()["result"]["continuation_token"]
    put(owner, "e")
    Image.objects.filter(public_id__in="cd").delete()
    assert ids(ask(owner, "v2", per_page=2, continuation_token=token)) == ["b", "a"]


def test_tokens_are_the_accounts_own(owner: Person, stranger: Person) -> None:
    put(owner, "a", "b")
    token = ask(owner, "v2", per_page=1).json()["result"]["continuation_token"]
    home = Person(stranger.account, stranger.token, stranger.account)
    for text in (token + "x", "x", "é", "eyJ9.x"):
        refused(ask(owner, "v2", continuation_token=text), 400, 5400)
    refused(ask(home, "v2", continuation_token=token), 400, 5400)
    refused(ask(owner, "v2", sort_order="up"), 400, 5400)


def test_drafts_are_not_listed(owner: Person) -> None:
    put(owner, "a", draft=True)
    assert ids(ask(owner, "v1")) == ids(ask(owner, "v2")) == []


def test_prefix(owner: Person) -> None:
    put(owner, "a/b", "A/b", "a%b", "ab", "a_b")
    assert ids(ask(owner, "v2", prefix="a/")) == ["a/b"]
    assert ids(ask(owner, "v2", prefix="a%")) == ["a%b"]
    assert ids(ask(owner, "v2", prefix="a_")) == ["a_b"]


METAS: dict[str, Any] = {
    "s": {"v": "a", "n": {"d": {"e": {"f": "deep"}}}},
    "num": {"v": 5, "0": "digit"},
    "text5": {"v": "5"},
    "real": {"v": 5.5},
    "yes": {"v": True},
    "text": {"v": "true"},
    "none": {"v": None},
    "list": {"v": ["a"]},
    "empty": {},
}


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ([("v[eq]", "a")], "s"),
        ([("v[eq]", "5")], "num text5"),
        ([("v[eq]", "true")], "yes text"),
        ([("v[eq:string]", "5")], "text5"),
        ([("v[eq:number]", "5")], "num"),
        ([("v[eq:number]", "5.0")], "num"),
        ([("v[eq:number]", "5.5e0")], "real"),
        ([("v[eq:boolean]", "true")], "yes"),
        ([("v[eq:boolean]", "false")], ""),
        ([("v[in]", "a|5|x")], "s num text5"),
        ([("v[in:string]", "a|5")], "s text5"),
        ([("v[in:number]", "5|5.5")], "num real"),
        ([("v[gt]", "5")], "real"),
        ([("v[gte:number]", "5"), ("v[lt]", "5.5")], "num"),
        ([("v[lte]", "1e3")], "num real"),
        ([("v[gt]", "9"), ("v[lt]", "3")], ""),
        ([("n.d.e.f[eq]", "deep")], "s"),
        ([("0[eq]", "digit")], "num"),
        ([("v.0[eq]", "a")], ""),
        ([("missing[eq]", "a")], ""),
        ([("v[eq]", "")], ""),
        ([("v[eq]", "' OR 1=1 --")], ""),
    ],
)
def test_metadata_filters(owner: Person, conditions: list[tuple[str, str]], found: str) -> None:
    for name, meta in METAS.items():
        put(owner, name, meta=meta)
    query = urlencode([(f"meta.{name}", value) for name, value in conditions])
    assert set(ids(owner.get(f"/images/v2?{query}"))) == set(found.split())


@pytest.mark.parametrize(
    "query",
    [
        "meta=a",
        "meta.a=b",
        "meta.a[]=b",
        "meta.a[like]=b",
        "meta.a[eq:boolean]=1",
        "meta.a[gt:string]=b",
        "meta.a[gt]=b",
        "meta.a[gt]=NaN",
        "meta.a[gt]=1e999",
        "meta.a[gt]=" + "9" * 500,
        "meta.a-b[eq]=1",
        "meta.[eq]=1",
        "meta.a..b[eq]=1",
        "meta.a.b.c.d.e.f[eq]=1",
        "meta." + "a" * 101 + "[eq]=1",
        "meta.a[in]=" + "|".join("abcdefghijk"),
        "meta.a[eq]=a%00",
        "meta[a][eq]=1",
        "&".join(f"meta.a{number}[eq]=1" for number in range(6)),
    ],
)
def test_filters_that_fail(owner: Person, query: str) -> None:
    refused(owner.get(f"/images/v2?{query}"), 400, 5400)


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_list_asks_the_database_equally_often_whatever_its_length(
    owner: Person, version: str, django_assert_max_num_queries: Any
) -> None:
    put(owner, *(f"i{number}" for number in range(100)))
    ask(owner, version)  # makes the variant public and notes the use of the token
    with django_assert_max_num_queries(4):
        assert len(ids(ask(owner, version, per_page=100))) == 100


def test_equal_times_lose_and_repeat_nothing(owner: Person) -> None:
    put(owner, *(f"i{number}" for number in range(30)))
    Image.objects.update(uploaded=START)
    for order in ("asc", "desc"):
        found, token = list[str](), ""
        while token is not None:
            answer = ask(owner, "v2", per_page=7, sort_order=order, **({"continuation_token": token} if token else {}))
            found, token = found + ids(answer), answer.json()["result"]["continuation_token"]
            if len(found) == 14:
                Image.objects.filter(public_id=found[3]).delete()  # what was listed may go meanwhile
        assert len(found) == len(set(found)) == (30 if order == "asc" else 29)


def test_the_longest_creator_is_kept_and_found(owner: Person) -> None:
    creator = "".join(chr(0x4E00 + number * 19 % 20_000) for number in range(1024))  # too long for an index entry
    image = owner.upload(creator=creator)
    assert image["creator"] == creator
    owner.send("PATCH", f"/images/v1/{owner.upload()['id']}", {"creator": creator})
    for version in ("v1", "v2"):
        assert len(ids(ask(owner, version, creator=creator))) == 2
    owner.send("PATCH", f"/images/v1/{image['id']}", {"creator": ""})
    assert ids(ask(owner, "v1", creator="")) == [image["id"]]
