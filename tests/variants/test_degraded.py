"""An answer that is worse than what was asked for is kept apart from what was asked for."""

import asyncio
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
import pyvips
from pytest_django import Settings

from accounts.create import create_account
from images.models import Image
from images.storage import storage
from variants import box, cache, delivery, facts, making, moment, threads
from variants.delivery import Request, deliver
from variants.errors import Busy, CannotEncode, TimedOut
from variants.models import Rendition
from variants.render import Rendered

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def places(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.DATA_DIR, settings.STORAGE_DIR, settings.REDIS_URL = tmp_path, tmp_path / "storage", ""
    settings.S3_BUCKET = ""
    facts.clear()
    cache.memory.clear()
    yield
    facts.clear()
    cache.memory.clear()


@pytest.fixture
def path() -> str:
    account = create_account("owner")
    body = pyvips.Image.black(40, 30, bands=3).write_to_buffer(".jpg")
    storage().put("originals/one", body, "image/jpeg")
    Image.objects.create(
        account=account, public_id="one", format="jpeg", width=40, height=30, frames=1, size=len(body),
        sha256="0" * 64, storage_key="originals/one",
    )  # fmt: skip
    return f"/{account.hash}/one/public"


def ask(path: str, **headers: str) -> delivery.Answer:
    """One request in a loop of its own, until everything behind it is done."""

    async def inside() -> delivery.Answer:
        answer = await deliver(Request("GET", "pictures", path, "", headers))
        await making.settle()
        await moment.close()
        await threads.close()
        return answer

    return asyncio.run(inside())


def failing(fault: Exception, formats: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let the making of these formats fail; the list fills with what was tried."""
    tried: list[str] = []

    async def render(original: Any, chain: Any, target: Any, *rest: Any) -> Rendered:
        tried.append(target.format)
        if target.format in formats:
            raise fault
        return Rendered(b"picture", 1, 1, 1)

    monkeypatch.setattr(box, "render", render)
    return tried


def test_webp_instead_of_an_avif_that_failed(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = failing(CannotEncode("no"), ("avif",), monkeypatch)
    answer = ask(path, accept="image/avif,image/webp")
    headers = dict(answer.headers)
    assert (answer.status, headers["content-type"]) == (200, "image/webp")
    assert headers["etag"].endswith('-d"')
    assert headers["cache-control"] == "public, max-age=60"
    assert headers["vary"] == "accept"
    assert not Rendition.objects.exists()
    again = ask(path, accept="image/avif,image/webp", **{"if-none-match": headers["etag"]})
    assert again.status == 200
    assert ask(path, accept="image/webp").headers != answer.headers
    assert tried == ["avif", "webp", "avif", "webp", "webp"]


def test_a_named_format_that_fails_is_no_other_picture(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(CannotEncode("no"), ("avif", "webp"), monkeypatch)
    assert ask(path, accept="image/webp").status == 500


@pytest.mark.parametrize(("fault", "status"), [(Busy("full"), 503), (TimedOut("slow"), 504), (ValueError("x"), 500)])
def test_what_fails_is_not_remembered(
    path: str, monkeypatch: pytest.MonkeyPatch, fault: Exception, status: int
) -> None:
    failing(fault, ("webp",), monkeypatch)
    answer = ask(path, accept="image/webp")
    assert answer.status == status
    assert ("retry-after", "2") in answer.headers or status != 503
    assert b"x" not in answer.body or status != 500
    failing(fault, (), monkeypatch)
    assert ask(path, accept="image/webp").status == 200


def test_an_original_that_is_lost_is_not_found_and_logged(path: str, caplog: pytest.LogCaptureFixture) -> None:
    storage().delete_prefix("originals/one")
    answer = ask(path, accept="image/webp")
    assert (answer.status, answer.body) == (404, b"ERROR 9404: Image not found")
    assert "not in storage" in caplog.text


def test_a_hit_uses_no_database_and_a_304_no_storage(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def inside() -> None:
        failing(ValueError("x"), (), monkeypatch)
        request = Request("GET", "pictures", path, "", {"accept": "image/webp"})
        await deliver(request)
        await making.flights.settle()
        first = await deliver(request)  # with what the first one has changed: it made the variant

        def broken(*arguments: Any, **options: Any) -> Coroutine[Any, Any, Any]:
            raise AssertionError("touched")

        now = await moment.now()

        async def same() -> object:
            return now

        monkeypatch.setattr(moment, "now", same)
        monkeypatch.setattr(threads, "in_thread", broken)
        monkeypatch.setattr(threads, "in_database", broken)
        monkeypatch.setattr(cache, "in_thread", broken)
        assert (await deliver(request)).body == first.body
        monkeypatch.setattr(cache, "find", broken)
        etag = dict(first.headers)["etag"]
        headers = {"accept": "image/webp", "if-none-match": etag}
        assert (await deliver(Request("GET", "pictures", path, "", headers))).status == 304
        monkeypatch.undo()
        await making.ledger.settle()
        await moment.close()
        await threads.close()

    asyncio.run(inside())
