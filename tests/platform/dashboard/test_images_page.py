"""The page of images: what it lists, finds, hands out and deletes."""

import re
from typing import Any

import pytest
from django.test import Client
from people import Person, png

from dashboard import listing
from images.models import Image


def names(page: Any) -> list[str]:
    return re.findall(r'class="name">([^<]+)<', page.content.decode())


def uploaded(owner: Person, *files: str) -> list[Image]:
    for name in files:
        owner.post("/images/v1", {"file": png(name=name)})
    return list(Image.objects.filter(account=owner.account).order_by("uploaded"))


def test_an_empty_account_is_told_what_to_do(member: Client) -> None:
    page = member.get("/dashboard/").content.decode()
    assert "No images yet" in page
    assert "<tintype-upload" in page


def test_images_are_listed_newest_first_and_found(member: Client, owner: Person) -> None:
    first, *_ = uploaded(owner, "Alpha.png", "beta <b>.png", "gamma.png")
    page = member.get("/dashboard/")
    assert names(page) == ["gamma.png", "beta &lt;b&gt;.png", "Alpha.png"]
    assert names(member.get("/dashboard/", {"q": "alpha"})) == ["Alpha.png"]
    assert names(member.get("/dashboard/", {"q": first.public_id[:13]})) == ["Alpha.png"]
    nothing = member.get("/dashboard/", {"q": "no such\0thing"})
    assert "Nothing found" in nothing.content.decode()
    part = member.get("/dashboard/", {"q": "alpha"}, headers={"HX-Request": "true"})
    assert names(part) == ["Alpha.png"]
    assert "<html" not in part.content.decode()


def test_more_images_follow_where_the_page_ended(
    member: Client, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploaded(owner, *(f"{number}.png" for number in range(5)))
    monkeypatch.setattr(listing.page_of, "__defaults__", ("", "", 2))
    seen, after = [], ""
    while True:
        page = member.get("/dashboard/", {"after": after}, headers={"HX-Request": "true"})
        seen += names(page)
        found = re.search(r"after=([^&]+)&", page.content.decode())
        if not found:
            break
        after = found[1].replace("%3A", ":").replace("%2B", "+")
    assert seen == ["4.png", "3.png", "2.png", "1.png", "0.png"]


@pytest.mark.parametrize("after", ["x", "2026-01-01_", "2026-01-01T00:00:00_0", "_" * 50])
def test_a_broken_position_begins_anew(member: Client, owner: Person, after: str) -> None:
    uploaded(owner, "a.png")
    assert names(member.get("/dashboard/", {"after": after})) == ["a.png"]


def test_upload_urls_are_for_members_and_work_once(member: Client, owner: Person) -> None:
    assert Client().post("/dashboard/upload-url").status_code == 302
    assert member.get("/dashboard/upload-url").status_code == 405
    given = member.post("/dashboard/upload-url").json()
    path = given["uploadURL"].partition("/upload/")[2]
    assert Client().post(f"/upload/{path}", {"file": png(name="dropped.png")}).status_code == 200
    assert Client().post(f"/upload/{path}", {"file": png()}).status_code == 409
    assert names(member.get("/dashboard/card", {"id": given["id"]})) == ["dropped.png"]
    assert names(member.get("/dashboard/")) == ["dropped.png"]


def test_a_full_account_is_told_so(member: Client, settings: Any) -> None:
    settings.IMAGE_LIMIT = 1
    uploaded_url = member.post("/dashboard/upload-url").json()["uploadURL"]
    Client().post("/upload/" + uploaded_url.partition("/upload/")[2], {"file": png()})
    answer = member.post("/dashboard/upload-url")
    assert answer.status_code == 403
    assert "limit" in answer.json()["error"]


def test_a_selection_is_deleted_and_nothing_of_others(member: Client, outsider: Client, owner: Person) -> None:
    first, second, third = uploaded(owner, "a.png", "b.png", "c.png")
    outsider.post("/dashboard/delete", {"image": [first.uuid, second.uuid]})
    assert Image.objects.count() == 3
    assert member.get("/dashboard/delete").status_code == 405
    member.post("/dashboard/delete", {"image": f"{first.uuid},{second.uuid},nonsense,"})
    assert list(Image.objects.all()) == [third]
    member.post("/dashboard/delete", {"image": [third.uuid]})
    assert not Image.objects.exists()


def test_a_stranger_sees_no_card(outsider: Client, owner: Person) -> None:
    (image,) = uploaded(owner, "a.png")
    assert outsider.get("/dashboard/card", {"id": image.public_id}).status_code == 404
    assert names(outsider.get("/dashboard/", {"q": "a.png"})) == []
