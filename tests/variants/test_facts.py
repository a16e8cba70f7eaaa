"""Facts are as new as the moment they are asked at, and cost nothing while it lasts."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from accounts.create import create_account
from accounts.models import Account, Domain
from images.models import Image
from variants import facts, threads
from variants.remembered import Remembered

pytestmark = pytest.mark.django_db(transaction=True)


class Table:
    """Values that can change, and how often they were read."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {"a": "1", "b": "2", "c": "3"}
        self.reads: list[str] = []
        self.go = threading.Event()
        self.go.set()

    def read(self, key: str) -> str | None:
        self.reads.append(key)
        self.go.wait(20)
        return self.values.get(key)


def run(case: Callable[[Table, Remembered[str, str]], Awaitable[Any]]) -> None:
    async def inside() -> None:
        table = Table()
        await case(table, Remembered(table.read, 2))
        await threads.close()

    asyncio.run(inside())


def test_a_value_is_read_once_per_moment() -> None:
    async def case(table: Table, remembered: Remembered[str, str]) -> None:
        assert [await remembered.get("a", 1) for _ in range(3)] == ["1"] * 3
        table.values["a"] = "changed"
        assert await remembered.get("a", 2) == "changed"
        assert table.reads == ["a", "a"]

    run(case)


def test_what_is_absent_is_asked_for_each_time() -> None:
    async def case(table: Table, remembered: Remembered[str, str]) -> None:
        assert await remembered.get("x", 1) is None
        table.values["x"] = "new"
        assert await remembered.get("x", 1) == "new"

    run(case)


def test_many_who_ask_at_one_moment_share_one_reading() -> None:
    async def case(table: Table, remembered: Remembered[str, str]) -> None:
        table.go.clear()
        asked = [asyncio.ensure_future(remembered.get("a", 1)) for _ in range(50)]
        later = asyncio.ensure_future(remembered.get("a", 2))
        await asyncio.sleep(0.02)
        table.go.set()
        assert set(await asyncio.gather(*asked, later)) == {"1"}
        assert table.reads == ["a", "a"]

    run(case)


def test_only_so_many_are_remembered_and_the_same_value_stays_the_same_object() -> None:
    async def case(table: Table, remembered: Remembered[str, str]) -> None:
        for key in ("a", "b", "a", "c", "a"):
            await remembered.get(key, 1)
        assert table.reads == ["a", "b", "c"]
        await remembered.get("b", 1)
        assert table.reads[-1] == "b"
        table.values["b"] = "".join(["2"])
        assert await remembered.get("b", 2) is await remembered.get("b", 3)

    run(case)


@pytest.fixture
def account() -> Iterator[Account]:
    facts.clear()
    yield create_account("owner")
    facts.clear()


def ask(question: Callable[[], Awaitable[Any]]) -> Any:
    async def inside() -> Any:
        try:
            return await question()
        finally:
            await threads.close()

    return asyncio.run(inside())


def test_an_account_comes_with_keys_and_variants(account: Account) -> None:
    found = ask(lambda: facts.accounts.get(account.hash, 1))
    assert found.keys == (account.signing_keys.get().value,)
    assert list(found.variants) == ["public"]
    assert ask(lambda: facts.accounts.get("nobody", 1)) is None


def test_drafts_and_images_of_others_are_not_there(account: Account) -> None:
    Image.objects.create(account=account, public_id="one")
    Image.objects.create(account=account, public_id="draft", draft=True)
    assert ask(lambda: facts.images.get((account.id, "one"), 1))
    assert ask(lambda: facts.images.get((account.id, "draft"), 1)) is None
    stranger = create_account("stranger")
    assert ask(lambda: facts.images.get((stranger.id, "one"), 1)) is None


def test_the_longest_prefix_of_a_domain_wins(account: Account) -> None:
    for prefix in ("", "/img", "/img/big"):
        Domain.objects.create(host="Pictures.example", account=account, path_prefix=prefix)
    for host, path, prefix in (
        ("pictures.example", "/x", ""),
        ("PICTURES.example:443", "/img/x", "/img"),
        ("pictures.example.", "/img/big/x", "/img/big"),
        ("pictures.example", "/imgx/x", ""),
    ):
        site = ask(lambda host=host, path=path: facts.site(host, path, 1))
        assert (site.account_hash, site.prefix) == (account.hash, prefix)
    assert ask(lambda: facts.site("other.example", "/x", 1)) is None
