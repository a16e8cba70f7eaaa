"""The pages of variants: a field for every option, errors beside their field, a preview of what is not saved."""

import base64
import json
import re
from typing import Any

import numpy
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from people import Person, png
from pyvips import Image as Picture

from images.models import Image
from variants import configuring, named
from variants.models import Variant
from variants.table import TABLE

NEW = "/dashboard/variants/new"
PREVIEW = "/dashboard/variants/preview"


def shown(answer: Any) -> Any:
    found = re.search(r'src="data:image/[a-z]+;base64,([^"]+)"', answer.content.decode())
    assert found, answer.content.decode()
    return Picture.new_from_buffer(base64.b64decode(found[1]), "")


def test_the_list_begins_with_public(member: Client) -> None:
    page = member.get("/dashboard/variants").content.decode()
    assert "public" in page
    assert "1 of 20" in page


def test_every_option_has_a_field_with_its_help(member: Client) -> None:
    page = member.get(NEW).content.decode()
    for option in TABLE.values():
        assert (f'name="{option.name}"' in page) == (option.group != "draw")


@pytest.mark.parametrize(
    "option", [option for option in TABLE.values() if option.group != "draw"], ids=lambda o: o.name
)
def test_the_example_of_every_option_can_be_saved_and_edited(member: Client, owner: Person, option: Any) -> None:
    text = option.example if isinstance(option.example, str) else json.dumps(option.example)
    answer = member.post(NEW, {"name": "v", option.name: text})
    assert answer.status_code == 302, re.findall(r'class="error"[^>]*>([^<]+)', answer.content.decode())
    first = named.find(owner.account, "v").options
    assert set(first) == {option.name}
    page = member.get("/dashboard/variants/of/v").content.decode()
    name = re.escape(option.name)
    whole = rf'<(input)[^>]*name="{name}"[^>]*>|<(select|textarea) name="{name}".*?</(?:select|textarea)>'
    field = re.search(whole, page, re.DOTALL)
    assert field
    filled = {"select": r'value="[^"]+" selected', "textarea": r">\s*\[.+\]<"}
    assert re.search(filled.get(field[2], r'value="[^"]+"'), field[0], re.DOTALL)


def test_a_variant_is_made_changed_and_deleted(member: Client, owner: Person) -> None:
    member.post(NEW, {"name": "hero", "width": "300", "fit": "cover", "never_require_signed_urls": "on"})
    variant = named.find(owner.account, "hero")
    assert (variant.options, variant.never_require_signed_urls) == ({"width": 300, "fit": "cover"}, True)
    page = member.get("/dashboard/variants/of/hero").content.decode()
    assert 'value="300"' in page
    assert 'value="cover" selected' in page
    member.post("/dashboard/variants/of/hero", {"width": "400", "background": "#ff0000"})
    variant = named.find(owner.account, "hero")
    assert (variant.options, variant.never_require_signed_urls) == ({"width": 400, "background": "#ff0000"}, False)
    assert member.get("/dashboard/variants/of/hero/delete").status_code == 405
    member.post("/dashboard/variants/of/hero/delete")
    assert not Variant.objects.filter(name="hero").exists()


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("width", "0", "a whole number from 1 to 12000"),
        ("width", "nan", "a whole number"),
        ("height", "9" * 400, "a whole number"),
        ("fit", "stretch", "one of"),
        ("background", "no colour", "a CSS colour"),
        ("gravity", "2x2", "0.3x0.7"),
        ("blur-detections", "much", "classes such as person;car"),
        ("draw-detections", "yes!", "true (face), false"),
        ("segment", "hair", "foreground"),
        ("name", "a b", "letters, digits"),
        ("name", "public", "There is a variant of this name"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    member: Client, owner: Person, field: str, text: str, words: str
) -> None:
    named.all_of(owner.account)
    answer = member.post(NEW, {"name": "v", field: text})
    assert answer.status_code == 422
    page = answer.content.decode()
    error = re.search(rf'id="id_{field}_error">([^<]+)<', page)
    assert error
    assert words in error[1]
    assert Variant.objects.count() == 1


def test_the_limit_is_shown_and_kept(member: Client, settings: Any) -> None:
    settings.VARIANT_LIMIT = 2
    member.post(NEW, {"name": "a"})
    assert "2 of 2" in member.get("/dashboard/variants").content.decode()
    answer = member.post(NEW, {"name": "b"})
    assert answer.status_code == 422
    assert "limit of 2" in answer.content.decode()


STEPS = [{"width": 30, "trim": "border"}, {"rotate": 90, "format": "png"}]


def test_a_variant_of_several_steps_is_edited_as_json(member: Client, owner: Person) -> None:
    member.post(NEW, {"name": "steps", "steps": json.dumps(STEPS)})
    assert named.find(owner.account, "steps").options == STEPS
    page = member.get("/dashboard/variants/of/steps").content.decode()
    assert "&quot;rotate&quot;: 90" in page and 'name="width"' not in page
    assert "2. rotate 90" in member.get("/dashboard/variants").content.decode()
    assert member.post("/dashboard/variants/of/steps", {"steps": json.dumps(STEPS[:1])}).status_code == 302
    assert named.find(owner.account, "steps").options == STEPS[:1]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"steps": "[{"}, "a list of 1 to 8"),
        ({"steps": "[]"}, "a list of 1 to 8"),
        ({"steps": json.dumps(STEPS * 5)}, "a list of 1 to 8"),
        ({"steps": '[{"width": 0}]'}, "width: expected a whole number"),
        ({"steps": '[{"width": 3}]', "height": "5"}, "or leave the steps empty"),
        ({"draw": '[{"image": "a", "left": 1, "right": 2}]'}, "not both"),
        ({"draw": "logo"}, "a list of drawings"),
    ],
)
def test_steps_and_drawings_that_are_wrong(member: Client, owner: Person, fields: Any, words: str) -> None:
    answer = member.post(NEW, {"name": "v", **fields})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Variant.objects.filter(name="v").exists()


def test_the_preview_shows_steps_and_what_they_draw(member: Client, outsider: Client, owner: Person) -> None:
    owner.post("/images/v1", {"file": png(30, 20), "id": "logo"})
    steps = [*STEPS, {"draw": [{"image": "logo"}]}]
    assert shown(member.post(PREVIEW, {"steps": json.dumps(steps)})).height == 30
    assert "logo" in outsider.post(PREVIEW, {"steps": json.dumps(steps)}).content.decode()
    assert "data:image" not in outsider.post(PREVIEW, {"steps": json.dumps(steps)}).content.decode()


def test_public_stays(member: Client, owner: Person) -> None:
    page = member.post("/dashboard/variants/of/public/delete", follow=True)
    assert "cannot be deleted" in page.content.decode()
    assert named.find(owner.account, "public")


def test_variants_of_others_are_not_there(outsider: Client, owner: Person) -> None:
    named.create(owner.account, "secret", {"width": 1})
    assert outsider.get("/dashboard/variants/of/secret").status_code == 404
    assert outsider.post("/dashboard/variants/of/secret", {"width": "5"}).status_code == 404
    assert outsider.post("/dashboard/variants/of/secret/delete").status_code == 404
    assert named.find(owner.account, "secret").options == {"width": 1}


def test_the_preview_renders_what_is_not_saved(member: Client) -> None:
    answer = member.post(PREVIEW, {"width": "60", "height": "40", "fit": "cover", "browser_ttl": "60"})
    picture = shown(answer)
    assert (picture.width, picture.height) == (60, 40)
    assert "60 × 40 px" in answer.content.decode()
    assert Variant.objects.count() == 0


def test_the_preview_shows_an_image_of_the_member_only(member: Client, outsider: Client, owner: Person) -> None:
    owner.post("/images/v1", {"file": png(30, 20)})
    image = Image.objects.get()
    fields = {"picture": str(image.uuid), "format": "png"}
    assert shown(member.post(PREVIEW, fields)).width == 30
    assert shown(outsider.post(PREVIEW, fields)).width == 1600
    assert shown(member.post(PREVIEW, {"picture": "nonsense", "width": "10"})).width == 10


def test_the_preview_says_what_is_wrong(member: Client) -> None:
    page = member.post(PREVIEW, {"width": "abc"}).content.decode()
    assert "Width: Expected a whole number" in page
    assert "data:image" not in page


def test_the_preview_is_for_members(client: Client, db: None) -> None:
    assert client.post(PREVIEW, {"width": "10"}).status_code == 302


def colours(answer: Any) -> int:
    return len(numpy.unique(shown(answer).numpy().reshape(-1, 3), axis=0))


def test_the_preview_keeps_to_the_policy(member: Client, owner: Person) -> None:
    noise = Picture.gaussnoise(32, 32, sigma=60).cast("uchar")
    body = noise.bandjoin([noise.fliphor(), noise.flipver()]).copy(interpretation="srgb").write_to_buffer(".png")
    owner.post("/images/v1", {"file": SimpleUploadedFile("a.png", body, "image/png"), "id": "noise"})
    uuid = str(Image.objects.get().uuid)
    plain = {"picture": uuid, "format": "png"}
    drawn = {
        "format": "png",
        "draw": '[{"image": "noise", "left": 0, "top": 0}]',
        "trim.width": "32",
        "trim.height": "32",
    }
    assert (colours(member.post(PREVIEW, plain)) > 500, colours(member.post(PREVIEW, drawn)) > 500) == (True, True)
    named.create(owner.account, "hide", {"pixelate": 16})
    configuring.change(owner.account, {"policy_variant": "hide"})
    assert colours(member.post(PREVIEW, plain)) == 4
    assert colours(member.post(PREVIEW, {**plain, "pixelate": "0"})) == 4
    assert colours(member.post(PREVIEW, drawn)) <= 4
    for fields in ({"raw": "true"}, {"skip-processing": "png"}, {"format": "json"}):
        page = member.post(PREVIEW, {**plain, **fields}).content.decode()
        assert "a policy of this account hides something" in page and "data:image" not in page
    assert shown(member.post(PREVIEW, {"width": "60"})).width == 60
    Variant.objects.filter(name="hide").update(options={"width": 5})
    assert "data:image" not in member.post(PREVIEW, plain).content.decode()
