"""Delivery's own threads: for the database and for files, so that neither Django's requests nor a render hold it up."""

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

P = ParamSpec("P")
T = TypeVar("T")
LOOKERS = 32  # pictures that wait for the inference service, which takes as many as fit into a batch

_opened: set[BaseDatabaseWrapper] = set()


@functools.cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(settings.DELIVERY_THREADS, "delivery")


async def in_thread(function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
    """Run a function that blocks, but uses no database, in a thread of delivery."""
    return await asyncio.get_running_loop().run_in_executor(_pool(), functools.partial(function, *arguments, **options))


@functools.cache
def _fetchers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(settings.REMOTE_FETCHES, "fetch")


async def in_fetcher(function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
    """Run a function that waits for other servers and uses the database, where it holds up none of the others."""
    work = functools.partial(_with_connections, functools.partial(function, *arguments, **options))
    return await asyncio.get_running_loop().run_in_executor(_fetchers(), work)


@functools.cache
def _lookers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(LOOKERS, "looker")


async def in_looker(function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
    """Run a function that waits for the inference service, which is slow, where it holds up none of the others."""
    work = functools.partial(function, *arguments, **options)
    return await asyncio.get_running_loop().run_in_executor(_lookers(), work)


async def in_database(function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
    """The same for a function that asks the database; connections that are old or broken are closed afterwards."""
    return await in_thread(_with_connections, functools.partial(function, *arguments, **options))


def _with_connections(function: Callable[[], T]) -> T:
    try:
        return function()
    finally:
        for connection in connections.all(initialized_only=True):
            connection.close_if_unusable_or_obsolete()
            _opened.add(connection)


async def close() -> None:
    """Wait for what runs, end the threads and close their connections. The next call makes new ones."""
    await asyncio.to_thread(_close)


def _close() -> None:
    for pool in (_fetchers, _lookers, _pool):
        if pool.cache_info().currsize:
            pool().shutdown()
            pool.cache_clear()
    while _opened:
        connection = _opened.pop()
        connection.inc_thread_sharing()  # its own thread is gone
        connection.close()
