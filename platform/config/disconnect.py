"""A client that leaves is seen, and the work that nobody waits for any more is given up."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

# Seconds. What is answered sooner need not be watched: watching costs more than a hit.
PATIENCE = 0.05


async def unless_gone(work: Coroutine[Any, Any, T], receive: Callable[[], Awaitable[dict[str, Any]]]) -> T | None:
    """What ``work`` returns; None when the client has left first, in which case ``work`` was cancelled."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    watchers: list[asyncio.Task[None]] = []
    left: list[bool] = []

    async def watch() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        left.append(True)
        task.cancel()  # type: ignore[union-attr]

    timer = loop.call_later(PATIENCE, lambda: watchers.append(loop.create_task(watch())))
    try:
        return await work
    except asyncio.CancelledError:
        if not left:
            raise
        task.uncancel()  # type: ignore[union-attr]
        return None
    finally:
        timer.cancel()
        for watcher in watchers:
            watcher.cancel()
