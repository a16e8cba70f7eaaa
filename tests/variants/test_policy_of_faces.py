"""A policy that hides faces, on a real photo, with the real model: nobody finds a face in what is delivered."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy
import pytest
import pyvips
from pytest_django import Settings

from accounts.create import create_account
from accounts.models import Account
from images.models import Image
from images.upload import receive
from inference.client import Here
from inference.errors import Unavailable
from inference.results import Picture, Result
from variants import cache, configuring, delivery, facts, lookers, making, moment, named, sight, threads
from variants.delivery import Request, deliver

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PHOTO = "tfjs_portrait.jpg"
CLOSE = "gravity=face,zoom=0.3,width=400,height=400,fit=cover,format=png"


class Away:
    """Nobody."""

    def look(self, model: str, picture: Picture) -> Result:
        raise Unavailable("nobody listens")


@pytest.fixture
def eyes(shared: Path) -> Iterator[Here]:
    found = Here(shared / "models")
    yield found
    found.close()


@pytest.fixture(autouse=True)
def places(settings: Settings, tmp_path: Path, shared: Path, eyes: Here, monkeypatch: Any) -> Iterator[None]:
    settings.DATA_DIR, settings.STORAGE_DIR, settings.REDIS_URL = tmp_path, tmp_path / "storage", ""
    settings.S3_BUCKET, settings.MODELS_DIR, settings.FACE_MODEL = "", shared / "models", ""
    monkeypatch.setattr(sight, "eyes", lambda: eyes)
    forget()
    yield
    forget()


def forget() -> None:
    for memory in (facts, cache.memory, sight.memory):
        memory.clear()
    lookers.forget()


@pytest.fixture
def account(shared: Path) -> Account:
    """An account with a photo and a blank picture, whose policy hides faces."""
    made = create_account("owner")
    made.flexible_variants = True
    made.save()
    named.create(made, "faceless", {"width": 50, "pixelate-detections": 4})
    receive(made, shared / "photos" / PHOTO, filename=PHOTO, public_id="photo")
    return made


def ask(account: Account, options: str, image: str = "photo") -> delivery.Answer:
    async def inside() -> delivery.Answer:
        try:
            return await deliver(Request("GET", "p", f"/{account.hash}/{image}/{options}", "", {}))
        finally:
            await making.settle()
            await moment.close()
            await threads.close()

    return asyncio.run(inside())


def shown(answer: delivery.Answer) -> Any:
    assert answer.status == 200, answer.body
    return pyvips.Image.new_from_buffer(answer.body or (answer.file or Path()).read_bytes(), "").numpy()[:, :, :3]


def faces(eyes: Here, answer: delivery.Answer) -> list[float]:
    """How sure the model is of each face in what was delivered."""
    model = lookers.chosen("faces")
    assert model
    found = eyes.look(model.name, numpy.ascontiguousarray(shown(answer)))
    return [one.score for one in found]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "options",
    [
        "format=png,width=600",
        CLOSE,
        "format=png,width=900,pixelate-detections=0",
        "format=png,width=900,trim.top=40,flip=h",
        "format=png,width=600,draw=" + quote('[{"image":"photo","width":300,"height":300,"fit":"cover"}]', safe=""),
    ],
)
def test_no_face_is_found_in_what_is_delivered(account: Account, eyes: Here, options: str) -> None:
    before = faces(eyes, ask(account, options))
    assert before and max(before) > 0.9
    configuring.change(account, {"policy_variant": "faceless"})
    after = faces(eyes, ask(account, options))
    assert not after or max(after) < 0.5


def test_gravity_still_knows_where_they_are(account: Account) -> None:
    """They are looked for in the original, which nobody gets to see."""
    plain = shown(ask(account, CLOSE))
    configuring.change(account, {"policy_variant": "faceless"})
    hidden = shown(ask(account, CLOSE))
    assert hidden.shape == plain.shape
    assert numpy.abs(hidden.mean(axis=(0, 1)) - plain.mean(axis=(0, 1))).max() < 12
    assert (hidden != plain).mean() > 0.1


def test_nothing_is_delivered_while_nobody_can_look(account: Account, monkeypatch: Any, tmp_path: Path) -> None:
    pyvips.Image.black(30, 20, bands=3).write_to_file(str(tmp_path / "black.png"))
    receive(account, tmp_path / "black.png", filename="black.png", public_id="black")
    configuring.change(account, {"policy_variant": "faceless"})
    monkeypatch.setattr(sight, "eyes", lambda: Away())
    drawn = "format=png,draw=" + quote('[{"image":"photo"}]', safe="")
    for image, options in (("photo", "public"), ("photo", "width=9"), ("black", "width=9"), ("black", drawn)):
        answer = ask(account, options, image)
        assert answer.status == 503
        assert dict(answer.headers)["retry-after"] and dict(answer.headers)["cache-control"] == "no-store"
    assert Image.objects.count() == 2
