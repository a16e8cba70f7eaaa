"""Allowed origins and the settings of delivery."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from people import Person
from pytest_django import Settings

from accounts import generation, origins
from accounts.models import Account, Origin
from images.models import Image
from inference.models import find
from variants import named

PAGE = "/dashboard/delivery"
SETTINGS = {"any_origin": "", "svg_rasterize": "on", "fallback_image": "", "fallback_status": "200"}
CHOICES = re.compile(r'<option value="([^"]*)"( selected)?>')


def hosts(account: Account) -> list[str]:
    return [str(origin) for origin in origins.all_of(account)]


def test_an_origin_is_allowed_and_removed(member: Client, owner: Person) -> None:
    before = generation.current()
    answer = member.post(f"{PAGE}/origins", {"host": "*.Example.net", "path_prefix": "/media/"}, follow=True)
    assert hosts(owner.account) == ["*.example.net/media/"]
    assert generation.current() > before
    page = answer.content.decode()
    assert "*.example.net" in page and "/media/" in page
    member.post(f"{PAGE}/origins/{Origin.objects.get().pk}/remove")
    assert hosts(owner.account) == []


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"host": "https://example.net"}, "host", "a host name such as"),
        ({"host": ""}, "host", "required"),
        ({"host": "a.net", "path_prefix": "media"}, "path_prefix", "the beginning of a path"),
    ],
)
def test_what_is_wrong_with_an_origin_stands_beside_its_field(
    member: Client, owner: Person, fields: Any, field: str, words: str
) -> None:
    answer = member.post(f"{PAGE}/origins", fields)
    assert answer.status_code == 422
    assert words in answer.content.decode().split(f'id="id_{field}_error">')[1].split("</span>")[0]
    assert hosts(owner.account) == []


def test_the_limit_of_origins_is_kept(member: Client, owner: Person, settings: Any) -> None:
    settings.ORIGIN_LIMIT = 1
    member.post(f"{PAGE}/origins", {"host": "a.net"})
    answer = member.post(f"{PAGE}/origins", {"host": "b.net"})
    assert answer.status_code == 422
    assert "limit of 1" in answer.content.decode()
    assert hosts(owner.account) == ["a.net"]


def test_settings_hold_for_the_next_request(member: Client, owner: Person) -> None:
    before = generation.current()
    member.post(f"{PAGE}/config", {"any_origin": "on", "fallback_image": "gone", "fallback_status": "404"})
    account = Account.objects.get(pk=owner.account.pk)
    assert (account.any_origin, account.svg_rasterize) == (True, False)
    assert (account.fallback_image, account.fallback_status) == ("gone", 404)
    assert generation.current() > before


@pytest.mark.parametrize("status", ["", "x", "302", "-1"])
def test_a_wrong_status_changes_nothing(member: Client, owner: Person, status: str) -> None:
    answer = member.post(f"{PAGE}/config", {**SETTINGS, "any_origin": "on", "fallback_status": status})
    assert answer.status_code == 422
    assert 'id="id_fallback_status_error"' in answer.content.decode()
    assert not Account.objects.get(pk=owner.account.pk).any_origin


def test_a_fallback_image_that_nobody_may_see_is_told(member: Client, owner: Person) -> None:
    told = "There is no public image"
    owner.upload(id="open")
    owner.upload(id="0b3f8f7e-hidden", requireSignedURLs="true")
    for image, lost in (("open", False), ("0b3f8f7e-hidden", True), ("none", True), ("", False)):
        page = member.post(f"{PAGE}/config", {**SETTINGS, "fallback_image": image}, follow=True).content.decode()
        assert (told in page) == lost


def test_any_origin_comes_with_a_warning(member: Client, owner: Person) -> None:
    assert "restricts nothing" not in member.get(PAGE).content.decode()
    page = member.post(f"{PAGE}/config", {**SETTINGS, "any_origin": "on"}, follow=True).content.decode()
    assert "restricts nothing" in page


def test_the_page_of_others_is_out_of_reach(outsider: Client, owner: Person) -> None:
    entry = origins.create(owner.account, "secret.example.net")
    assert "secret.example.net" not in outsider.get(PAGE).content.decode()
    assert outsider.post(f"{PAGE}/origins/{entry.pk}/remove").status_code == 404
    outsider.post(f"{PAGE}/origins", {"host": "other.net"})
    outsider.post(f"{PAGE}/config", {**SETTINGS, "any_origin": "on"})
    assert hosts(owner.account) == ["secret.example.net"]
    assert not Account.objects.get(pk=owner.account.pk).any_origin


@pytest.mark.parametrize("path", ["/origins", "/config", "/origins/1/remove"])
def test_changes_need_a_token_of_the_form_and_a_member(member: Client, client: Client, path: str) -> None:
    guarded = Client(enforce_csrf_checks=True)
    guarded.cookies = member.cookies
    assert guarded.post(PAGE + path, {"host": "a.net"}).status_code == 403
    assert member.get(PAGE + path).status_code == 405
    assert client.post(PAGE + path, {"host": "a.net"}).status_code == 302
    assert not Origin.objects.exists()


def policies(page: Any) -> dict[str, bool]:
    """What may be chosen, and whether it is."""
    return chosen_in(page, "policy_variant")


def chosen_in(page: Any, field: str) -> dict[str, bool]:
    """The choices of a field, and which of them is taken."""
    select = page.content.decode().partition(f'<select name="{field}"')[2].partition("</select>")[0]
    return {name: bool(chosen) for name, chosen in CHOICES.findall(select)}


def test_the_model_of_subjects_is_chosen_among_those_that_are_here(
    member: Client, owner: Person, settings: Settings, tmp_path: Path
) -> None:
    settings.MODELS_DIR = tmp_path
    for name in ("u2netp", "yunet-n"):
        with (tmp_path / f"{name}.onnx").open("wb") as file:
            file.truncate(find(name, tmp_path).weights.size)
    assert chosen_in(member.get(PAGE), "segment_model") == {"": True, "u2netp": False}
    page = member.post(f"{PAGE}/config", {**SETTINGS, "segment_model": "u2netp"}, follow=True)
    assert chosen_in(page, "segment_model") == {"": False, "u2netp": True}
    (tmp_path / "u2netp.onnx").unlink()
    assert chosen_in(member.get(PAGE), "segment_model") == {"": False, "u2netp": True}


def test_a_policy_is_chosen_among_the_variants_that_hide_something(member: Client, owner: Person) -> None:
    named.create(owner.account, "hide", {"pixelate": 20})
    named.create(owner.account, "plain", {"width": 20, "pixelate": 1})
    assert policies(member.get(PAGE)) == {"": True, "hide": False}
    page = member.post(f"{PAGE}/config", {**SETTINGS, "policy_variant": "hide"}, follow=True)
    assert "Saved." in page.content.decode()
    assert policies(page) == {"": False, "hide": True}
    assert member.post(f"{PAGE}/config", {**SETTINGS, "policy_variant": "plain"}).status_code == 422
    assert Account.objects.get(pk=owner.account.pk).policy_variant == "hide"
    page = member.post("/dashboard/variants/of/hide/delete", follow=True)
    assert "is the policy of the account" in page.content.decode()
    member.post(f"{PAGE}/config", SETTINGS)
    assert Account.objects.get(pk=owner.account.pk).policy_variant == ""


def test_a_policy_that_cannot_be_read_is_told(member: Client, owner: Person) -> None:
    assert "cannot be read" not in member.get(PAGE).content.decode()
    Account.objects.update(policy_variant="gone")
    page = member.get(PAGE)
    assert "The policy “gone” cannot be read or hides nothing" in page.content.decode()
    assert policies(page) == {"": False, "gone": True}


def test_under_a_policy_members_get_no_original_either(member: Client, owner: Person) -> None:
    owner.upload()
    page = f"/dashboard/images/{Image.objects.get().uuid}"
    assert f"{page}/original" in member.get(page).content.decode()
    named.create(owner.account, "hide", {"pixelate": 20})
    member.post(f"{PAGE}/config", {**SETTINGS, "policy_variant": "hide"})
    assert f"{page}/original" not in member.get(page).content.decode()
    answer = member.get(f"{page}/original")
    assert answer.status_code == 403
    assert "policy" in answer.content.decode()
