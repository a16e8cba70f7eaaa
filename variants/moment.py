"""The moment that facts are as new as: the generation, asked anew for every request as cheaply as it can be.

SQLite tells with one pragma whether anything was committed at all; only then the row is read. With Redis it is one GET,
shared by the requests that wait for it. When nobody can be asked, every moment differs, so nothing old is believed.
"""

import asyncio
import functools
import logging
import sqlite3
from collections.abc import Awaitable, Hashable
from pathlib import Path

import redis.asyncio
from django.conf import settings
from django.db import connection
from redis.exceptions import RedisError

from accounts import generation
from variants.threads import in_database

REDIS_SECONDS = 2

log = logging.getLogger(__name__)


class SqliteMoment:
    """The generation in an SQLite file, over a connection that does nothing else."""

    def __init__(self, path: Path | str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=1)
        self._connection.execute("PRAGMA query_only = ON")
        self._version: object = None
        self._number: Hashable = 0

    async def __call__(self) -> Hashable:
        """The number, read again when any other connection has committed since the last time."""
        try:
            version = self._connection.execute("PRAGMA data_version").fetchone()[0]
            if version != self._version:
                row = self._connection.execute("SELECT number FROM accounts_generation WHERE id = 1").fetchone()
                self._version, self._number = version, row[0] if row else 0
        except sqlite3.Error:
            log.warning("cannot read the generation", exc_info=True)
            return object()
        return self._number

    async def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class RedisMoment:
    """The generation in Redis. A request shares only a GET that was sent after the request had come."""

    def __init__(self, url: str) -> None:
        self._redis = redis.asyncio.Redis.from_url(url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=2)
        self._asked: asyncio.Task[Hashable] | None = None
        self._next: asyncio.Task[Hashable] | None = None

    async def __call__(self) -> Hashable:
        """The number of the next GET to be sent."""
        if self._next is None:
            self._next = asyncio.get_running_loop().create_task(self._ask(self._asked))
        return await asyncio.shield(self._next)

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    async def _ask(self, before: asyncio.Task[Hashable] | None) -> Hashable:
        if before:
            await asyncio.wait([before])
        self._asked, self._next = self._next, None
        try:
            found: Hashable = await self._redis.get(generation.REDIS_KEY)
        except (RedisError, OSError):
            log.warning("cannot read the generation", exc_info=True)
            return object()
        return found


class DatabaseMoment:
    """The generation by a query: PostgreSQL without Redis."""

    async def __call__(self) -> Hashable:
        """The number."""
        return await in_database(generation.current)

    async def close(self) -> None:
        """Nothing is open."""


Moment = SqliteMoment | RedisMoment | DatabaseMoment


@functools.cache
def _source() -> Moment:
    if settings.REDIS_URL:
        return RedisMoment(settings.REDIS_URL)
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite" and not str(name).startswith("file:"):
        return SqliteMoment(name)
    return DatabaseMoment()


def now() -> Awaitable[Hashable]:
    """The moment of now: equal to an earlier one exactly if no fact has changed in between."""
    return _source()()


async def close() -> None:
    """Close what is open; the next call opens it again."""
    if _source.cache_info().currsize:
        source = _source()
        _source.cache_clear()
        await source.close()
