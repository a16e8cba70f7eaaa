"""Renditions: purges by image, variant and account; rows behind the answers; the budget; what memory holds."""

import asyncio
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import generation
from accounts.create import create_account
from accounts.models import Account
from images.models import Discarded, Image
from variants import cache, ledger
from variants.ledger import Made, write
from variants.models import Rendition, Variant

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return create_account("owner")


@pytest.fixture
def image(account: Account) -> Image:
    return Image.objects.create(account=account, public_id="one")


@pytest.fixture
def variant(account: Account) -> Variant:
    return Variant.objects.create(account=account, name="small")


def made(image: Image, variant: str = "", digest: str = "d" * 64, epochs: tuple[int, int, int] = (0, 0, 0)) -> Made:
    key = cache.key_of(image.account_id, str(image.uuid), digest)
    return Made(image.account_id, str(image.uuid), variant, digest, "image/webp", 100, key, epochs)


def test_a_purge_takes_its_own_renditions_and_no_others(account: Account, image: Image, variant: Variant) -> None:
    other = Image.objects.create(account=account, public_id="two")
    stranger = Image.objects.create(account=create_account("stranger"), public_id="one")
    write([made(image, "small", "a" * 64), made(image, "", "b" * 64), made(other, "small", "c" * 64)], [])
    write([made(stranger, "", "a" * 64)], [])
    before = generation.current()
    assert cache.purge_variant(account, "small") == 2
    assert Discarded.objects.filter(prefix=made(image, "small", "a" * 64).storage_key).exists()
    assert cache.purge_image(image) == 1
    assert cache.purge_image(image) == 0
    write([made(other, "", "e" * 64)], [])
    assert cache.purge_account(account) == 1
    assert Rendition.objects.get().image == stranger
    assert generation.current() > before
    for row, epoch in ((image, 2), (variant, 1), (account, 1), (stranger, 0)):
        row.refresh_from_db()
        assert row.epoch == epoch


def test_a_row_is_written_once(image: Image) -> None:
    write([made(image), made(image)], [])
    write([made(image)], [])
    row = Rendition.objects.get()
    assert (row.image, row.mime, row.size) == (image, "image/webp", 100)
    assert not Discarded.objects.exists()


def test_bytes_of_an_image_that_is_gone_are_left_to_the_sweep(image: Image) -> None:
    late = made(image)
    image.delete()
    write([late], [])
    assert not Rendition.objects.exists()
    assert Discarded.objects.get().prefix == late.storage_key


@pytest.mark.parametrize("purge", ["account", "image", "variant"])
def test_what_was_made_before_a_purge_is_not_kept(account: Account, image: Image, variant: Variant, purge: str) -> None:
    late = made(image, "small")
    purges = {
        "account": lambda: cache.purge_account(account),
        "image": lambda: cache.purge_image(image),
        "variant": lambda: cache.purge_variant(account, "small"),
    }
    purges[purge]()
    write([late], [])
    assert not Rendition.objects.exists()
    assert Discarded.objects.get().prefix == late.storage_key


def test_a_use_is_noted(image: Image) -> None:
    write([made(image)], [])
    Rendition.objects.update(last_used=timezone.now() - timedelta(days=9))
    write([], [(str(image.uuid), "d" * 64), (str(image.uuid), "e" * 64)])
    assert timezone.now() - Rendition.objects.get().last_used < timedelta(hours=1)


def test_uses_are_written_in_batches_and_once_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[list[tuple[str, str]]] = []

    async def in_database(function: object, made: object, touched: list[tuple[str, str]]) -> None:
        written.append(touched)

    monkeypatch.setattr(ledger, "in_database", in_database)

    async def case() -> None:
        book = ledger.Ledger()
        for _ in range(3):
            book.touch("image", "a")
            book.touch("image", "b")
            await book.settle()
        assert written == [[("image", "a"), ("image", "b")]]
        monkeypatch.setattr(ledger, "HOUR", 0.0)
        monkeypatch.setattr(book, "_until", 0.0)
        book.touch("image", "a")
        await book.settle()
        assert written[-1] == [("image", "a")]

    asyncio.run(case())


def test_the_budget_drops_what_was_not_used_for_longest(image: Image) -> None:
    now = timezone.now()
    for number in range(150):
        Rendition.objects.create(
            image=image, digest=f"{number:064}", mime="image/webp", size=10, last_used=now - timedelta(hours=number)
        )
    assert cache.trim(1500) == 0
    assert cache.trim(1000) == 50
    assert not Rendition.objects.filter(last_used__lt=now - timedelta(hours=99, minutes=1)).exists()
    assert Discarded.objects.count() == 50
