"""One making per key in a process: shared, bounded, cancelled when nobody waits any more."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from variants.errors import Busy, CannotDecode
from variants.flight import Flights

KEY = hashlib.sha256(b"key").hexdigest()


@pytest.fixture(autouse=True)
def places(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    settings.REDIS_URL = ""


class Work:
    """Something to be made, that lasts until it is let go."""

    def __init__(self) -> None:
        self.made = 0
        self.kept: list[str] = []
        self.found: str | None = None
        self.cancelled = False
        self.go = asyncio.Event()
        self.flights: Flights[str] = Flights()

    async def look(self) -> str | None:
        return self.found

    async def make(self) -> str:
        self.made += 1
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return "made"

    async def keep(self, result: str) -> None:
        self.kept.append(result)

    def once(self, key: str = KEY, make: Callable[[], Awaitable[str]] | None = None) -> asyncio.Task[str]:
        return asyncio.ensure_future(self.flights.once(key, self.look, make or self.make, self.keep))


async def begun(work: Work) -> None:
    while not work.made:
        await asyncio.sleep(0.001)


def run(case: Callable[[Work], Awaitable[Any]]) -> None:
    async def inside() -> None:
        async with asyncio.timeout(20):
            await case(Work())

    asyncio.run(inside())


def test_all_who_wait_get_the_one_result() -> None:
    async def case(work: Work) -> None:
        waiting = [work.once() for _ in range(64)]
        await begun(work)
        work.go.set()
        assert set(await asyncio.gather(*waiting)) == {"made"}
        await work.flights.settle()
        assert (work.made, work.kept) == (1, ["made"])

    run(case)


def test_who_gets_the_lock_looks_first() -> None:
    async def case(work: Work) -> None:
        work.found = "found"
        assert await work.once() == "found"
        assert (work.made, work.kept) == (0, [])

    run(case)


def test_a_fault_reaches_every_waiter_and_the_next_one_tries_again() -> None:
    async def case(work: Work) -> None:
        async def fail() -> str:
            work.made += 1
            raise CannotDecode("damaged")

        results = await asyncio.gather(*(work.once(make=fail) for _ in range(5)), return_exceptions=True)
        assert [type(result) for result in results] == [CannotDecode] * 5
        assert work.made == 1
        work.go.set()
        assert await work.once() == "made"

    run(case)


def test_the_last_waiter_that_leaves_cancels_the_work() -> None:
    async def case(work: Work) -> None:
        first, last = work.once(), work.once()
        await begun(work)
        first.cancel()
        await asyncio.sleep(0.02)
        assert not work.cancelled
        last.cancel()
        await asyncio.wait([first, last])
        await asyncio.sleep(0.02)
        assert work.cancelled
        work.go.set()
        assert await work.once() == "made"

    run(case)


def test_waiters_have_their_answer_before_it_is_kept() -> None:
    async def case(work: Work) -> None:
        stored = asyncio.Event()

        async def keep(result: str) -> None:
            await stored.wait()
            work.kept.append(result)

        work.go.set()
        assert await work.flights.once(KEY, work.look, work.make, keep) == "made"
        assert work.kept == []
        stored.set()
        await work.flights.settle()
        assert work.kept == ["made"]

    run(case)


def test_what_cannot_be_kept_was_answered_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    async def case(work: Work) -> None:
        async def keep(result: str) -> None:
            raise OSError("no space left")

        work.go.set()
        assert await work.flights.once(KEY, work.look, work.make, keep) == "made"
        await work.flights.settle()

    run(case)
    assert "could not be kept" in caplog.text


def test_the_number_of_waiters_is_bounded(settings: Settings) -> None:
    settings.RENDER_WAITERS = 2

    async def case(work: Work) -> None:
        waiting = [work.once() for _ in range(2)]
        await begun(work)
        with pytest.raises(Busy):
            await work.once()
        work.go.set()
        await asyncio.gather(*waiting)

    run(case)


def test_two_processes_worth_of_flights_make_it_once() -> None:
    async def case(work: Work) -> None:
        other: Flights[str] = Flights()
        here = work.once()
        await begun(work)
        there = asyncio.ensure_future(other.once(KEY, work.look, work.make, work.keep))
        await asyncio.sleep(0.05)
        assert work.made == 1
        work.found = "made"
        work.go.set()
        assert [await here, await there] == ["made", "made"]
        assert work.made == 1

    run(case)
