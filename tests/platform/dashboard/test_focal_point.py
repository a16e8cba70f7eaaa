"""The focal point on the page of an image, as it works without scripts: two numbers, a marker, and a way back."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from people import Person

from accounts import generation
from images.models import Image
from variants.models import Rendition


@pytest.fixture
def image(owner: Person) -> Image:
    owner.upload()
    return Image.objects.get()


def at(image: Image, action: str = "/focal-point") -> str:
    return f"/dashboard/images/{image.uuid}{action}"


def marker(page: Any) -> tuple[bool, set[tuple[str, str]]]:
    """Whether the marker is seen, and where its circles are."""
    found = re.search(r'<svg class="marker".*?</svg>', page.content.decode())
    assert found
    return " hidden>" not in found[0], set(re.findall(r'cx="([^"]+)" cy="([^"]+)"', found[0]))


def value(page: Any, name: str) -> str:
    found = re.search(rf'<input type="number" name="{name}"[^>]*>', page.content.decode())
    assert found
    return (re.findall(r'value="([^"]*)"', found[0]) or [""])[0]


def test_it_is_set_shown_and_removed(member: Client, image: Image) -> None:
    assert marker(member.get(at(image, "")))[0] is False
    before = generation.current()
    page = member.post(at(image), {"x": "0.25", "y": ".75"}, follow=True)
    image.refresh_from_db()
    assert image.focal_point == (0.25, 0.75)
    assert generation.current() > before
    assert "The focal point was saved." in page.content.decode()
    assert (value(page, "x"), value(page, "y")) == ("0.25", "0.75")
    assert marker(page) == (True, {("25.000%", "75.000%")})
    page = member.post(at(image), {"x": "0.25", "y": "0.75", "remove": "yes"}, follow=True)
    image.refresh_from_db()
    assert image.focal_point is None
    assert "The focal point was removed." in page.content.decode()
    assert (value(page, "x"), value(page, "y"), marker(page)[0]) == ("", "", False)


def test_what_was_made_with_another_point_goes(member: Client, image: Image) -> None:
    Rendition.objects.create(image=image, digest="d" * 64, mime="image/png", size=1)
    member.post(at(image), {"x": "0", "y": "1"})
    assert not Rendition.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"x": "1.5", "y": "0"}, "x", "less than or equal to 1"),
        ({"x": "0", "y": "-0.1"}, "y", "greater than or equal to 0"),
        ({"x": "left", "y": "0"}, "x", "Enter a number"),
        ({"x": "nan", "y": "0"}, "x", "Enter a number"),
        ({"x": "0.5"}, "y", "required"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    member: Client, image: Image, fields: dict[str, str], field: str, words: str
) -> None:
    answer = member.post(at(image), fields)
    assert answer.status_code == 422
    assert words in answer.content.decode().split(f'id="id_{field}_error">')[1].split("</span>")[0]
    image.refresh_from_db()
    assert image.focal_point is None


def test_a_stranger_changes_nothing(outsider: Client, member: Client, image: Image) -> None:
    assert outsider.post(at(image), {"x": "0", "y": "0"}).status_code == 404
    assert member.post(f"/dashboard/images/{uuid4()}/focal-point", {"x": "0", "y": "0"}).status_code == 404
    assert member.get(at(image)).status_code == 405
    assert Client().post(at(image), {"x": "0", "y": "0"}).status_code == 302
    image.refresh_from_db()
    assert image.focal_point is None
