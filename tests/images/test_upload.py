"""Uploads and deletes when something breaks on the way, and the sweep that tidies up after them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from people import Person, png_bytes
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from images import arrival, counting, direct_upload, removal, tasks, upload
from images.errors import IdTaken, LimitReached, NotAnImage, StorageFault, UploadExpired, UploadUsed
from images.models import DirectUpload, Discarded, Image
from images.signals import original_removed, original_stored
from images.storage import storage


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture"
    path.write_bytes(png_bytes())
    return path


def originals(files: Path) -> int:
    return sum(path.is_file() for path in (files / "originals").rglob("*"))


def breaking(fault: Exception) -> Any:
    def function(*args: Any, **kwargs: Any) -> None:
        raise fault

    return function


def test_a_refused_upload_leaves_nothing(owner: Person, files: Path, picture: Path) -> None:
    picture.write_bytes(b"no picture")
    with pytest.raises(NotAnImage):
        upload.receive(owner.account, picture, filename="a")
    assert (originals(files), Discarded.objects.count(), Image.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("fault", [LimitReached("x"), IdTaken("x"), KeyboardInterrupt(), OSError("x")])
def test_what_fails_after_the_bytes_takes_them_away(
    owner: Person, files: Path, picture: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    monkeypatch.setattr(counting, "add", breaking(fault))
    with pytest.raises(type(fault)):
        upload.receive(owner.account, picture, filename="a")
    assert (originals(files), Discarded.objects.count(), Image.objects.count()) == (0, 0, 0)


def test_a_crash_before_the_commit_is_swept_an_hour_later(
    owner: Person, files: Path, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "add", breaking(SystemExit()))
    monkeypatch.setattr(arrival, "_forget", lambda *args: None)
    with pytest.raises(SystemExit):
        upload.receive(owner.account, picture, filename="a")
    tasks.remove_discarded()
    assert (originals(files), Discarded.objects.count()) == (1, 1)
    Discarded.objects.update(next_attempt_at=timezone.now())
    assert tasks.remove_discarded() == 1
    assert tasks.remove_discarded() == 0
    assert (originals(files), Discarded.objects.count(), Image.objects.count()) == (0, 0, 0)


def test_an_upload_whose_bytes_the_sweep_has_taken_is_refused(
    owner: Person, files: Path, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = counting.add

    def late(account: Any) -> None:
        Discarded.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
        removal.sweep()
        add(account)

    monkeypatch.setattr(counting, "add", late)
    with pytest.raises(UploadExpired):
        upload.receive(owner.account, picture, filename="a")
    assert (originals(files), Image.objects.count(), counting.current(owner.account)) == (0, 0, 0)


def test_a_lost_answer_of_a_commit_does_not_cost_the_bytes(owner: Person, files: Path, picture: Path) -> None:
    image = Image(account=owner.account, public_id="a")

    def upload_whose_answer_is_lost() -> None:
        with arrival.arriving(image, picture) as accept:
            upload.insert(image)
            accept()
            raise OSError("the connection broke after the commit")

    with pytest.raises(OSError, match="broke"):
        upload_whose_answer_is_lost()
    assert storage().get(Image.objects.get().storage_key) == png_bytes()


def test_bytes_that_cannot_go_are_tried_again_later(
    owner: Person, files: Path, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    removal.remove(upload.receive(owner.account, picture, filename="a"))
    with monkeypatch.context() as patch:
        patch.setattr(type(storage()), "delete_prefix", breaking(StorageFault("away")))
        assert removal.sweep() == 0
    assert removal.sweep() == 0, "not before its time"
    assert {note.attempts for note in Discarded.objects.all()} == {1}
    Discarded.objects.update(next_attempt_at=timezone.now())
    assert removal.sweep() == 2
    assert originals(files) == 0


def test_the_loser_of_a_one_time_url_leaves_nothing(
    owner: Person, files: Path, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image, url = direct_upload.issue(owner.account)
    token = url.partition("?t=")[2]

    def redeem() -> Image:
        return direct_upload.redeem(
            token, picture, account_hash=owner.account.hash, public_id=image.public_id, filename="a"
        )

    monkeypatch.setattr(direct_upload, "_refuse_spent", lambda found: None)
    won = redeem()
    with pytest.raises(UploadUsed):
        redeem()
    assert (originals(files), counting.current(owner.account)) == (1, 1)
    assert storage().get(Image.objects.get().storage_key) == png_bytes()
    assert Image.objects.get().storage_key == won.storage_key


def test_a_crash_before_the_commit_leaves_the_url_usable(
    owner: Person, files: Path, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image, url = direct_upload.issue(owner.account)
    place = {"account_hash": owner.account.hash, "public_id": image.public_id, "filename": "a"}
    with monkeypatch.context() as patch:
        patch.setattr(counting, "add", breaking(SystemExit()))
        with pytest.raises(SystemExit):
            direct_upload.redeem(url.partition("?t=")[2], picture, **place)
    assert DirectUpload.objects.get().used_at is None and Image.objects.get().draft
    assert not direct_upload.redeem(url.partition("?t=")[2], picture, **place).draft


def test_a_change_during_the_upload_is_kept(owner: Person, picture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image, url = direct_upload.issue(owner.account, meta={"old": 1})
    probe = arrival.probe

    def slow(file: Path) -> Any:
        removal.change(image, meta={"new": 1}, require_signed_urls=True)
        return probe(file)

    monkeypatch.setattr(arrival, "probe", slow)
    place = {"account_hash": owner.account.hash, "public_id": image.public_id, "filename": "a"}
    filled = direct_upload.redeem(url.partition("?t=")[2], picture, **place)
    assert (filled.meta, filled.require_signed_urls) == ({"new": 1}, True)
    filled.refresh_from_db()
    assert (filled.meta, filled.require_signed_urls, filled.draft) == ({"new": 1}, True, False)


def test_signals_come_after_the_commit(
    owner: Person, picture: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    heard: list[str] = []

    def hear_stored(**message: Any) -> None:
        heard.append(f"stored {message['image'].public_id}")

    def hear_removed(**message: Any) -> None:
        heard.append(f"removed {message['image'].public_id}")

    original_stored.connect(hear_stored)
    original_removed.connect(hear_removed)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            image = upload.receive(owner.account, picture, filename="a", public_id="x")
            assert heard == []
        with django_capture_on_commit_callbacks(execute=True):
            removal.remove(image)
            assert heard == ["stored x"]
    finally:
        original_stored.disconnect(hear_stored)
        original_removed.disconnect(hear_removed)
    assert heard == ["stored x", "removed x"]


def test_the_limit_holds_in_the_transaction(owner: Person, picture: Path, settings: Settings) -> None:
    settings.IMAGE_LIMIT = 0
    with pytest.raises(LimitReached):
        counting.add(owner.account)
