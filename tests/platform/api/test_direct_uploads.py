"""One-time upload URLs: issued, used once, expired, refused."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from people import Person, png, refused
from pytest_django.fixtures import Settings

from images import tasks
from images.models import DirectUpload, Image

ISSUE = "/images/v2/direct_upload"


def issued(person: Person, **fields: Any) -> dict[str, str]:
    answer = person.post(ISSUE, fields)
    assert answer.status_code == 200, answer.content
    result: dict[str, str] = answer.json()["result"]
    return result


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def send(url: str, **fields: Any) -> Any:
    return Client().post(path_of(url), {"file": png(name="b.png"), **fields})


def test_a_draft_becomes_an_image(owner: Person) -> None:
    given = issued(owner, metadata='{"k": 1}', creator="c", requireSignedURLs="true")
    place = f"/images/v1/{given['id']}"
    draft = owner.get(place).json()["result"]
    assert draft["draft"] is True
    assert owner.get("/images/v2").json()["result"]["images"] == []
    assert owner.get("/images/v1/stats").json()["result"]["count"]["current"] == 0
    refused(owner.get(f"{place}/blob"), 404, 5404)

    answer = send(given["uploadURL"])
    image = answer.json()["result"]
    assert (image["id"], image["filename"], image["meta"]) == (given["id"], "b.png", {"k": 1})
    assert (image["creator"], image["requireSignedURLs"], "draft" in image) == ("c", True, False)
    assert owner.get(place).json()["result"] == image
    assert owner.get("/images/v2").json()["result"]["images"] == [image]
    assert owner.get("/images/v1/stats").json()["result"]["count"]["current"] == 1


def test_the_second_use_is_refused(owner: Person) -> None:
    url = issued(owner)["uploadURL"]
    assert send(url).status_code == 200
    answer = send(url)
    refused(answer, 409, 5409)
    assert answer["x-should-retry"] == "false"


def test_a_refused_file_leaves_the_url_usable(owner: Person) -> None:
    url = issued(owner)["uploadURL"]
    answer = send(url, file=SimpleUploadedFile("a.png", b"no picture"))
    refused(answer, 415, 5455)
    refused(Client().post(path_of(url), {}), 400, 5400)
    refused(Client().post(path_of(url), b"x", content_type="image/png"), 415, 5415)
    assert send(url).status_code == 200


def test_meta_can_be_left_out(owner: Person, settings: Settings) -> None:
    settings.UPLOAD_ANSWERS_META = False
    assert "meta" not in send(issued(owner, metadata='{"secret": 1}')["uploadURL"]).json()["result"]


def test_expiry(owner: Person) -> None:
    now = timezone.now()
    for minutes in (3, 30, 359):
        issued(owner, expiry=(now + timedelta(minutes=minutes)).isoformat())
    issued(owner, expiry=(now + timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M:%SZ"))
    for minutes in (-1, 0, 1, 361):
        refused(owner.post(ISSUE, {"expiry": (now + timedelta(minutes=minutes)).isoformat()}), 400, 5400)
    for text in ("", "soon", "2030-01-01", "2030-01-01T00:00:00", "2030-13-01T00:00:00Z", "9999-12-31T23:59:59-23:59"):
        refused(owner.post(ISSUE, {"expiry": text}), 400, 5400)


def test_after_its_time_the_url_is_dead_and_the_draft_goes(owner: Person) -> None:
    given = issued(owner)
    DirectUpload.objects.update(expires_at=timezone.now())
    refused(send(given["uploadURL"]), 410, 5400)
    kept = issued(owner)
    tasks.expire_drafts()
    tasks.expire_drafts()
    refused(owner.get(f"/images/v1/{given['id']}"), 404, 5404)
    assert owner.get(f"/images/v1/{kept['id']}").status_code == 200
    assert send(kept["uploadURL"]).status_code == 200


def test_a_used_url_keeps_its_image_when_its_time_is_over(owner: Person) -> None:
    given = issued(owner)
    send(given["uploadURL"])
    DirectUpload.objects.update(expires_at=timezone.now())
    tasks.expire_drafts()
    assert owner.get(f"/images/v1/{given['id']}").status_code == 200


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", ""),
        (b"--B--\r\n", "multipart/form-data; boundary=B"),
        (b"{}", "application/json"),
        (b"", "application/json"),
        (b'{"creator": "c", "metadata": {"a": [1, null]}}', "application/json"),
        (b'{"metadata": "{}"}', "application/x-www-form-urlencoded"),
        (b"creator=c&metadata.a=1", "application/x-www-form-urlencoded"),
    ],
)
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_bodies_of_every_kind(owner: Person, body: bytes, kind: str, version: str) -> None:
    answer = owner.ask("POST", f"/images/{version}/direct_upload", data=body, content_type=kind)
    assert answer.status_code == 200, answer.content
    assert set(answer.json()["result"]) == {"id", "uploadURL"}


def test_custom_ids(owner: Person) -> None:
    given = issued(owner, id="a/b c%é")
    refused(owner.post(ISSUE, {"id": "a/b c%é"}), 409, 5409)
    refused(owner.post("/images/v1", {"file": png(), "id": "a/b c%é"}), 409, 5409)
    refused(owner.post(ISSUE, {"id": "stats"}), 400, 5411)
    assert send(given["uploadURL"]).json()["result"]["id"] == "a/b c%é"


def test_a_url_opens_its_own_draft_only(owner: Person) -> None:
    one, other = issued(owner), issued(owner)
    mixed = one["uploadURL"].replace(one["id"], other["id"])
    refused(send(mixed), 404, 5404)
    refused(send(one["uploadURL"].replace(owner.account.hash, "A" * 22)), 404, 5404)
    refused(send(one["uploadURL"] + "x"), 404, 5404)
    refused(send(one["uploadURL"].partition("?")[0]), 404, 5404)
    owner.delete(f"/images/v1/{one['id']}")
    refused(send(one["uploadURL"]), 404, 5404)
    assert Image.objects.filter(draft=False).count() == 0


def test_pages_of_every_origin_may_read_every_answer(owner: Person, settings: Settings) -> None:
    url = issued(owner)["uploadURL"]
    preflight = Client().options(path_of(url), headers={"Origin": "https://a.example"})
    assert (preflight.status_code, preflight["Access-Control-Allow-Headers"]) == (204, "content-type")
    assert preflight["Access-Control-Allow-Methods"] == "POST, OPTIONS"
    bad_host = Client().post(path_of(url), headers={"Host": "elsewhere.example"})
    answers = [preflight, send(url), send(url), Client().get(path_of(url)), Client().post("/upload/x"), bad_host]
    assert [answer.status_code for answer in answers] == [204, 200, 409, 405, 404, 400]
    assert {answer["Access-Control-Allow-Origin"] for answer in answers} == {"*"}
