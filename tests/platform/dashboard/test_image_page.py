"""The page of one image: URLs that open it, and what can be done with it."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from people import Person, png, png_bytes
from pyvips import Image as Picture

from accounts.models import Account
from images.models import Image
from images.signing import verify
from images.storage import storage
from variants import configuring, named
from variants.models import Rendition


@pytest.fixture
def image(owner: Person) -> Image:
    owner.upload(metadata='{"place": "<sea>"}')
    return Image.objects.get()


def urls(page: Any) -> dict[str, str]:
    found = re.findall(r'id="url-([^"]+)" readonly value="([^"]+)"', page.content.decode())
    return {name: unescape(url) for name, url in found}


def at(image: Image, action: str = "") -> str:
    return f"/dashboard/images/{image.uuid}{action}"


def test_it_shows_every_variant_with_its_url(member: Client, owner: Person, image: Image) -> None:
    named.create(owner.account, "small", {"width": 100})
    page = member.get(at(image))
    assert page.status_code == 200
    assert set(urls(page)) == {"public", "small"}
    assert urls(page)["small"].endswith(f"/{owner.account.hash}/{image.public_id}/small")
    assert "&lt;sea&gt;" in page.content.decode()


@pytest.mark.parametrize("lifetime", [3600, 86_400, 604_800, 2_592_000, 0])
def test_private_urls_are_signed_for_as_long_as_chosen(
    member: Client, owner: Person, image: Image, lifetime: int
) -> None:
    named.create(owner.account, "open", {"width": 100}, True)
    member.post(at(image, "/privacy"), {"private": "on"})
    page = member.get(at(image), {"lifetime": lifetime}, headers={"HX-Request": "true"})
    shown = urls(page)
    assert "sig=" not in shown["open"]
    parts = urlsplit(shown["public"])
    exp = verify(parts.path, parts.query, [key.value for key in owner.account.signing_keys.all()], 0)
    assert (exp is None) == (lifetime == 0)


def test_privacy_is_switched_on_and_off(member: Client, image: Image) -> None:
    member.post(at(image, "/privacy"), {"private": "on"})
    image.refresh_from_db()
    assert image.require_signed_urls
    member.post(at(image, "/privacy"))
    image.refresh_from_db()
    assert not image.require_signed_urls


def test_custom_ids_stay_public_where_the_server_says_so(member: Client, owner: Person, settings: Any) -> None:
    settings.CUSTOM_IDS_MAY_BE_PRIVATE = False
    owner.post("/images/v1", {"file": png(), "id": "a/b c"})
    image = Image.objects.get()
    assert "a/b%20c/public" in urls(member.get(at(image)))["public"]
    page = member.post(at(image, "/privacy"), {"private": "on"}, follow=True)
    assert "custom id" in page.content.decode()
    image.refresh_from_db()
    assert not image.require_signed_urls


def test_the_original_is_saved_and_never_shown(member: Client, image: Image) -> None:
    answer = member.get(at(image, "/original"))
    assert b"".join(answer.streaming_content) == png_bytes()  # type: ignore[attr-defined]
    answer.close()
    assert answer["Content-Disposition"] == 'attachment; filename="a.png"'
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_renditions_are_purged(member: Client, image: Image) -> None:
    Rendition.objects.create(image=image, digest="d" * 64, mime="image/png", size=1)
    page = member.post(at(image, "/purge"), follow=True)
    assert "1 rendition purged" in page.content.decode()
    assert not Rendition.objects.exists()


def test_it_is_deleted(member: Client, image: Image) -> None:
    page = member.post(at(image, "/delete"), follow=True)
    assert "was deleted" in page.content.decode()
    assert member.get(at(image)).status_code == 404


@pytest.mark.parametrize("action", ["", "/original"])
def test_a_stranger_finds_nothing_to_read(outsider: Client, image: Image, action: str) -> None:
    answer = outsider.get(at(image, action))
    assert answer.status_code == 404
    assert outsider.get(f"/dashboard/images/{uuid4()}{action}").content == answer.content


@pytest.mark.parametrize("action", ["/privacy", "/delete", "/purge"])
def test_a_stranger_changes_nothing(outsider: Client, member: Client, image: Image, action: str) -> None:
    assert outsider.post(at(image, action), {"private": "on"}).status_code == 404
    assert member.get(at(image, action)).status_code == 405
    assert Client().post(at(image, action)).status_code == 302
    image.refresh_from_db()
    assert not image.require_signed_urls


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("", "explain=true,fit=cover,format=webp,gravity=face,height=20,width=20"),
        ("?gravity=objects&shape=9x16", "explain=true,fit=cover,format=webp,gravity=objects,height=320,width=180"),
        ("?gravity=%22%3E&shape=x", "explain=true,fit=cover,format=webp,gravity=face,height=20,width=20"),
    ],
)
def test_it_is_shown_what_is_seen(member: Client, image: Image, query: str, options: str) -> None:
    assert at(image, "/explained") in member.get(at(image)).content.decode()
    page = member.get(at(image, f"/explained{query}")).content.decode()
    assert f"/{options}?exp=" in page and "sig=" in page


def test_under_a_policy_nothing_is_explained(member: Client, image: Image) -> None:
    Account.objects.filter(pk=image.account_id).update(policy_variant="hide")
    assert at(image, "/explained") not in member.get(at(image)).content.decode()


def test_placeholders_are_copied_from_fields(member: Client, image: Image) -> None:
    assert f"{at(image, '/placeholders')}" in member.get(at(image)).content.decode()
    page = member.get(at(image, "/placeholders")).content.decode()
    found = dict(re.findall(r'id="placeholder-([a-z_]+)" readonly value="([^"]+)"', page))
    assert set(found) == {"blurhash", "thumbhash", "dominant_color"} and len(unescape(found["blurhash"])) == 28
    assert f'fill="{found["dominant_color"]}"' in page and found["dominant_color"].startswith("#")


def test_placeholders_show_what_the_policy_leaves(member: Client, owner: Person) -> None:
    black = Picture.black(16, 16, bands=3).cast("uchar").copy(interpretation="srgb")
    body = black.join(black.invert(), "horizontal").write_to_buffer(".png")
    owner.post("/images/v1", {"file": SimpleUploadedFile("a.png", body, "image/png")})
    path = at(Image.objects.get(), "/placeholders")
    assert re.search('value="#(000000|ffffff)"', member.get(path).content.decode())
    named.create(owner.account, "hide", {"pixelate": 32})
    configuring.change(owner.account, {"policy_variant": "hide"})
    assert re.search('value="#(7|8)[0-9a-f]{5}"', member.get(path).content.decode())


def test_placeholders_of_what_is_lost_or_of_others(member: Client, outsider: Client, image: Image) -> None:
    assert outsider.get(at(image, "/placeholders")).status_code == 404
    storage().delete_prefix(image.storage_key)
    assert "no bytes" in member.get(at(image, "/placeholders")).content.decode()
