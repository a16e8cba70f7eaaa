"""Keeps one worker process running: one that dies is replaced, and one that grew too large."""

import logging
import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from multiprocessing.synchronize import Event

from inference import memory

SAMPLE_SECONDS = 10.0
AGAIN_SECONDS = 1.0
"""Between two starts at least: a worker that cannot live shall not take a core for dying."""
READY_SECONDS = 60.0
STOP_SECONDS = 10.0

Work = Callable[[Callable[[], None]], None]
"""What a worker does until it is told to end (SIGTERM); it calls what it is given once it is ready."""

log = logging.getLogger(__name__)
_context = multiprocessing.get_context("fork")  # this process has no threads, and has loaded next to nothing


@dataclass(slots=True)
class Worker:
    """A process that does ``work``."""

    work: Work
    ready: Event = field(default_factory=_context.Event)
    begun: float = field(default_factory=time.monotonic)
    process: ForkProcess = field(init=False)

    def __post_init__(self) -> None:
        self.process = _context.Process(target=self.work, args=(self.ready.set,))
        self.process.start()

    def stop(self) -> None:
        """Ask it to end; insist after some seconds."""
        self.process.terminate()
        self.process.join(STOP_SECONDS)
        self.process.kill()
        self.process.join()


def keep(work: Work, max_rss: int) -> None:
    """Have ``work`` done until an exception comes from outside. ``max_rss``: bytes of a worker at most, 0: any."""
    worker = Worker(work)
    try:
        while True:
            if wait([worker.process.sentinel], SAMPLE_SECONDS):
                worker = _after_death(worker)
            elif 0 < max_rss < memory.resident(worker.process.pid):
                worker = _succeeded(worker)
    finally:
        worker.stop()


def _after_death(worker: Worker) -> Worker:
    log.warning("the worker has died (%s) and is started again", worker.process.exitcode)
    time.sleep(max(0.0, worker.begun + AGAIN_SECONDS - time.monotonic()))
    return Worker(worker.work)


def _succeeded(worker: Worker) -> Worker:
    """Start another and let the first go, who finishes what it has begun."""
    log.info("the worker has grown to %d MiB and is replaced", memory.resident(worker.process.pid) // 2**20)
    successor = Worker(worker.work)
    successor.ready.wait(READY_SECONDS)
    worker.stop()
    return successor
