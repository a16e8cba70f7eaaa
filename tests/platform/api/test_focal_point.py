"""The focal point through the REST API: set with an upload or later, shown where there is one, taken back."""

from typing import Any

import pytest
from django.test import Client
from people import Person, png, refused

from images.models import Image
from variants.models import Rendition

V1, V2 = "/images/v1", "/images/v2"
POINT = {"x": 0.3, "y": 0.75}


def patched(person: Person, image: dict[str, Any], body: dict[str, Any]) -> Any:
    return person.send("PATCH", f"{V1}/{image['id']}", body)


def test_an_upload_may_bring_it(owner: Person) -> None:
    image = owner.upload(focalPoint='{"x": 0.3, "y": 0.75}')
    assert image["focalPoint"] == POINT
    assert owner.get(f"{V1}/{image['id']}").json()["result"] == image
    assert owner.get(V1).json()["result"]["images"] == [image]
    assert owner.get(V2).json()["result"]["images"] == [image]


def test_an_image_without_one_looks_as_ever(owner: Person) -> None:
    assert "focalPoint" not in owner.upload()
    assert "focalPoint" not in owner.upload(focalPoint="null")


def test_it_is_set_and_removed_and_stays_when_other_things_change(owner: Person) -> None:
    image = owner.upload(creator="ann")
    changed = patched(owner, image, {"focalPoint": POINT}).json()["result"]
    assert changed == image | {"focalPoint": POINT}
    assert patched(owner, image, {"creator": "bob"}).json()["result"]["focalPoint"] == POINT
    assert "focalPoint" not in patched(owner, image, {"focalPoint": None}).json()["result"]


@pytest.mark.parametrize(
    "value", [{"x": 0.5}, {"x": 0.5, "y": 1.5}, {"x": "0.5", "y": 0.5}, {"x": True, "y": 0}, [0.5, 0.5], "center", 0]
)
def test_a_wrong_value_is_refused_and_changes_nothing(owner: Person, value: object) -> None:
    image = owner.upload(focalPoint='{"x": 0, "y": 1}')
    text = refused(patched(owner, image, {"focalPoint": value, "creator": "bob"}), 400, 5400)
    assert text.startswith('focalPoint: expected {"x": 0.3, "y": 0.7} with numbers from 0 to 1, or null')
    assert owner.get(f"{V1}/{image['id']}").json()["result"] == image


@pytest.mark.parametrize("text", ["", "0.5x0.5", '{"x": 2, "y": 0}', '{"x": NaN, "y": 0}', '{"x": 0.1'])
def test_a_wrong_field_is_refused_and_nothing_is_stored(owner: Person, text: str) -> None:
    assert "focalPoint" in refused(owner.post(V1, {"file": png(), "focalPoint": text}), 400, 5400)
    twice = owner.post(V1, {"file": png(), "focalPoint": ['{"x": 0, "y": 0}', '{"x": 0, "y": 0}']})
    assert "send the field once" in refused(twice, 400, 5400)
    assert not Image.objects.exists()


def test_a_draft_keeps_what_was_said_before_its_bytes_came(owner: Person) -> None:
    issued = owner.send("POST", f"{V2}/direct_upload", {"focalPoint": {"x": 0, "y": 0}}).json()["result"]
    patched(owner, issued, {"focalPoint": POINT})
    path = issued["uploadURL"].removeprefix("http://127.0.0.1:8000")
    assert Client().post(path, {"file": png()}).json()["result"]["focalPoint"] == POINT
    assert Image.objects.get().focal_point == (0.3, 0.75)


def test_what_was_made_with_another_point_goes(owner: Person) -> None:
    image = owner.upload()
    row = Image.objects.get()
    Rendition.objects.create(image=row, digest="d" * 64, mime="image/png", size=1)
    patched(owner, image, {"creator": "bob"})
    assert Rendition.objects.exists()
    patched(owner, image, {"focalPoint": POINT})
    assert not Rendition.objects.exists()


def test_who_may_only_read_and_strangers_set_nothing(owner: Person, reader: Person, stranger: Person) -> None:
    image = owner.upload()
    refused(patched(reader, image, {"focalPoint": POINT}), 403, 10000)
    refused(patched(stranger, image, {"focalPoint": POINT}), 403, 5403)
    assert Image.objects.get().focal_point is None


def test_the_document_tells_of_it() -> None:
    schemas = Client().get("/client/v4/openapi.json").json()
    assert set(schemas["components"]["schemas"]["Image"]["properties"]["focalPoint"]["properties"]) == {"x", "y"}
    edit = schemas["paths"]["/client/v4/accounts/{account_id}/images/v1/{image_id}"]["patch"]
    assert "focalPoint" in edit["requestBody"]["content"]["application/json"]["schema"]["properties"]
