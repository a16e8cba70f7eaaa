"""What the API has acknowledged in one process holds for the next delivery request of every other."""

import json
from pathlib import Path

import pytest
import pyvips
from platform_server import Platform, Reply


@pytest.fixture
def image(pair: Platform, tmp_path: Path) -> str:
    pyvips.Image.black(50, 40).write_to_file(str(tmp_path / "black.png"))
    return pair.upload(tmp_path / "black.png")


def api(pair: Platform, method: str, path: str, body: object = None) -> Reply:
    """A call of the API, in the first process."""
    return pair.servers[0].get(
        f"/client/v4/accounts/{pair.facts['account_id']}/images/v1{path}",
        method,
        body=None if body is None else json.dumps(body),
        authorization=f"Bearer {pair.facts['api_token']}",
        content_type="application/json",
    )


def seen(pair: Platform, image: str, wanted: str = "public", **headers: str) -> Reply:
    """What the second process delivers."""
    return pair.servers[1].get(f"/{pair.facts['account_hash']}/{image}/{wanted}", **headers)


def test_private_and_public_again(pair: Platform, image: str) -> None:
    for _ in range(3):
        assert seen(pair, image).status == 200
        assert api(pair, "PATCH", f"/{image}", {"requireSignedURLs": True}).status == 200
        assert seen(pair, image).status == 403
        assert api(pair, "PATCH", f"/{image}", {"requireSignedURLs": False}).status == 200


def test_a_deleted_image_is_gone(pair: Platform, image: str) -> None:
    assert seen(pair, image).status == 200
    assert api(pair, "DELETE", f"/{image}").status == 200
    assert seen(pair, image).status == 404


def test_a_changed_variant_and_a_purge(pair: Platform, image: str) -> None:
    made = api(pair, "POST", "/variants", {"id": "small", "options": {"fit": "scale-down", "width": 20, "height": 20}})
    assert made.status == 200, made
    before = seen(pair, image, "small")
    assert pyvips.Image.new_from_buffer(before.body, "").width == 20
    assert seen(pair, image, "small", if_none_match=before.headers["etag"]).status == 304
    changed = {"options": {"fit": "scale-down", "width": 10, "height": 10}}
    assert api(pair, "PATCH", "/variants/small", changed).status == 200
    after = seen(pair, image, "small", if_none_match=before.headers["etag"])
    assert pyvips.Image.new_from_buffer(after.body, "").width == 10
    assert api(pair, "DELETE", f"/{image}/renditions").status == 200
    again = seen(pair, image, "small", if_none_match=after.headers["etag"])
    assert (again.status, again.headers["cf-cache-status"]) == (200, "MISS")
    assert api(pair, "DELETE", "/variants/small").status == 200
    assert seen(pair, image, "small").status == 403


def test_a_304_touches_neither_storage_nor_a_render_child(pair: Platform, image: str) -> None:
    etag = seen(pair, image).headers["etag"]
    storage, away = pair.directory / "storage", pair.directory / "storage.away"
    storage.rename(away)
    try:
        assert seen(pair, image, if_none_match=etag).status == 304
        assert seen(pair, image, if_none_match=f'"other", W/{etag}').status == 304
    finally:
        away.rename(storage)
