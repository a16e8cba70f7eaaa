"""The box of this process: child processes that decode and render what strangers sent (see ``box_pool``)."""

import asyncio
import atexit
import os
import threading
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from images.box_job import Original, Reply
from images.box_pool import Box

__all__ = ["Box", "Original", "Reply", "run_async", "the_box"]

_making = threading.Lock()
_box: Box | None = None


def the_box() -> Box:
    """The box of this process, made on first use from the settings ``RENDER_*``; its children start meanwhile."""
    global _box
    with _making:
        if _box is None or _box.closed:
            _box = Box(
                children=settings.RENDER_CHILDREN,
                seconds=settings.RENDER_SECONDS,
                memory_bytes=settings.RENDER_MEMORY_BYTES,
                queue=settings.RENDER_QUEUE,
                pixels=settings.RENDER_PIXELS,
                preload=tuple(settings.RENDER_PRELOAD),
            )
            atexit.register(_box.close)
        return _box


async def run_async(
    job: str,
    arguments: dict[str, Any],
    original: Original | None,
    *,
    others: Sequence[Original] = (),
    seconds: float | None = None,
    pixels: int = 0,
    box: Box | None = None,
) -> Reply:
    """``Box.run`` for asyncio, on the box's own threads. Cancelling the await ends the job, running or not."""
    box = box or the_box()
    ticket = box.submit(job, arguments, original, others=others, seconds=seconds, pixels=pixels)
    patience = asyncio.get_running_loop().call_later(box.seconds, box.give_up, ticket)
    try:
        return await asyncio.wrap_future(ticket.future)
    except asyncio.CancelledError:
        box.cancel(ticket)
        raise
    finally:
        patience.cancel()


def _forget_box() -> None:
    """After a fork: the children belong to the other process, and the lock may be held by a thread that is not here."""
    global _box, _making
    _making = threading.Lock()
    if _box is not None:
        _box.forget()
        atexit.unregister(_box.close)
        _box = None


os.register_at_fork(after_in_child=_forget_box)
