"""The dashboard in a real browser, against a real server whose account has flexible variants switched off."""

import base64
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from browsing import Visit, browser
from platform_server import Platform
from playwright.sync_api import Browser, expect
from pyvips import Image as Picture

pytestmark = pytest.mark.browser

ASK_FOR_URL = """async (token) => {
    const answer = await fetch("/dashboard/upload-url", { method: "POST", headers: { "X-CSRFToken": token } });
    return answer.json();
}"""
# A member of an account with more images than a page shows: one original under many ids.
CROWD = """
import sys, tempfile, uuid
from pathlib import Path
from django.contrib.auth import get_user_model
from pyvips import Image as Picture
from accounts.create import create_account
from images.models import Image
from images.upload import receive
user = get_user_model().objects.create_user("crowd@example.com", "crowd@example.com", "a password")
account = create_account("crowd", user)
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder, "crowd.png")
    Picture.black(40, 30).write_to_file(str(file))
    image = receive(account, file, filename="crowd.png")
for number in range(99):
    image.pk = uuid.uuid4()
    image.public_id, image.filename = str(image.pk), f"crowd-{number}.png"
    image.save(force_insert=True)
"""
TEXT = ("notes.jpg", "image/jpeg", base64.b64encode(b"this is no picture").decode())
FLEXIBLE_OFF = "from accounts.models import Account; Account.objects.update(flexible_variants=False)"


def drawn(name: str, width: int = 640, height: int = 480) -> tuple[str, str, str]:
    """A picture with a gradient, as the files of a drop."""
    across = Picture.xyz(width, height)
    picture = (across[0] * 255 / width).bandjoin([across[1] * 255 / height, across[0] * 0 + 90]).cast("uchar")
    return name, "image/png", base64.b64encode(picture.write_to_buffer(".png")).decode()


@pytest.fixture(scope="module")
def instance(platforms: Callable[..., Platform]) -> Platform:
    made = platforms()
    made.run(FLEXIBLE_OFF)
    made.start()
    return made


@pytest.fixture(scope="module")
def program(chromium: str) -> Iterator[Browser]:
    with browser(chromium) as running:
        yield running


@pytest.fixture
def visit(instance: Platform, program: Browser) -> Iterator[Visit]:
    """A signed-in owner; afterwards, nothing may have gone wrong in the browser or left the server."""
    context = program.new_context(viewport={"width": 1280, "height": 860})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    made = Visit(context.new_page(), instance.servers[0].url)
    made.sign_in(instance.facts["email"], instance.facts["password"])
    yield made
    context.close()
    assert made.complaints == []


def uploaded(visit: Visit, name: str) -> None:
    """Drop a picture and wait for its card."""
    visit.drop([drawn(name)])
    expect(visit.page.locator(".tile", has_text=name)).to_be_visible()


def fetched(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read()


def test_files_dropped_anywhere_appear_and_others_are_refused_in_words(visit: Visit) -> None:
    page = visit.page
    visit.drop([drawn("first.png"), TEXT, drawn("sécond.png")])
    for name in ("first.png", "sécond.png"):
        card = page.locator(".tile", has_text=name)
        expect(card).to_be_visible()
        picture = card.locator("img").element_handle()
        page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=picture)
    failed = page.locator("tintype-upload li[data-state=failed]")
    expect(failed).to_have_count(1)
    expect(failed).to_contain_text("notes.jpg")
    expect(failed).to_contain_text("not a picture of a format that is accepted")
    failed.get_by_role("button", name="Retry").click()
    expect(failed.get_by_role("button", name="Retry")).to_be_visible()
    failed.get_by_role("button", name="Dismiss").click()
    expect(failed).to_have_count(0)


def test_files_are_chosen_with_the_keyboard_and_told_to_screen_readers(visit: Visit) -> None:
    page = visit.page
    page.on("filechooser", lambda _: None)  # the browser is told to hand over dialogs before the page is there
    visit.open("/dashboard/")
    page.locator("tintype-upload").get_by_role("button").focus()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    assert chooser.value.is_multiple()
    name, kind, body = drawn("keyboard.png")
    chooser.value.set_files({"name": name, "mimeType": kind, "buffer": base64.b64decode(body)})
    expect(page.locator("tintype-upload [role=status]")).to_contain_text("uploaded")
    expect(page.locator(".tile", has_text=name)).to_be_visible()


def test_a_search_finds_while_it_is_typed(visit: Visit) -> None:
    uploaded(visit, "needle.png")
    uploaded(visit, "haystack.png")
    visit.page.get_by_label("Search").fill("NEEDLE")
    expect(visit.page.locator(".tile")).to_have_count(1)
    visit.page.get_by_label("Search").fill("nowhere at all")
    expect(visit.page.locator(".tile")).to_have_count(0)
    visit.page.get_by_label("Search").fill("")
    expect(visit.page.locator(".tile", has_text="haystack.png")).to_be_visible()


def test_more_images_follow_when_asked_for(visit: Visit, instance: Platform) -> None:
    instance.run(CROWD)
    page = visit.page
    page.get_by_role("button", name="Sign out").click()
    visit.sign_in("crowd@example.com", "a password")
    expect(page.locator(".tile")).to_have_count(48)
    page.get_by_role("button", name="Load more").click()
    expect(page.locator(".tile")).to_have_count(96)
    page.get_by_role("button", name="Load more").click()
    expect(page.locator(".tile")).to_have_count(100)
    expect(page.get_by_role("button", name="Load more")).to_have_count(0)
    page.get_by_label("Select crowd-98.png").check()
    page.get_by_role("button", name="Select all shown").click()
    expect(page.get_by_text("100 selected")).to_be_visible()


def test_an_image_is_copied_made_private_and_deleted(visit: Visit) -> None:
    page = visit.page
    uploaded(visit, "story.png")
    page.locator(".tile a", has_text="story.png").click()
    facts = page.locator("[data-rendition]").first.locator("[data-facts]")
    expect(facts).to_have_text(re.compile(r"^640 × 480 px · [\d.]+ (bytes|KB) · AVIF$"))

    page.get_by_role("button", name="Copy the URL of public").click()
    url = page.evaluate("navigator.clipboard.readText()")
    status, body = fetched(url)
    assert status == 200
    assert Picture.new_from_buffer(body, "").width == 640

    page.get_by_role("button", name="Show", exact=True).click()
    page.get_by_role("button", name="Copy: BlurHash").click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()).length === 28")

    page.get_by_label("Require signed URLs").click()
    expect(page.get_by_text("Only signed URLs open this image now.")).to_be_visible()
    assert fetched(url)[0] == 403
    signed = page.get_by_label("URL of public", exact=True).input_value()
    assert fetched(signed)[0] == 200
    page.get_by_label("URLs signed for").select_option("no end")
    expect(page.get_by_label("URL of public", exact=True)).not_to_have_value(signed)
    endless = page.get_by_label("URL of public", exact=True).input_value()
    assert "exp=" not in endless
    assert fetched(endless)[0] == 200

    page.get_by_role("button", name="Delete").click()
    page.locator("dialog").get_by_role("button", name="Cancel").click()
    expect(page.locator("h1")).to_contain_text("story.png")
    page.get_by_role("button", name="Delete").first.click()
    page.locator("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("was deleted")).to_be_visible()
    assert fetched(endless)[0] == 404


def test_the_focal_point_is_set_with_a_click_or_with_numbers(visit: Visit) -> None:
    page = visit.page
    uploaded(visit, "focus.png")
    page.locator(".tile a", has_text="focus.png").click()
    picture, marker = page.locator("[data-focal-picture]"), page.locator("#focal-marker")
    across, down = page.get_by_label("From the left"), page.get_by_label("From the top")
    expect(marker).to_be_hidden()
    box = picture.bounding_box()
    assert box
    picture.click(position={"x": box["width"] * 0.25, "y": box["height"] * 0.75})
    expect(page.get_by_text("The focal point was saved.")).to_be_visible()
    assert [float(field.input_value()) for field in (across, down)] == pytest.approx([0.25, 0.75], abs=0.005)
    around = marker.locator("circle").first.bounding_box()
    assert around
    assert around["x"] + around["width"] / 2 == pytest.approx(box["x"] + box["width"] * 0.25, abs=2)
    assert around["y"] + around["height"] / 2 == pytest.approx(box["y"] + box["height"] * 0.75, abs=2)

    across.fill("0.5")
    expect(marker.locator("circle").first).to_have_attribute("cx", "50%")
    across.press("Enter")
    expect(page.get_by_text("The focal point was saved.")).to_be_visible()
    expect(across).to_have_value("0.5")
    across.fill("2")
    expect(marker).to_be_hidden()
    across.press("Enter")
    expect(page.locator("#id_x_error")).to_contain_text("less than or equal to 1")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("The focal point was removed.")).to_be_visible()
    expect(marker).to_be_hidden()


def test_a_selection_is_deleted(visit: Visit) -> None:
    page = visit.page
    for name in ("one.png", "two.png", "three.png"):
        uploaded(visit, name)
    for name in ("one.png", "two.png"):
        page.get_by_label(f"Select {name}").check()
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.locator(".selected").get_by_role("button", name="Delete").click()
    page.locator("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("2 images deleted.")).to_be_visible()
    expect(page.locator(".tile", has_text="one.png")).to_have_count(0)
    expect(page.locator(".tile", has_text="three.png")).to_have_count(1)


def test_a_variant_is_seen_before_it_is_saved(visit: Visit) -> None:
    page = visit.page
    uploaded(visit, "model.png")
    visit.open("/dashboard/variants/new")
    preview = page.locator("#preview")
    expect(preview).to_contain_text("1600 × 1067 px")
    page.get_by_label("Width").first.fill("300")
    page.get_by_label("Height").first.fill("100")
    page.get_by_label("Fit", exact=True).select_option("cover")
    expect(preview).to_contain_text("300 × 100 px")
    assert preview.locator("img").evaluate("image => image.naturalWidth") == 300
    page.get_by_role("radio", name="model.png").first.check(force=True)
    expect(preview).to_contain_text("from 640 × 480")
    page.get_by_label("Width").first.fill("wide")
    expect(preview).to_contain_text("Width: Expected a whole number from 1 to 12000")
    page.get_by_label("Name", exact=True).fill("banner")
    page.get_by_role("button", name="Create variant").click()
    expect(page.locator("#id_width_error")).to_contain_text("Expected a whole number")
    page.get_by_label("Width").first.fill("320")
    page.get_by_role("button", name="Create variant").click()
    expect(page.get_by_text("banner is ready")).to_be_visible()

    visit.open("/dashboard/")
    page.locator(".tile a", has_text="model.png").first.click()
    url = page.get_by_label("URL of banner", exact=True).input_value()
    status, body = fetched(url)
    assert status == 200
    picture = Picture.new_from_buffer(body, "")
    assert (picture.width, picture.height) == (320, 100)

    visit.open("/dashboard/variants/of/banner")
    page.get_by_role("button", name="Delete").first.click()
    page.locator("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("banner was deleted.")).to_be_visible()
    assert fetched(url)[0] == 403


def test_an_option_is_found_and_its_effect_seen(visit: Visit) -> None:
    page = visit.page
    visit.open("/dashboard/variants/new")
    shown = page.locator("[data-option]:visible")
    parts = page.locator("[data-part]")
    effects = parts.filter(has=page.get_by_role("heading", name="Effects"))
    picture = page.locator("#preview img")
    before = picture.get_attribute("src")
    expect(effects.locator("[data-count]")).to_be_hidden()
    expect(page.get_by_label("Pixelate", exact=True)).to_be_hidden()

    finder = page.get_by_label("Find an option")
    finder.fill("pixelate")
    expect(page.get_by_role("status").filter(has_text="2 found")).to_be_visible()
    expect(shown).to_have_count(2)
    page.get_by_label("Pixelate", exact=True).fill("60")
    expect(page.locator("#preview")).to_contain_text("pixelate=60")
    assert picture.get_attribute("src") != before

    finder.fill("no option is called so")
    expect(shown).to_have_count(0)
    finder.press("Escape")
    expect(parts.locator("visible=true")).not_to_have_count(0)
    expect(page.get_by_label("Pixelate", exact=True)).to_be_hidden()
    expect(effects.locator("[data-count]")).to_have_text("1 set")
    finder.fill("grayscale")
    expect(page.get_by_label("Greyscale")).to_be_visible()
    finder.press("Enter")
    expect(page.locator("h1")).to_have_text("New variant")
    finder.fill("")

    effects.locator("summary").click()
    page.get_by_label("Pixelate", exact=True).fill("sixty")
    effects.locator("summary").click()
    page.get_by_label("Name", exact=True).fill("mosaic")
    page.get_by_role("button", name="Create variant").click()
    expect(page.locator("#id_pixelate_error")).to_be_visible()
    expect(page.get_by_label("Pixelate", exact=True)).to_be_focused()


def test_the_form_of_variants_works_without_scripts(instance: Platform, program: Browser, visit: Visit) -> None:
    cookies = visit.page.context.cookies()
    context = program.new_context(java_script_enabled=False)
    context.add_cookies(cookies)  # type: ignore[arg-type]
    plain = Visit(context.new_page(), instance.servers[0].url)
    plain.open("/dashboard/variants/new")
    expect(plain.page.get_by_label("Find an option")).to_be_hidden()
    plain.page.get_by_label("Name", exact=True).fill("plain")
    plain.page.get_by_role("heading", name="Frame").click()
    plain.page.get_by_label("Border", exact=True).fill("4;#ff0000")
    plain.page.get_by_role("button", name="Create variant").click()
    expect(plain.page.get_by_text("plain is ready")).to_be_visible()
    plain.open("/dashboard/variants/of/plain")
    expect(plain.page.get_by_label("Border", exact=True)).to_be_visible()
    expect(plain.page.get_by_text("1 set")).to_be_visible()
    context.close()


def test_an_origin_is_allowed_and_removed(visit: Visit) -> None:
    page = visit.page
    page.get_by_role("link", name="Delivery").click()
    page.get_by_label("Host").fill("*.example.net")
    page.get_by_label("Only paths").fill("/media/")
    page.get_by_role("button", name="Allow origin").click()
    page.get_by_role("button", name="Remove *.example.net/media/").click()
    page.locator("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("The origin was removed.")).to_be_visible()
    expect(page.get_by_text("No origin yet")).to_be_visible()


def test_keys_and_tokens_are_shown_when_asked_for(visit: Visit, instance: Platform) -> None:
    page = visit.page
    visit.open("/dashboard/developers")
    page.get_by_role("button", name="Show the key default").click()
    expect(page.get_by_label("The key default", exact=True)).to_have_value(instance.facts["signing_key"])
    page.get_by_label("Name", exact=True).fill("browser")
    page.get_by_role("button", name="Create token").click()
    assert len(page.get_by_label("The new token").input_value()) > 30
    page.get_by_role("button", name="Revoke browser").click()
    page.locator("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("The token browser was revoked.")).to_be_visible()


def test_the_theme_is_remembered(visit: Visit) -> None:
    page = visit.page
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Switch between light and dark").click()
    visit.open("/dashboard/variants")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_the_uploader_works_on_a_page_with_one_upload_url(visit: Visit) -> None:
    page = visit.page
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    given = page.evaluate(ASK_FOR_URL, token)
    visit.open(f"/widget/demo?upload-url={quote(given['uploadURL'], safe='')}")
    name, kind, body = drawn("embedded.png")
    file = {"name": name, "mimeType": kind, "buffer": base64.b64decode(body)}
    page.locator("tintype-upload input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    expect(page.locator("#log")).to_contain_text(given["id"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_small_screen(visit: Visit, scheme: str) -> None:
    page = visit.page
    uploaded(visit, "a-very-long-name-without-any-space-that-would-make-a-page-wide.png")
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": 360, "height": 740})
    visit.open("/dashboard/")
    image = page.locator(".tile a").first.get_attribute("href")
    assert image
    for path in (
        "/dashboard/",
        image,
        "/dashboard/variants",
        "/dashboard/variants/new",
        "/dashboard/delivery",
        "/dashboard/developers",
        "/widget/demo",
    ):
        visit.open(path)
        page.wait_for_load_state("networkidle")
        assert visit.overflow() <= 0, path
