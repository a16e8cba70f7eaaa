"""Images through the REST API: in, listed, changed, out."""

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from people import Person, png, png_bytes, refused
from pytest_django.fixtures import Settings

from images.models import Discarded, Image, ImageCount

V1 = "/images/v1"


def count_of(person: Person) -> int:
    return int(person.get(f"{V1}/stats").json()["result"]["count"]["current"])


def stored(files: Path) -> list[Path]:
    return [path for path in (files / "originals").rglob("*") if path.is_file()]


def test_upload_answers_the_image(owner: Person) -> None:
    image = owner.upload(metadata='{"a": {"b": 1}}', requireSignedURLs="True", creator="c1")
    assert image["filename"] == "a.png"
    assert image["meta"] == {"a": {"b": 1}}
    assert (image["requireSignedURLs"], image["creator"]) == (True, "c1")
    assert image["uploaded"].endswith("Z") and len(image["uploaded"]) == 24
    assert [url.rsplit("/", 2)[1:] for url in image["variants"]] == [[image["id"], "public"]]
    assert "draft" not in image
    assert owner.get(f"{V1}/{image['id']}").json()["result"] == image


def test_an_accepted_upload_is_on_storage_and_in_the_database(owner: Person, files: Path) -> None:
    image = Image.objects.get(public_id=owner.upload()["id"])
    assert [str(path.relative_to(files)) for path in stored(files)] == [image.storage_key]
    assert (image.format, image.width, image.height, image.frames) == ("png", 8, 6, 1)
    assert image.size == len(png_bytes())
    assert not Discarded.objects.exists()
    assert count_of(owner) == 1


def test_a_file_name_of_any_length_and_shape_is_taken(owner: Person) -> None:
    names = {
        "a." + "b" * 255: "a." + "b" * 253,
        "..": "",
        "a&amp;b.png": "a&amp;b.png",
        "x/../..\\y%2F.png": "y%2F.png",
        "é\u202egpj.png": "égpj.png",
    }
    for sent, kept in names.items():
        quoted = sent.replace("\\", "\\\\")
        head = f'--B\r\nContent-Disposition: form-data; name="file"; filename="{quoted}"\r\n\r\n'
        form = head.encode() + png_bytes() + b"\r\n--B--\r\n"
        answer = owner.ask("POST", V1, data=form, content_type="multipart/form-data; boundary=B")
        assert answer.status_code == 200, answer.content
        assert answer.json()["result"].get("filename", "") == kept


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 415, 5455),
        (b"hello", 415, 5455),
        (b"<html><script>", 415, 5455),
        (png_bytes()[:-20], 422, 9422),
    ],
)
def test_what_is_no_picture_is_refused_and_nothing_stays(
    owner: Person, files: Path, content: bytes, status: int, code: int
) -> None:
    answer = owner.post(V1, {"file": SimpleUploadedFile("a.png", content, "image/png")})
    refused(answer, status, code)
    assert not stored(files)
    assert not Image.objects.exists()
    assert not Discarded.objects.exists()
    assert count_of(owner) == 0


def test_limits(owner: Person, settings: Settings) -> None:
    settings.MAX_SIDE = 20
    refused(owner.post(V1, {"file": png(21, 4)}), 400, 9413)
    settings.MAX_PIXELS = 50
    refused(owner.post(V1, {"file": png(10, 6)}), 400, 9413)
    settings.MAX_UPLOAD_BYTES = 20
    refused(owner.post(V1, {"file": png()}), 413, 5413)
    assert count_of(owner) == 0


def test_the_account_limit(owner: Person, settings: Settings) -> None:
    settings.IMAGE_LIMIT = 1
    image = owner.upload()
    assert "limit" in refused(owner.post(V1, {"file": png()}), 403, 5453)
    owner.delete(f"{V1}/{image['id']}")
    owner.upload()


def test_one_of_file_and_url(owner: Person) -> None:
    refused(owner.post(V1, {}), 400, 5400)
    refused(owner.post(V1, {"file": png(), "url": "http://example.com/a.png"}), 400, 5400)
    refused(owner.post(V1, {"file": [png(), png()]}), 400, 5400)
    refused(owner.post(V1, {"file": "text"}), 400, 5400)


@pytest.mark.parametrize("kind", ["image/png", "application/json", "", "text/plain"])
def test_a_body_that_is_no_form(owner: Person, kind: str) -> None:
    refused(owner.ask("POST", V1, data=png_bytes(), content_type=kind), 415, 5415)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"--B--\r\n", "multipart/form-data"),
        (b"--B--\r\n", "multipart/form-data; boundary=" + "b" * 300),
        (b"--B\r\nContent-Disposition: form-data\r\n\r\n1\r\n--B--\r\n", "multipart/form-data; boundary=B"),
        (b"--B\r\n" * 300, "multipart/form-data; boundary=B"),
        (b"\xff" * 99, "multipart/form-data; boundary=B; charset=rot13"),
        (b"a=%ff%fe", "application/x-www-form-urlencoded; charset=utf-16"),
        (b"&".join(b"a%d=1" % number for number in range(500)), "application/x-www-form-urlencoded"),
    ],
)
def test_a_form_that_cannot_be_read(owner: Person, body: bytes, kind: str) -> None:
    refused(owner.ask("POST", V1, data=body, content_type=kind), 400, 5400)


@pytest.mark.parametrize(
    "public_id",
    [
        "p/q",
        "a/b c%é",
        "a/b/blobs",
        "%2F",
        "v1.2",
        "x" * 1024,
        "über?x=1&y#z",
        "a\\b",
        "with+plus",
        "日本/写真.jpg",
        "a;b,c",
    ],
)
def test_custom_ids(owner: Person, public_id: str) -> None:
    image = owner.upload(id=public_id)
    place = quote(public_id, safe="")
    assert image["id"] == public_id
    assert image["variants"][0].endswith("/public")
    assert owner.get(f"{V1}/{place}").json()["result"]["id"] == public_id
    assert b"".join(owner.get(f"{V1}/{place}/blob").streaming_content) == png_bytes()
    assert owner.delete(f"{V1}/{place}").json()["result"] == {}
    refused(owner.get(f"{V1}/{place}"), 404, 5404)


@pytest.mark.parametrize("public_id", ["keys/a", "stats", "a/blob", "a//b", "/a", "a/", "..", "a.mp4", "", "x" * 1025])
def test_custom_ids_that_are_refused(owner: Person, public_id: str) -> None:
    refused(owner.post(V1, {"file": png(), "id": public_id}), 400, 5411)


def test_an_id_that_exists(owner: Person) -> None:
    owner.upload(id="p/q")
    answer = owner.post(V1, {"file": png(), "id": "p/q"})
    refused(answer, 409, 5409)
    assert answer["x-should-retry"] == "false"
    assert count_of(owner) == 1


def test_private_custom_ids_can_be_forbidden(owner: Person, settings: Settings) -> None:
    image = owner.upload(id="a")
    settings.CUSTOM_IDS_MAY_BE_PRIVATE = False
    refused(owner.post(V1, {"file": png(), "id": "b", "requireSignedURLs": "true"}), 400, 5400)
    refused(owner.send("PATCH", f"{V1}/{image['id']}", '{"requireSignedURLs": true}'), 400, 5400)
    assert owner.upload(requireSignedURLs="1")["requireSignedURLs"] is True


def test_metadata_in_three_encodings(owner: Person) -> None:
    wanted = {"k": "v", "n": {"x": 1}, "l": [1, 2], "b": True}
    python = {"metadata.k": "v", "metadata.n.x": "1", "metadata.l[]": ["1", "2"], "metadata.b": "true"}
    node = {"metadata[k]": "v", "metadata[n][x]": "1", "metadata[l][]": ["1", "2"], "metadata[b]": "true"}
    assert owner.upload(**python)["meta"] == wanted
    assert owner.upload(**node)["meta"] == wanted
    assert owner.upload(metadata='{"k":"v","n":{"x":1},"l":[1,2],"b":true}')["meta"] == wanted


@pytest.mark.parametrize(
    "fields",
    [
        {"metadata": "[1]"},
        {"metadata": "{"},
        {"metadata": '{"a": NaN}'},
        {"metadata": '{"a": 1e999}'},
        {"metadata": '{"a": "\\u0000"}'},
        {"metadata": '{"a": "\\ud800"}'},
        {"metadata": "[" * 5000},
        {"metadata": '{"a": "%s"}' % ("x" * 1100)},
        {"metadata.a": "1", "metadata.a.b": "2"},
        {"metadata[]": "1"},
        {"metadata[a": "1"},
        {"requireSignedURLs": "maybe"},
        {"creator": "x" * 1025},
        {"creator": "a\0b"},
    ],
)
def test_wrong_fields(owner: Person, fields: dict[str, Any]) -> None:
    refused(owner.post(V1, {"file": png(), **fields}), 400, 5400)
    assert count_of(owner) == 0


def test_patch_replaces_what_it_names(owner: Person) -> None:
    image = owner.upload(metadata='{"a": 1, "b": 2}', creator="c")
    place = f"{V1}/{image['id']}"
    changed = owner.send("PATCH", place, '{"metadata": {"c": 3}, "requireSignedURLs": true}').json()["result"]
    assert (changed["meta"], changed["creator"], changed["requireSignedURLs"]) == ({"c": 3}, "c", True)
    changed = owner.send("PATCH", place, '{"metadata": {}, "creator": null}').json()["result"]
    assert (changed["meta"], "creator" in changed, changed["requireSignedURLs"]) == ({}, False, True)
    assert owner.get(place).json()["result"] == changed


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        "null",
        '{"metadata": 1}',
        '{"creator": 7}',
        '{"requireSignedURLs": "maybe"}',
        '{"creator": "\\ud800"}',
        "\xff",
    ],
)
def test_patches_that_are_refused(owner: Person, body: str) -> None:
    place = f"{V1}/{owner.upload()['id']}"
    refused(owner.send("PATCH", place, body.encode("latin-1")), 400, 5400)


def test_delete_takes_a_content_type_without_a_body(owner: Person) -> None:
    image = owner.upload()
    answer = owner.delete(f"{V1}/{image['id']}", content_type="application/json")
    assert answer.json()["result"] == {} and count_of(owner) == 0
    refused(owner.delete(f"{V1}/{image['id']}"), 404, 5404)
    assert not ImageCount.objects.exclude(count=0).exists()


def test_blob_is_never_run_by_a_browser(owner: Person) -> None:
    image = owner.upload()
    answer = owner.get(f"{V1}/{image['id']}/blob", headers={"Accept": "image/*"})
    assert b"".join(answer.streaming_content) == png_bytes()
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    refused(owner.get(f"{V1}/missing/blob", headers={"Accept": "image/*"}), 404, 5404)


def test_unknown_addresses_and_methods(owner: Person) -> None:
    refused(Client().post("/client/v4/nothing"), 404, 7003)
    refused(Client().get("/client/v4"), 404, 7003)
    refused(owner.get("/images/v3"), 404, 7003)
    refused(owner.get("/images/v1/"), 404, 7003)
    refused(owner.ask("PUT", V1), 405, 7001)


@pytest.mark.parametrize("form", ["metadata[rows][][{}]", "metadata.rows[].{}"])
def test_objects_in_a_list_keep_their_fields_together(owner: Person, form: str) -> None:
    a, b = form.format("a"), form.format("b")
    sent = [(a, "1"), (b, "2"), (a, "3"), (a, "4"), (b, "5")]
    parts = [f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in sent]
    wanted = [{"a": 1, "b": 2}, {"a": 3}, {"a": 4, "b": 5}]
    head = '--B\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    for path, file in (("v1", head.encode() + png_bytes() + b"\r\n"), ("v2/direct_upload", b"")):
        body = "".join(parts).encode() + file + b"--B--\r\n"
        answer = owner.ask("POST", f"/images/{path}", data=body, content_type="multipart/form-data; boundary=B")
        image_id = answer.json()["result"]["id"]
        assert owner.get(f"/images/v1/{image_id}").json()["result"]["meta"] == {"rows": wanted}
    kind = "application/x-www-form-urlencoded"
    answer = owner.ask("POST", "/images/v2/direct_upload", data=urlencode(sent), content_type=kind)
    assert owner.get(f"/images/v1/{answer.json()['result']['id']}").json()["result"]["meta"] == {"rows": wanted}
