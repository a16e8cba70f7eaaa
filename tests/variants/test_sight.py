"""Pictures are looked at once, before they are rendered; what happens when nobody can look."""

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy
import pytest
import pyvips
from pytest_django import Settings

from accounts.create import create_account
from accounts.errors import SettingInvalid
from accounts.models import Account
from images import removal
from images.models import Image
from images.signing import sign
from images.storage import storage
from inference.errors import Unavailable
from inference.results import Detection, Mask, Picture, Result, Saliency
from variants import (
    box,
    cache,
    configuring,
    delivery,
    facts,
    locks,
    lookers,
    making,
    moment,
    named,
    preparing,
    sight,
    threads,
)
from variants.delivery import Request, deliver
from variants.errors import CannotEncode
from variants.models import Rendition
from variants.negotiate import Target
from variants.render import Rendered

pytestmark = pytest.mark.django_db(transaction=True)

WIDTH, HEIGHT = 1200, 600
FACE = (100, 200, 200, 300)  # in pixels of the copy that is looked at, 1024 x 512


class Eyes:
    """Sees one face, or nothing at all while ``away``; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[int, ...]]] = []
        self.away = False

    def look(self, model: str, picture: Picture) -> Result:
        self.asked.append((model, picture.shape))
        if self.away:
            raise Unavailable("nobody listens")
        if model == "fastgaze":
            values = numpy.zeros((8, 16), "float32")
            values[3, 13] = 1
            return Saliency(values)
        if model in ("u2netp", "isnet-general-use"):
            values = numpy.zeros((32, 32), "uint8")
            values[:, 26:28] = 255
            return Mask(values)
        return (Detection(*FACE, 0.9, "face"), Detection(900, 20, 1000, 120, 0.6, "face", sure=False))


@pytest.fixture
def eyes(monkeypatch: pytest.MonkeyPatch) -> Eyes:
    found = Eyes()
    monkeypatch.setattr(sight, "eyes", lambda: found)
    return found


@pytest.fixture(autouse=True)
def places(settings: Settings, tmp_path: Path, eyes: Eyes) -> Iterator[None]:
    settings.DATA_DIR, settings.STORAGE_DIR, settings.REDIS_URL = tmp_path, tmp_path / "storage", ""
    settings.S3_BUCKET, settings.MODELS_DIR = "", tmp_path / "models"
    settings.FACE_MODEL, settings.SALIENCY_MODEL, settings.MASK_MODEL = "yunet-n", "", ""
    forget()
    yield
    forget()


def forget() -> None:
    for memory in (facts, cache.memory, sight.memory):
        memory.clear()
    lookers.forget()


@pytest.fixture
def account() -> Account:
    account = create_account("owner")
    account.flexible_variants = True
    account.save()
    return account


@pytest.fixture
def image(account: Account) -> Image:
    return stored(account, "one")


def stored(account: Account, name: str) -> Image:
    """Red, and green where the face is."""
    array = numpy.zeros((HEIGHT, WIDTH, 3), "uint8")
    array[:] = (200, 20, 20)
    left, top, right, bottom = (round(edge * WIDTH / 1024) for edge in FACE)
    array[top:bottom, left:right] = (20, 200, 20)
    body = pyvips.Image.new_from_array(array).copy(interpretation="srgb").write_to_buffer(".png")
    row = Image(
        account=account, public_id=name, format="png", width=WIDTH, height=HEIGHT, frames=1, size=len(body),
        sha256="0" * 64,
    )  # fmt: skip
    row.storage_key = f"originals/{account.id}/{row.uuid}/one"
    storage().put(row.storage_key, body, "image/png")
    row.save()
    return row


def ask(image: Image, options: str, **headers: str) -> delivery.Answer:
    return ask_all(image, [options], **headers)[0]


def ask_all(image: Image, several: list[str], **headers: str) -> list[delivery.Answer]:
    """Requests side by side, until everything behind them is done."""

    async def inside() -> list[delivery.Answer]:
        parts = [f"/{image.account.hash}/{image.public_id}/{options}".partition("?") for options in several]
        requests = [Request("GET", "p", path, query, headers) for path, _, query in parts]
        answers = await asyncio.gather(*(deliver(request) for request in requests))
        await making.settle()
        await moment.close()
        await threads.close()
        return answers

    return asyncio.run(inside())


def green(answer: delivery.Answer) -> float:
    """The share of green."""
    assert answer.status == 200, answer.body
    pixels = pyvips.Image.new_from_buffer(answer.body or (answer.file or Path()).read_bytes(), "").numpy()
    return float((pixels[:, :, 1] > 128).mean())


FACE_CROP = "w=100,h=100,fit=cover,gravity=face,format=png"


def test_a_face_is_in_the_middle_of_the_cut_out(image: Image, eyes: Eyes) -> None:
    whole = 100 * 100 / (1024 * 512)  # of the picture; a square of full height has twice of that
    assert green(ask(image, "w=100,h=100,fit=cover,format=png")) == 0
    assert green(ask(image, FACE_CROP)) == pytest.approx(2 * whole, rel=0.1)
    assert eyes.asked == [("yunet-n", (512, 1024, 3))]


def test_zoom_shows_nothing_but_the_face(image: Image) -> None:
    answer = ask(image, "gravity=face,zoom=1,format=png")
    assert green(answer) == 1
    size = pyvips.Image.new_from_buffer(answer.body, "")
    assert (size.width, size.height) == pytest.approx((117, 117), abs=1)
    assert green(ask(image, "gravity=face,zoom=0.5,format=png")) == pytest.approx(0.25, abs=0.01)


def test_many_variants_ask_once_and_so_does_another_process(image: Image, eyes: Eyes) -> None:
    answers = ask_all(image, [f"w={width},h=90,fit=cover,gravity=face,format=png" for width in range(60, 72)])
    assert [answer.status for answer in answers] == [200] * 12
    sight.memory.clear()
    ask(image, "w=50,h=50,fit=cover,gravity=face,format=png")
    assert len(eyes.asked) == 1


def test_a_render_never_waits_for_a_lock_that_it_holds_itself(
    image: Image, eyes: Eyes, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "FILES", 1)  # every key meets every other one
    settings.RENDER_SECONDS, settings.SALIENCY_MODEL = 4, "fastgaze"
    lookers.forget()
    options = ("face", "auto")
    answers = ask_all(image, [f"w=100,h={90 + at},fit=cover,gravity={word}" for at, word in enumerate(options)])
    assert [answer.status for answer in answers] == [200, 200]


def test_an_answer_of_304_looks_at_nothing(image: Image, eyes: Eyes) -> None:
    tag = dict(ask(image, FACE_CROP).headers)["etag"]
    sight.memory.clear()
    cache.memory.clear()
    assert ask(image, FACE_CROP, **{"if-none-match": tag}).status == 304
    assert len(eyes.asked) == 1


def test_who_is_away_is_told_and_nothing_is_kept(image: Image, eyes: Eyes) -> None:
    eyes.away = True
    answer = ask(image, FACE_CROP)
    headers = dict(answer.headers)
    assert green(answer) == 0
    assert headers["etag"].endswith('-d"')
    assert headers["cache-control"] == "public, max-age=60"
    assert "without looking" in headers["warning"]
    assert not Rendition.objects.exists()
    eyes.away = False
    again = ask(image, FACE_CROP, **{"if-none-match": headers["etag"]})
    assert green(again) > 0
    assert "warning" not in dict(again.headers)


def test_an_avif_that_fails_while_nobody_looks_is_a_webp(
    image: Image, eyes: Eyes, monkeypatch: pytest.MonkeyPatch
) -> None:
    render = box.render

    async def without_avif(original: Any, chain: Any, target: Target, *rest: Any) -> Rendered:
        if target.format == "avif":
            raise CannotEncode("no")
        return await render(original, chain, target, *rest)

    monkeypatch.setattr(box, "render", without_avif)
    eyes.away = True
    answer = ask(image, "w=100,h=100,fit=cover,gravity=face", accept="image/avif,image/webp")
    headers = dict(answer.headers)
    assert (answer.status, headers["content-type"]) == (200, "image/webp")
    assert "without looking" in headers["warning"] and "AVIF failed" in headers["warning"]


def test_without_a_model_the_middle_is_shown_and_kept(image: Image, eyes: Eyes, settings: Settings) -> None:
    settings.FACE_MODEL = ""
    lookers.forget()
    answer = ask(image, FACE_CROP)
    assert green(answer) == 0
    assert not dict(answer.headers)["etag"].endswith('-d"')
    assert Rendition.objects.count() == 1
    settings.FACE_MODEL = "yunet-n"
    lookers.forget()
    assert green(ask(image, FACE_CROP)) > 0


def test_what_a_person_chose_needs_no_look(image: Image, eyes: Eyes) -> None:
    plain = dict(ask(image, FACE_CROP).headers)["etag"]
    removal.change(image, focal_point=(0.9, 0.5))
    answer = ask(image, FACE_CROP)
    assert green(answer) == 0
    assert dict(answer.headers)["etag"] != plain
    removal.change(image, focal_point=(0.15, 0.5))
    assert green(ask(image, FACE_CROP)) > 0
    assert len(eyes.asked) == 1


def test_gravity_auto_asks_all_that_there_are(image: Image, eyes: Eyes, settings: Settings) -> None:
    settings.SALIENCY_MODEL, settings.MASK_MODEL = "fastgaze", "u2netp"
    lookers.forget()
    ask(image, "w=100,h=100,fit=cover,gravity=auto,format=png")
    assert sorted(model for model, _ in eyes.asked) == ["fastgaze", "u2netp", "yunet-n"]
    assert {shape for _, shape in eyes.asked} == {(512, 1024, 3)}


def test_an_image_that_is_drawn_is_looked_at_too(account: Account, image: Image, eyes: Eyes) -> None:
    other = stored(account, "other")
    draw = [{"image": "other", "width": 100, "height": 100, "fit": "cover", "gravity": "face"}]
    answer = ask(image, f"w=100,h=100,fit=squeeze,format=png,draw={quote(json.dumps(draw))}")
    assert green(answer) == pytest.approx(100 * 100 / (512 * 512), rel=0.1)
    assert len(eyes.asked) == 1
    assert storage().delete_prefix(f"renditions/{account.id}/{other.uuid}") == 1


def test_a_removed_image_leaves_nothing(image: Image) -> None:
    ask(image, FACE_CROP)
    assert list(storage_files(image)) != []
    removal.remove(image)
    removal.sweep()
    assert list(storage_files(image)) == []


def storage_files(image: Image) -> Iterator[Path]:
    root = storage().path(f"renditions/{image.account_id}/{image.uuid}/x")
    assert root is not None
    return (path for path in root.parent.glob("*") if path.is_file())


@pytest.mark.parametrize(("options", "models"), [({"gravity": "face", "fit": "cover"}, 1), ({"gravity": "left"}, 0)])
def test_a_new_image_is_looked_at_where_a_variant_needs_it(
    account: Account, image: Image, eyes: Eyes, options: dict[str, Any], models: int
) -> None:
    named.create(account, "square", {"width": 100, "height": 100, **options})
    assert preparing.look(str(image.uuid)) == models
    assert len(eyes.asked) == models
    ask(image, "square")
    assert len(eyes.asked) == models


def test_an_upload_succeeds_without_a_worker(
    account: Account, image: Image, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from variants.tasks import look_at

    def fail(*args: Any, **kwargs: Any) -> None:
        raise OSError("no broker")

    monkeypatch.setattr(look_at, "apply_async", fail)
    named.create(account, "square", {"width": 100, "height": 100, "gravity": "face", "fit": "cover"})
    preparing.on_stored(Image, image)
    assert "no worker" in caplog.text


def test_a_description_tells_what_was_seen_or_that_nobody_could_look(
    image: Image, eyes: Eyes, settings: Settings
) -> None:
    eyes.away = True
    away = ask(image, "format=json,include=faces")
    assert json.loads(away.body)["original"]["faces"] is None
    assert dict(away.headers)["etag"].endswith('-d"')
    eyes.away = False
    removal.change(image, focal_point=(0.9, 0.5))
    (face,) = json.loads(ask(image, "format=json,include=faces").body)["original"]["faces"]
    left, top, right, bottom = FACE
    expected = {"left": left / 1024, "top": top / 512, "width": (right - left) / 1024, "height": (bottom - top) / 512}
    assert {name: face[name] for name in expected} == pytest.approx(expected, abs=1e-3)
    settings.FACE_MODEL = ""
    lookers.forget()
    assert json.loads(ask(image, "format=json,include=faces").body)["original"]["faces"] is None


def signed(image: Image, options: str) -> str:
    """The options with a signature of the account's."""
    key = image.account.signing_keys.get().value
    path = f"/{image.account.hash}/{image.public_id}/{options}"
    return sign(path, key, int(time.time()) + 600).removeprefix(f"/{image.account.hash}/{image.public_id}/")


def explained(image: Image, options: str) -> delivery.Answer:
    return ask(image, signed(image, options))


def test_it_is_explained_to_who_may_know(image: Image) -> None:
    options = "w=100,h=100,fit=cover,gravity=face,zoom=0.5,explain=true,format=json"
    assert ask(image, options).status == 403
    told = json.loads(explained(image, options).body)["explain"]
    left, top, right, bottom = FACE
    assert told["rule"] == "faces"
    assert told["point"] == pytest.approx({"x": (left + right) / 2048, "y": (top + bottom) / 1024}, abs=1e-3)
    region = {"left": 50 / 1024, "top": 150 / 512, "width": 200 / 1024, "height": 200 / 512}
    assert told["region"] == pytest.approx(region, abs=2e-3)
    assert told["window"] == pytest.approx(region, abs=2e-3)
    assert [face["score"] for face in told["faces"]] == [0.9]
    assert [face["score"] for face in told["doubtful"]] == [0.6]


def test_an_explanation_shows_the_whole_picture_with_marks(image: Image) -> None:
    answer = explained(image, "w=100,h=100,fit=cover,gravity=face,explain=true,format=png")
    picture = pyvips.Image.new_from_buffer(answer.body, "")
    assert (picture.width, picture.height) == (1024, 512)
    window = picture.numpy()[:, :, :3].astype(int)
    red = (abs(window - numpy.array([0xE1, 0x1D, 0x48])).max(axis=2) < 8).any(axis=0)
    columns = numpy.nonzero(red)[0]
    assert (columns.min(), columns.max()) == pytest.approx((0, 511), abs=3)  # all of the height, moved to the face


def test_nothing_hidden_is_explained(image: Image) -> None:
    answer = explained(image, "w=100,pixelate=20,explain=true")
    assert answer.status == 400
    assert b"hides" in answer.body


def test_an_account_may_choose_who_finds_subjects(image: Image, eyes: Eyes, settings: Settings) -> None:
    settings.MASK_MODEL = "u2netp"
    lookers.forget()
    plain = ask(image, "w=64,segment=foreground,format=png")
    configuring.change(image.account, {"segment_model": "isnet-general-use"})
    chosen = ask(image, "w=64,segment=foreground,format=png")
    assert [model for model, _ in eyes.asked] == ["u2netp", "isnet-general-use"]
    assert dict(plain.headers)["etag"] != dict(chosen.headers)["etag"]
    for wrong in ("yunet-n", "nothing of that name"):
        with pytest.raises(SettingInvalid, match="segment_model"):
            configuring.change(image.account, {"segment_model": wrong})


@pytest.mark.parametrize("options", ["segment=foreground", "blur-detections=20", "pixelate-detections=20"])
def test_what_hides_something_waits_for_who_looks(image: Image, eyes: Eyes, settings: Settings, options: str) -> None:
    settings.MASK_MODEL = "u2netp"
    lookers.forget()
    eyes.away = True
    answer = ask(image, f"w=64,{options}")
    headers = dict(answer.headers)
    assert (answer.status, headers["cf-resized"], headers["retry-after"]) == (503, "err=9522", "2")
    assert headers["cache-control"] == "no-store"
    settings.MASK_MODEL = settings.FACE_MODEL = ""
    lookers.forget()
    assert ask(image, f"w=64,{options}").status == 503
    assert not Rendition.objects.exists()
