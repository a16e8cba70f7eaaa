"""The moment moves with every change and with nothing else; when nobody can be asked, no two moments are equal."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
import redis

from accounts import generation
from variants.moment import RedisMoment, SqliteMoment


@pytest.fixture
def database(tmp_path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(tmp_path / "db.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE accounts_generation (id INTEGER PRIMARY KEY, number INTEGER)")
    return connection


def test_sqlite_tells_a_change_by_another_connection(database: sqlite3.Connection, tmp_path: Path) -> None:
    async def case() -> None:
        moment = SqliteMoment(tmp_path / "db.sqlite3")
        first = await moment()
        database.execute("INSERT INTO accounts_generation VALUES (1, 7)")
        assert await moment() == 7 != first
        database.execute("BEGIN IMMEDIATE")
        database.execute("UPDATE accounts_generation SET number = 8")
        assert await moment() == 7
        database.execute("COMMIT")
        assert await moment() == 8 == await moment()
        await moment.close()

    asyncio.run(case())
    database.close()


def test_a_database_that_cannot_be_read_makes_every_moment_another(
    database: sqlite3.Connection, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def case() -> None:
        moment = SqliteMoment(tmp_path / "db.sqlite3")
        database.execute("DROP TABLE accounts_generation")
        assert await moment() != await moment()
        await moment.close()

    asyncio.run(case())
    assert "cannot read the generation" in caplog.text
    database.close()


def test_redis_is_asked_once_for_all_who_wait(redis_url: str) -> None:
    async def case() -> None:
        moment = RedisMoment(redis_url)
        with redis.Redis.from_url(redis_url) as client:
            client.set(generation.REDIS_KEY, 5)
            await moment()
            before = client.info("commandstats")["cmdstat_get"]["calls"]
            assert set(await asyncio.gather(*(moment() for _ in range(100)))) == {b"5"}
            assert client.info("commandstats")["cmdstat_get"]["calls"] - before == 1
            client.set(generation.REDIS_KEY, 6)
            assert await moment() == b"6"
        await moment.close()

    asyncio.run(case())


def test_who_asks_while_a_question_is_under_way_gets_a_newer_answer(redis_url: str) -> None:
    async def case() -> None:
        moment = RedisMoment(redis_url)
        with redis.Redis.from_url(redis_url) as client:
            client.set(generation.REDIS_KEY, 1)
            early = asyncio.ensure_future(moment())
            for _ in range(3):
                await asyncio.sleep(0)  # the first GET is on its way
            client.set(generation.REDIS_KEY, 2)
            assert await moment() == b"2"
            assert await early in {b"1", b"2"}
        await moment.close()

    asyncio.run(case())


def test_without_redis_every_moment_is_another(tmp_path: Path) -> None:
    async def case() -> None:
        moment = RedisMoment(f"unix://{tmp_path}/nobody.sock")
        assert await moment() != await moment()
        await moment.close()

    asyncio.run(case())
