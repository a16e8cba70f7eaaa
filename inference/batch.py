"""Pictures that come together run together: a batch is what queued for a model while its last batch ran.

Nobody waits for a clock, and no thread waits for work: who asks does it (leader and followers, Schmidt et al.,
Pattern-Oriented Software Architecture 2). Whoever finds the network idle runs it for all that are ready; the others
prepare their pictures meanwhile, wait for their turn, and interpret what was found for them. A picture that comes alone
passes through no other thread.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from inference.errors import Abandoned, Busy, InferenceFault
from inference.job import Found, Job, told
from inference.look import answers
from inference.model import Array, Model
from inference.results import Picture, Result
from inference.session import Session

PATIENCE = 0.25
"""Seconds after which it is asked, again and again, whether a picture that waits is still wanted."""
LEFT, INTERRUPTED = "whoever asked has left", "looking at the picture was interrupted; try again"

log = logging.getLogger(__name__)
Wanted = Callable[[], bool]
"""Whether somebody waits for an answer still; raises nothing."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``batch``: inputs of one run at most. ``queue``: pictures that are looked at or wait for it at most."""

    batch: int = 1
    queue: int = 64


def always() -> bool:
    """Wanted, whatever happens."""
    return True


class Watcher(Protocol):
    """Is told of every batch of a model: how many pictures, and the seconds that its run took."""

    def __call__(self, model: str, pictures: int, seconds: float) -> None:
        """Note it."""


class Lane:
    """The queue before one model. ``open_`` loads the network, for the first that is ready."""

    def __init__(self, model: Model, open_: Callable[[], Session], limits: Limits, watcher: Watcher) -> None:
        self.model = model
        self.session: Session | None = None
        self.fault: Exception | None = None
        self._open, self._limits, self._watcher = open_, limits, watcher
        self._ready: deque[Job] = deque()
        self._inside, self._running = 0, False
        self._change = threading.Condition()
        self._room = threading.Semaphore(limits.batch)  # what is prepared takes more memory than what waits for it

    @property
    def inside(self) -> int:
        """Pictures that are looked at or wait for it."""
        return self._inside

    @property
    def ready(self) -> int:
        """Pictures that are prepared and wait for the network."""
        return len(self._ready)

    def enter(self) -> None:
        """Take a place in the queue, for one ``look``. Raises ``Busy``, or why loading failed."""
        with self._change:
            if self.fault:
                raise told(self.fault)
            if self._inside >= self._limits.queue:
                raise Busy(f"{self._inside} pictures wait for {self.model.name} already; try again in a moment")
            self._inside += 1

    def look(self, picture: Picture, wanted: Wanted = always) -> Result:
        """What the model says of a picture, for who has entered. When its turn has not come and it is not ``wanted``
        any more, ``Abandoned`` is raised.
        """
        try:
            return self._look(picture, wanted)
        except InferenceFault:
            raise
        except Exception as fault:
            log.exception("looking at a picture failed")
            raise told(fault) from fault
        finally:
            with self._change:
                self._inside -= 1
                self._change.notify_all()

    def close(self) -> None:
        """Let the network go when all who have entered are done. Nobody may enter any more."""
        with self._change:
            self._change.wait_for(lambda: not self._inside)
        self.session = None

    def stop(self, why: Exception) -> None:
        """As ``close``, but who waits gets ``why``."""
        self._give_up(why)
        self.close()

    def _look(self, picture: Picture, wanted: Wanted) -> Result:
        job = self._prepared(picture, wanted)
        try:
            self._await_turn(job, wanted)
            if job.found is None:
                self._lead()
        finally:
            self._forget(job)
        if job.found is None or isinstance(job.found, Exception):
            raise told(job.found or InferenceFault(INTERRUPTED))
        return self.model.architecture.interpret(job.found, job.prepared, self.model.weights)

    def _prepared(self, picture: Picture, wanted: Wanted) -> Job:
        """Prepare a picture and queue it; so many at once as may run together, for they take memory."""
        while not self._room.acquire(timeout=PATIENCE):
            if not wanted():
                raise Abandoned(LEFT)
        try:
            job = Job(self.model.architecture.prepare(picture, self.model.weights))
            self._queue(job)
        except BaseException:
            self._room.release()
            raise
        return job

    def _queue(self, job: Job) -> None:
        with self._change:
            if self.fault:
                raise told(self.fault)
            self._ready.append(job)
            self._call_next()

    def _call_next(self) -> None:
        """Where the network is idle, let the picture that is ready longest have it. With the lock held."""
        if self._ready and not self._running:
            self._running = True
            self._ready[0].turn.set()

    def _await_turn(self, job: Job, wanted: Wanted) -> None:
        """Wait until something was found for ``job``, or it is to lead. Raises ``Abandoned``."""
        while not job.turn.wait(PATIENCE):
            if not wanted():
                raise Abandoned(LEFT)

    def _forget(self, job: Job) -> None:
        """Where this thread was interrupted, or gave up, its picture waits no more, and another one leads."""
        with self._change:
            if job in self._ready:
                self._leave([job])
                self._running = self._running and not job.turn.is_set()
                self._call_next()

    def _lead(self) -> None:
        """Run the network for the picture that is ready longest, which is this thread's own, and those of its shape."""
        try:
            session = self.session = self.session or self._open()
        except Exception as fault:
            self._give_up(fault)
            return
        jobs = self._taken(session)
        begun = time.perf_counter()
        try:
            for job, found in zip(jobs, self._outputs(session, jobs), strict=True):
                job.found = found
        finally:
            self._pass_on(jobs)
        self._watcher(self.model.name, len(jobs), time.perf_counter() - begun)

    def _pass_on(self, jobs: Sequence[Job]) -> None:
        """The run is over: the next may begin, and who waited for this one reads what was found."""
        with self._change:
            self._running = False
            self._call_next()
        for job in jobs:
            job.be_told(InferenceFault(INTERRUPTED) if job.found is None else job.found)

    def _taken(self, session: Session) -> list[Job]:
        """Take those from the queue that share the next run."""
        with self._change:
            shapes = self._ready[0].shapes if self._ready else ()
            most = min(self._limits.batch, session.most or self._limits.batch) // max(1, len(shapes))
            jobs = [job for job in self._ready if job.shapes == shapes][: max(1, most)]
            self._leave(jobs)
        return jobs

    def _leave(self, jobs: Sequence[Job]) -> None:
        """Take ``jobs`` out of the queue, and let as many be prepared. With the lock held."""
        self._ready = deque(job for job in self._ready if job not in jobs)
        if jobs:
            self._room.release(len(jobs))

    def _give_up(self, fault: Exception) -> None:
        with self._change:
            self.fault = fault
            jobs = list(self._ready)
            self._leave(jobs)
        for job in jobs:
            job.be_told(fault)

    def _outputs(self, session: Session, jobs: Sequence[Job]) -> list[Found]:
        """What the network says of every job; when it fails for several together, of each alone: one fails alone."""
        try:
            return list(_together(session, self.model, jobs))
        except Exception as fault:
            if len(jobs) == 1:
                log.exception("a run of %s failed", self.model.name)
                return [fault]
        return [found for job in jobs for found in self._outputs(session, [job])]


def _together(session: Session, model: Model, jobs: Sequence[Job]) -> Iterator[list[dict[str, Array]]]:
    inputs = [one for job in jobs for one in job.prepared]
    found = iter(answers(session.run, inputs, model.architecture.outputs))
    return ([next(found) for _ in job.prepared] for job in jobs)
