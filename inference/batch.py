"""Pictures that come together run together: a batch is what queued for a model while its last batch ran.

Nobody waits for a clock: a picture that finds the model idle runs at once, alone. Two or more threads, the hands, take
turns: one runs the network while the others prepare what came meanwhile and interpret what is done.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from inference.errors import Busy, InferenceFault
from inference.job import Found, Job, told
from inference.look import answers
from inference.model import Array, Model
from inference.results import Picture, Result
from inference.session import Session


@dataclass(frozen=True, slots=True)
class Limits:
    """``batch``: inputs of one run at most. ``queue``: pictures that wait at most. ``hands``: threads of a model."""

    batch: int = 1
    queue: int = 64
    hands: int = 2


class Watcher(Protocol):
    """Is told of every batch of a model: how many pictures, and the seconds that its run took."""

    def __call__(self, model: str, pictures: int, seconds: float) -> None:
        """Note it."""


class Lane:
    """The queue before one model, and its hands. ``open_`` loads the network, in a thread of its own."""

    def __init__(self, model: Model, open_: Callable[[], Session], limits: Limits, watcher: Watcher) -> None:
        self.model = model
        self.session: Session | None = None
        self.fault: Exception | None = None
        self._open, self._limits, self._watcher = open_, limits, watcher
        self._waiting: deque[Job] = deque()
        self._ready: deque[Job] = deque()
        self._preparing, self._running, self._closed = 0, False, False
        self._change = threading.Condition()
        names = [f"{model.name}-{number}" for number in range(limits.hands)]
        self._hands = [threading.Thread(target=self._work, name=name, daemon=True) for name in names]
        self._opener = threading.Thread(target=self._load, name=f"{model.name}-load", daemon=True)
        for thread in (self._opener, *self._hands):
            thread.start()

    @property
    def waiting(self) -> int:
        """Pictures that wait for a run."""
        return len(self._waiting) + len(self._ready) + self._preparing

    @property
    def ready(self) -> int:
        """Pictures that are prepared and wait for the network."""
        return len(self._ready)

    @property
    def busy(self) -> bool:
        """Whether somebody waits for this model."""
        return self._running or self.waiting > 0

    def submit(self, picture: Picture) -> Future[Result]:
        """Queue a picture. Its answer may be cancelled until its run begins. Raises ``Busy``, or why loading failed."""
        job = Job(picture, Future())
        with self._change:
            if self.fault:
                raise told(self.fault)
            if self.waiting >= self._limits.queue:
                self._waiting = deque(job for job in self._waiting if not job.answer.cancelled())
            if self.waiting >= self._limits.queue:
                raise Busy(f"{self.waiting} pictures wait for {self.model.name} already; try again in a moment")
            self._waiting.append(job)
            self._change.notify()
        return job.answer

    def close(self) -> None:
        """Finish what waits, then let the network go. Returns when that is done."""
        with self._change:
            self._closed = True
            self._change.notify_all()
        for thread in (self._opener, *self._hands):
            thread.join()
        self.session = None

    def stop(self, why: Exception) -> None:
        """As ``close``, but who waits still gets ``why``."""
        self._give_up(why)
        self.close()

    def _load(self) -> None:
        try:
            session = self._open()
        except Exception as fault:
            self._give_up(fault)
            return
        with self._change:
            self.session = session
            self._change.notify_all()

    def _give_up(self, fault: Exception) -> None:
        with self._change:
            self.fault, self._closed = fault, True
            jobs = [*self._waiting, *self._ready]
            self._waiting.clear()
            self._ready.clear()
            self._change.notify_all()
        for job in jobs:
            job.fail(fault)

    def _work(self) -> None:
        while step := self._next():
            step()

    def _next(self) -> Callable[[], None] | None:
        """What there is to do, running before preparing; None when this lane is closed and all is done."""
        with self._change:
            while True:
                if self._ready and self.session and not self._running:
                    return self._begin_run()
                if self._waiting and self._preparing + len(self._ready) < self._limits.batch:
                    self._preparing += 1
                    return partial(self._prepare, self._waiting.popleft())
                if self._closed and not self.waiting:
                    self._change.notify_all()  # the other hands wait for the same
                    return None
                self._change.wait()

    def _prepare(self, job: Job) -> None:
        try:
            if not job.answer.cancelled():
                job.prepared = self.model.architecture.prepare(job.picture, self.model.weights)
        except Exception as fault:
            job.fail(fault)
        with self._change:
            self._preparing -= 1
            if self.fault:
                job.fail(self.fault)
            elif not job.answer.done():
                self._ready.append(job)

    def _begin_run(self) -> Callable[[], None]:
        """Take the job that waited longest, and those of its shapes, as far as they fit into one run."""
        shapes = self._ready[0].shapes
        together = [job for job in self._ready if job.shapes == shapes][: max(1, self._most() // max(1, len(shapes)))]
        self._ready = deque(job for job in self._ready if job not in together)
        self._running = True
        if self._waiting:
            self._change.notify()
        return partial(self._run, together)

    def _most(self) -> int:
        network = self.session.most if self.session else None
        return min(self._limits.batch, network or self._limits.batch)

    def _run(self, jobs: Sequence[Job]) -> None:
        wanted = [job for job in jobs if job.answer.set_running_or_notify_cancel()]
        begun = time.perf_counter()
        outputs = self._outputs(wanted) if wanted else []
        with self._change:
            self._running = False
            self._change.notify()
        if wanted:
            self._watcher(self.model.name, len(wanted), time.perf_counter() - begun)
        for job, found in zip(wanted, outputs, strict=True):
            self._finish(job, found)

    def _outputs(self, jobs: Sequence[Job]) -> list[Found]:
        """What the network says of every job; when it fails for several together, of each alone: one fails alone."""
        try:
            return list(self._together(jobs))
        except Exception as fault:
            if len(jobs) == 1:
                return [fault]
        return [found for job in jobs for found in self._outputs([job])]

    def _together(self, jobs: Sequence[Job]) -> Iterator[list[dict[str, Array]]]:
        if self.session is None:
            raise InferenceFault(f"{self.model.name} is not loaded")
        inputs = [one for job in jobs for one in job.prepared]
        found = iter(answers(self.session.run, inputs, self.model.architecture.outputs))
        return ([next(found) for _ in job.prepared] for job in jobs)

    def _finish(self, job: Job, found: Found) -> None:
        try:
            if isinstance(found, Exception):
                raise found
            job.answer.set_result(self.model.architecture.interpret(found, job.prepared, self.model.weights))
        except Exception as fault:
            job.fail(fault)
