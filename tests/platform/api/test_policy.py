"""The setting ``policy_variant``, and what it keeps from happening to the variant that it names."""

from typing import Any

import pytest
from people import Person, refused

from accounts import generation
from images.models import Discarded, Image
from variants.models import Rendition

CONFIG, VARIANTS = "/images/v1/config", "/images/v1/variants"


def configured(person: Person, name: object) -> Any:
    return person.send("PATCH", CONFIG, {"policy_variant": name})


@pytest.fixture
def hide(owner: Person) -> Person:
    """The owner, with a variant that hides something and one that does not."""
    for name, options in (("hide", {"width": 9, "pixelate": 20}), ("plain", {"width": 9, "blur": 0, "pixelate": 1})):
        assert owner.send("POST", VARIANTS, {"id": name, "options": options}).status_code == 200
    return owner


def test_it_is_empty_until_it_is_set(hide: Person, reader: Person) -> None:
    assert hide.get(CONFIG).json()["result"]["policy_variant"] == ""
    before = generation.current()
    assert configured(hide, "hide").json()["result"]["policy_variant"] == "hide"
    assert generation.current() > before
    assert reader.get(CONFIG).json()["result"]["policy_variant"] == "hide"
    refused(configured(reader, ""), 403, 10000)
    assert configured(hide, "").json()["result"]["policy_variant"] == ""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gone", "expected the name of a variant"),
        ("plain", "expected a variant that hides something"),
        ("public", "expected a variant that hides something"),
        ("x" * 100, "expected a name, or an empty text"),
        ("a\0", "expected a name, or an empty text"),
        (5, "expected a name, or an empty text"),
        (None, "expected a name, or an empty text"),
        (True, "expected a name, or an empty text"),
    ],
)
def test_what_hides_nothing_is_refused_and_changes_nothing(hide: Person, name: object, words: str) -> None:
    configured(hide, "hide")
    answer = hide.send("PATCH", CONFIG, {"policy_variant": name, "browser_ttl": 7200})
    text = refused(answer, 400, 5400)
    assert text.startswith("policy_variant: ") and words in text
    found = hide.get(CONFIG).json()["result"]
    assert (found["policy_variant"], found["browser_ttl"]) == ("hide", 172_800)


def test_its_variant_cannot_be_deleted_nor_disarmed(hide: Person) -> None:
    configured(hide, "hide")
    assert "is the policy of the account" in refused(hide.delete(f"{VARIANTS}/hide"), 400, 5400)
    for options in ({"width": 5}, {"pixelate": 1}, {"blur": 0}, [{"width": 5}, {}]):
        answer = hide.send("PATCH", f"{VARIANTS}/hide", {"options": options})
        assert "must hide something" in refused(answer, 400, 5400)
    assert hide.get(f"{VARIANTS}/hide").json()["result"]["variant"]["options"] == {"width": 9, "pixelate": 20}
    stronger = hide.send("PATCH", f"{VARIANTS}/hide", {"options": {"blur": 40}, "neverRequireSignedURLs": True})
    assert stronger.status_code == 200
    configured(hide, "")
    assert hide.delete(f"{VARIANTS}/hide").status_code == 200


def test_what_was_made_under_another_policy_goes(hide: Person) -> None:
    hide.upload()
    image = Image.objects.get()

    def make() -> None:
        Rendition.objects.create(image=image, digest="d" * 64, mime="image/png", size=1, variant="plain")

    make()
    hide.send("PATCH", CONFIG, {"policy_variant": "", "browser_ttl": 7200})
    assert Rendition.objects.exists(), "nothing changed"
    configured(hide, "hide")
    assert not Rendition.objects.exists() and Discarded.objects.exists()
    make()
    hide.send("PATCH", f"{VARIANTS}/hide", {"options": {"blur": 40}})
    assert not Rendition.objects.exists()
    make()
    hide.send("PATCH", f"{VARIANTS}/plain", {"neverRequireSignedURLs": True})
    configured(hide, "")
    assert not Rendition.objects.exists()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_nobody_downloads_an_original(hide: Person, reader: Person, method: str) -> None:
    image = hide.upload()
    configured(hide, "hide")
    for person in (hide, reader):
        answer = person.ask(method, f"/images/v1/{image['id']}/blob")
        assert answer.status_code == 403
    assert "policy_variant" in refused(hide.get(f"/images/v1/{image['id']}/blob"), 403, 5403)
    refused(hide.get("/images/v1/nothing/blob"), 404, 5404)
    configured(hide, "")
    answer = reader.get(f"/images/v1/{image['id']}/blob")
    assert answer.status_code == 200
    answer.close()


def test_strangers_see_and_change_nothing(hide: Person, stranger: Person) -> None:
    refused(configured(stranger, "hide"), 403, 5403)
    assert hide.get(CONFIG).json()["result"]["policy_variant"] == ""
