"""Variants, keys, settings, purge, the document."""

import json
from typing import Any

import pytest
from django.test import Client
from people import Person, refused
from pytest_django.fixtures import Settings

from accounts import generation
from images.models import Discarded, Image
from variants.models import Rendition, Variant

VARIANTS = "/images/v1/variants"
HERO = {"id": "hero", "options": {"fit": "cover", "width": 100, "blur": 20, "browser_ttl": 86400}}


def test_public_is_always_there(owner: Person) -> None:
    public = {
        "id": "public",
        "options": {"fit": "scale-down", "width": 1366, "height": 768, "metadata": "none"},
        "neverRequireSignedURLs": False,
    }
    assert owner.get(VARIANTS).json()["result"] == {"variants": {"public": public}}
    refused(owner.delete(f"{VARIANTS}/public"), 400, 5400)
    changed = owner.send("PATCH", f"{VARIANTS}/public", {"options": {"width": 10}}).json()["result"]["variant"]
    assert changed["options"] == {"width": 10}


def test_the_life_of_a_variant(owner: Person) -> None:
    made = owner.send("POST", VARIANTS, HERO).json()["result"]["variant"]
    assert made == {**HERO, "neverRequireSignedURLs": False}
    refused(owner.send("POST", VARIANTS, HERO), 409, 5409)
    assert owner.get(f"{VARIANTS}/hero").json()["result"]["variant"] == made
    assert owner.upload()["variants"][1].endswith("/hero")
    change = {"options": {"width": 5}, "neverRequireSignedURLs": True}
    assert owner.send("PATCH", f"{VARIANTS}/hero", change).json()["result"]["variant"] == {"id": "hero", **change}
    assert owner.delete(f"{VARIANTS}/hero", content_type="application/json").json()["result"] == {}
    for method in ("GET", "DELETE", "PATCH"):
        refused(owner.ask(method, f"{VARIANTS}/hero"), 404, 5401)
    assert len(owner.upload()["variants"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"id": "a"},
        {"id": "a", "options": []},
        {"id": "a", "options": None},
        {"id": "", "options": {}},
        {"id": "a/b", "options": {}},
        {"id": "a\n", "options": {}},
        {"id": "x" * 100, "options": {}},
        {"id": 5, "options": {}},
        {"id": "a", "options": {"width": 0}},
        {"id": "a", "options": {"width": 12001}},
        {"id": "a", "options": {"width": "wide"}},
        {"id": "a", "options": {"width": True}},
        {"id": "a", "options": {"fit": "squash"}},
        {"id": "a", "options": {"fit": None}},
        {"id": "a", "options": {"fit": ["cover"]}},
        {"id": "a", "options": {"nonsense": 1}},
        {"id": "a", "options": {"metadata": "\ud800"}},
        {"id": "a", "options": {}, "neverRequireSignedURLs": "perhaps"},
    ],
)
def test_variants_that_are_refused(owner: Person, body: dict[str, Any]) -> None:
    refused(owner.send("POST", VARIANTS, json.dumps(body)), 400, 5400)
    assert set(owner.get(VARIANTS).json()["result"]["variants"]) == {"public"}


def test_a_refusal_names_option_value_and_what_was_expected(owner: Person) -> None:
    text = refused(owner.send("POST", VARIANTS, {"id": "a", "options": {"fit": "squash"}}), 400, 5400)
    assert "fit" in text and "squash" in text and "scale-down" in text


def test_the_limit_of_variants(owner: Person, settings: Settings) -> None:
    settings.VARIANT_LIMIT = 2
    owner.send("POST", VARIANTS, HERO)
    assert "limit" in refused(owner.send("POST", VARIANTS, {"id": "third", "options": {}}), 403, 5453)


def test_a_change_moves_generation_and_epoch_and_drops_renditions(owner: Person) -> None:
    owner.send("POST", VARIANTS, HERO)
    image = Image.objects.get(public_id=owner.upload()["id"])
    Rendition.objects.create(image=image, variant="hero", digest="d", mime="image/png", size=1)
    epoch, number = Variant.objects.get(name="hero").epoch, generation.current()
    owner.send("PATCH", f"{VARIANTS}/hero", {"options": {"width": 7}})
    assert Variant.objects.get(name="hero").epoch > epoch
    assert generation.current() > number
    assert not Rendition.objects.exists()


def test_purge(owner: Person) -> None:
    owner.send("POST", VARIANTS, HERO)
    image = Image.objects.get(public_id=owner.upload(id="p/q")["id"])
    places = ["/images/v1/p%2Fq/renditions", f"{VARIANTS}/hero/renditions", "/images/v1/renditions"]
    for place in places:
        Rendition.objects.create(image=image, variant="hero", digest="d", mime="image/png", size=1)
        number = generation.current()
        assert owner.delete(place).json()["result"] == {"purged": 1}
        assert generation.current() > number
        assert owner.delete(place).json()["result"] == {"purged": 0}
    refused(owner.delete("/images/v1/missing/renditions"), 404, 5404)
    refused(owner.delete(f"{VARIANTS}/missing/renditions"), 404, 5401)


def test_going_private_drops_renditions_at_once(owner: Person) -> None:
    image = Image.objects.get(public_id=owner.upload()["id"])
    Rendition.objects.create(image=image, variant="public", digest="d", mime="image/png", size=1)
    number = generation.current()
    owner.send("PATCH", f"/images/v1/{image.public_id}", {"requireSignedURLs": True})
    assert not Rendition.objects.exists()
    assert Image.objects.get().epoch > image.epoch
    assert generation.current() > number


def test_a_delete_leaves_bytes_to_the_sweep(owner: Person) -> None:
    image = Image.objects.get(public_id=owner.upload()["id"])
    owner.delete(f"/images/v1/{image.public_id}")
    prefixes = {f"{kind}/{owner.account.id}/{image.uuid}" for kind in ("originals", "renditions")}
    assert set(Discarded.objects.values_list("prefix", flat=True)) == prefixes


def test_keys(owner: Person, settings: Settings) -> None:
    keys = owner.get("/images/v1/keys").json()["result"]["keys"]
    assert [key["name"] for key in keys] == ["default"] and keys[0]["value"]
    both = owner.ask("PUT", "/images/v1/keys/someKey").json()["result"]["keys"]
    assert [key["name"] for key in both] == ["default", "someKey"]
    assert owner.ask("PUT", "/images/v1/keys/someKey").json()["result"]["keys"] == both
    for name in ("a-b", "x" * 21, "a%2Fb", "a%0A", "%D9%A1"):
        assert owner.ask("PUT", f"/images/v1/keys/{name}").status_code in {400, 404}
    assert owner.delete("/images/v1/keys/default").json()["result"]["keys"] == both[1:]
    last = owner.delete("/images/v1/keys/someKey").json()["result"]["keys"]
    assert [key["name"] for key in last] == ["default"] and last[0]["value"] != keys[0]["value"]
    refused(owner.delete("/images/v1/keys/missing"), 404, 5404)
    settings.SIGNING_KEY_LIMIT = 1
    assert "limit" in refused(owner.ask("PUT", "/images/v1/keys/more"), 403, 5453)


def test_config(owner: Person) -> None:
    path = "/images/v1/config"
    start = {
        "flexible_variants": False,
        "browser_ttl": 172800,
        "preserve_content_credentials": False,
        "svg_rasterize": True,
        "any_origin": False,
        "fallback_image": "",
        "fallback_status": 200,
        "policy_variant": "",
        "segment_model": "",
    }
    assert owner.get(path).json()["result"] == start
    number = generation.current()
    changed = {**start, "flexible_variants": True, "browser_ttl": 3600}
    assert owner.send("PATCH", path, {"flexible_variants": True, "browser_ttl": 3600}).json()["result"] == changed
    assert generation.current() > number
    for name, value in [
        ("browser_ttl", 3599),
        ("browser_ttl", 31536001),
        ("browser_ttl", "3600"),
        ("browser_ttl", True),
        ("browser_ttl", 3600.5),
        ("browser_ttl", None),
        ("flexible_variants", 1),
        ("flexible_variants", "true"),
        ("any_origin", "yes"),
        ("fallback_image", None),
        ("fallback_image", "x" * 1025),
        ("fallback_status", 304),
        ("fallback_status", "404"),
        ("fallback_status", True),
        ("name", "x"),
    ]:
        refused(owner.send("PATCH", path, {"preserve_content_credentials": True, name: value}), 400, 5400)
    assert owner.get(path).json()["result"] == changed


def test_the_document_and_its_page(owner: Person) -> None:
    document = Client().get("/client/v4/openapi.json").json()
    paths = document["paths"]
    upload = paths["/client/v4/accounts/{account_id}/images/v1"]["post"]
    assert "multipart/form-data" in upload["requestBody"]["content"]
    assert {"BearerToken": []} in upload["security"]
    assert {"AuthEmail": [], "AuthKey": []} in upload["security"]
    assert set(document["components"]["securitySchemes"]) == {"BearerToken", "AuthEmail", "AuthKey"}
    schemas = document["components"]["schemas"]
    assert "width" in schemas["Transformation"]["properties"] and "opacity" in schemas["Drawing"]["properties"]
    assert [next(iter(kind)) for kind in schemas["VariantOptions"]["anyOf"]] == ["$ref", "type"]
    assert "/upload/{account_hash}/{image_id}" in paths
    assert not [path for path in paths if path.startswith("/batch")]
    page = Client().get("/client/v4/", headers={"Accept": "text/html"}).content.decode()
    assert "swagger-ui" in page
    assert "//" not in page.replace("<!--", "").replace("-->", "")
