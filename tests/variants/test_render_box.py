"""Rendering through real children: the same picture as without them, and faults of this app."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from boxes import ready

from images import box as box_module
from images.box import Box
from images.errors import Missing
from images.probe import probe
from variants import box
from variants.errors import Busy, CannotDecode, TimedOut
from variants.limits import Limits
from variants.negotiate import Source, Target, negotiate
from variants.notation import url
from variants.options.option import Options

PRELOAD = ("images.decode", "variants.render")


@pytest.fixture
def photo(shared: Path) -> Path:
    return min((shared / "photos").glob("*.jpg"))


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    """The box of this process, for one test."""
    pool = Box(children=1, seconds=20, memory_bytes=2**30, queue=1, pixels=10**8, preload=PRELOAD)
    monkeypatch.setattr(box_module, "_box", pool)
    yield pool
    pool.close()


def order(photo: Path, text: str) -> tuple[tuple[Options, ...], Target, Limits, Source]:
    picture = probe(photo)
    source = Source(picture.format, picture.width, picture.height, picture.frames, picture.has_alpha, 1)
    chain = url.parse(text).chain
    return chain, negotiate(chain, None, source, Limits()), Limits(), source


def test_a_path_and_bytes_give_the_same_picture(pool: Box, photo: Path) -> None:
    asked = order(photo, "width=60,height=40,fit=cover,format=avif")
    from_path = asyncio.run(box.render(photo, *asked))
    from_bytes = asyncio.run(box.render(photo.read_bytes(), *asked))
    assert (from_path.width, from_path.height, from_path.frames) == (60, 40, 1)
    assert from_path == from_bytes


def test_a_killed_child_is_tried_again(pool: Box, photo: Path) -> None:
    asked = order(photo, "width=1500,fit=scale-up,format=avif")
    (pid,) = ready(pool, 1)

    def kill() -> None:
        while not pool._running:
            time.sleep(0.001)
        time.sleep(0.02)
        os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    assert asyncio.run(box.render(photo, *asked)).body
    killer.join()
    assert pool.pids() != [pid]


def test_a_damaged_original(pool: Box, photo: Path, tmp_path: Path) -> None:
    asked = order(photo, "width=60,format=webp")
    (tmp_path / "cut").write_bytes(photo.read_bytes()[:5000])
    with pytest.raises(CannotDecode):
        asyncio.run(box.render(tmp_path / "cut", *asked))


def test_an_original_that_is_gone(pool: Box, photo: Path, tmp_path: Path) -> None:
    asked = order(photo, "width=60,format=webp")
    with pytest.raises(Missing):
        asyncio.run(box.render(tmp_path / "nowhere", *asked))


def test_a_render_that_takes_too_long(pool: Box, photo: Path) -> None:
    asked: Any = order(photo, "width=4000,fit=scale-up,format=webp")
    pool.seconds = 0.05
    with pytest.raises(TimedOut):
        asyncio.run(box.render(photo, *asked))


def test_more_work_than_may_wait(pool: Box, photo: Path) -> None:
    asked: Any = order(photo, "width=1500,fit=scale-up,format=avif")

    async def many() -> list[Any]:
        return await asyncio.gather(*(box.render(photo, *asked) for _ in range(4)), return_exceptions=True)

    outcomes = asyncio.run(many())
    assert any(isinstance(outcome, Busy) for outcome in outcomes)
    assert any(getattr(outcome, "body", b"") for outcome in outcomes)
