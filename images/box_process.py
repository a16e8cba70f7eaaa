"""One child process of the box, seen from the parent: start it, ask it, end it."""

import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from images import box_wire

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 60.0  # a busy machine may load libvips slowly
# Nothing else of the parent's environment goes to a child: it holds the keys of storage and database.
INHERITED = ("LD_LIBRARY_PATH", "LD_PRELOAD", "MALLOC_CONF")
ENVIRONMENT = {
    "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
    "PYTHONNOUSERSITE": "1",
    "HOME": "/nonexistent",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    # Same key, same bytes: AVIF depends on the number of threads.
    "VIPS_CONCURRENCY": "1",
    "OMP_NUM_THREADS": "1",
    # numpy's: each thread reserves memory, which is bounded, and one is enough for small pictures.
    "OPENBLAS_NUM_THREADS": "1",
    "VIPS_BLOCK_UNTRUSTED": "1",
    "VIPS_WARNING": "0",
    # A child may not write files, so libvips must not want to: everything stays in memory.
    "VIPS_DISC_THRESHOLD": "100g",
    # For glibc's allocator; jemalloc (LD_PRELOAD with MALLOC_CONF) ignores them.
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_TRIM_THRESHOLD_": "1048576",
    "MALLOC_MMAP_THRESHOLD_": "1048576",
}


@dataclass(frozen=True)
class Setup:
    """What every child of a box is given: modules to import before the first job, and its memory in bytes."""

    preload: tuple[str, ...]
    memory_bytes: int


class Child:
    """A running child. One thread at a time may ``ask``; any thread may ``kill``."""

    def __init__(self, setup: Setup) -> None:
        here, there = socket.socketpair()
        with there:
            self._process = subprocess.Popen(  # noqa: S603 (our own interpreter, our own module)
                _command(setup),
                stdin=there.fileno(),
                stdout=subprocess.DEVNULL,
                cwd="/",
                env=ENVIRONMENT | {name: os.environ[name] for name in INHERITED if name in os.environ},
                process_group=0,
            )
        self._link = here
        self.resident = 0
        self.spent = False
        try:
            box_wire.receive(here, time.monotonic() + START_SECONDS)
        except BaseException:
            self.end()
            raise

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    def ask(self, request: dict[str, Any], descriptors: list[int], deadline: float) -> tuple[dict[str, Any], bytes]:
        """Send a request and wait for the reply. Raises ``TimeoutError``, ``EOFError``, ``OSError``, ``ValueError``."""
        self._link.settimeout(max(0.001, deadline - time.monotonic()))
        box_wire.send(self._link, request, descriptors=descriptors)
        header, body, extra = box_wire.receive(self._link, deadline)
        for descriptor in extra:
            os.close(descriptor)
        self.resident = int(header.get("resident", 0))
        self.spent = header.get("spent") is True
        return header, body

    def kill(self) -> None:
        """Kill it now; whoever waits for its reply sees the end of the stream."""
        self._process.kill()

    def end(self) -> None:
        """Kill it, if it runs, and clean up. It holds nothing that would have to be saved."""
        self._process.kill()
        self._process.wait()
        self._link.close()

    def forget(self) -> None:
        """In a process that was forked from its parent: let go of it without touching it."""
        self._link.close()
        self._process.returncode = 0  # not our child: nothing to wait for, nothing to warn about


def _command(setup: Setup) -> list[str]:
    text = {"parent": os.getpid(), "preload": setup.preload, "memory_bytes": setup.memory_bytes}
    return [sys.executable, "-P", "-m", "images.box_child", json.dumps(text)]
