"""What the API has acknowledged in one process holds for the next delivery request of every other."""

import json
import time
from pathlib import Path

import pytest
import pyvips
from platform_server import Platform, Reply


@pytest.fixture
def image(trio: Platform, tmp_path: Path) -> str:
    pyvips.Image.black(50, 40).write_to_file(str(tmp_path / "black.png"))
    return trio.upload(tmp_path / "black.png")


def api(trio: Platform, method: str, path: str, body: object = None) -> Reply:
    """A call of the API, in the first process."""
    return trio.servers[0].get(
        f"/client/v4/accounts/{trio.facts['account_id']}/images/v1{path}",
        method,
        body=None if body is None else json.dumps(body),
        authorization=f"Bearer {trio.facts['api_token']}",
        content_type="application/json",
    )


def seen(trio: Platform, image: str, wanted: str = "public", **headers: str) -> Reply:
    """What the second process delivers."""
    return trio.servers[1].get(f"/{trio.facts['account_hash']}/{image}/{wanted}", **headers)


def test_private_and_public_again(trio: Platform, image: str) -> None:
    for _ in range(3):
        assert seen(trio, image).status == 200
        assert api(trio, "PATCH", f"/{image}", {"requireSignedURLs": True}).status == 200
        assert seen(trio, image).status == 403
        assert api(trio, "PATCH", f"/{image}", {"requireSignedURLs": False}).status == 200


def test_a_deleted_image_is_gone(trio: Platform, image: str) -> None:
    assert seen(trio, image).status == 200
    assert api(trio, "DELETE", f"/{image}").status == 200
    assert seen(trio, image).status == 404


def test_a_changed_variant_and_a_purge(trio: Platform, image: str) -> None:
    made = api(trio, "POST", "/variants", {"id": "small", "options": {"fit": "scale-down", "width": 20, "height": 20}})
    assert made.status == 200, made
    before = seen(trio, image, "small")
    assert pyvips.Image.new_from_buffer(before.body, "").width == 20
    assert seen(trio, image, "small", if_none_match=before.headers["etag"]).status == 304
    changed = {"options": {"fit": "scale-down", "width": 10, "height": 10}}
    assert api(trio, "PATCH", "/variants/small", changed).status == 200
    after = seen(trio, image, "small", if_none_match=before.headers["etag"])
    assert pyvips.Image.new_from_buffer(after.body, "").width == 10
    assert api(trio, "DELETE", f"/{image}/renditions").status == 200
    again = seen(trio, image, "small", if_none_match=after.headers["etag"])
    assert (again.status, again.headers["cf-cache-status"]) == (200, "MISS")
    assert api(trio, "DELETE", "/variants/small").status == 200
    assert seen(trio, image, "small").status == 403


def test_a_304_touches_neither_storage_nor_a_render_child(trio: Platform, image: str) -> None:
    etag = seen(trio, image).headers["etag"]
    storage, away = trio.directory / "storage", trio.directory / "storage.away"
    while not list(storage.rglob(etag.strip('"'))):
        time.sleep(0.01)  # it is stored behind the answer
    storage.rename(away)
    try:
        assert seen(trio, image, if_none_match=etag).status == 304
        assert seen(trio, image, if_none_match=f'"other", W/{etag}').status == 304
    finally:
        away.rename(storage)
