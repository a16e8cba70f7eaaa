"""Boxes for tests, and ways to wait for what happens in them."""

import threading
import time
from pathlib import Path
from typing import Any

from images.box import Box

LONG = {"seconds": 60}


def job(name: str) -> str:
    """A job of tests/support/box_jobs.py; children find it from the root of the project."""
    return f"tests.support.box_jobs:{name}"


def make_box(**changes: Any) -> Box:
    usual = {
        "children": 1,
        "seconds": 20,
        "memory_bytes": 2**30,
        "queue": 10,
        "pixels": 100,
        "preload": ("images.decode", "tests.support.box_jobs"),
    }
    return Box(**usual | changes)


def in_thread(function: Any, *arguments: Any, **options: Any) -> tuple[threading.Thread, list[Any]]:
    """Call ``function`` in a thread; what it answered or raised is in the list at the end."""
    outcome: list[Any] = []

    def call() -> None:
        try:
            outcome.append(function(*arguments, **options))
        except Exception as fault:
            outcome.append(fault)

    thread = threading.Thread(target=call)
    thread.start()
    return thread, outcome


def wait_for(condition: Any, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def ready(box: Box, children: int) -> list[int]:
    wait_for(lambda: len(box.pids()) == children)
    return box.pids()


def is_gone(pid: int) -> bool:
    """Whether the process ended (one that only waits to be reaped has)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True
