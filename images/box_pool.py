"""A pool of child processes that decode and render what strangers sent, with a deadline and limits.

A job names a function (``"images.decode:probe"``) that a child runs on an original. A job that takes too long or too
much memory, or that crashes its decoder, costs one child: it is killed and replaced, and nothing else notices. The box
knows nothing of pixels but their number: jobs start while the pixels in flight stay within a budget, in the order they
came. One thread per child keeps that child busy (and is its parent in the eyes of the kernel: when it ends, so does the
child).
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Sequence
from typing import Any

from images.box_job import Original, Reply, Ticket
from images.box_process import Child, Setup
from images.errors import BoxBusy, BoxCancelled, BoxDied, BoxTimeout

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.05  # how often a synchronous wait looks whether it is cancelled
RECYCLE_SHARE = 0.25  # of the memory limit: a child that still holds more after a job is replaced
RESTART_SECONDS = 1.0  # between two attempts to start a child that does not come up


class Box:
    """A pool of children. Thread-safe."""

    def __init__(
        self, *, children: int, seconds: float, memory_bytes: int, queue: int, pixels: int, preload: tuple[str, ...]
    ) -> None:
        """Start ``children`` processes that import ``preload`` first.

        ``seconds`` bounds the wait for a child and, apart from that, the work of a job; ``memory_bytes`` each child;
        ``queue`` the number of jobs that wait; ``pixels`` the sum over the jobs that run (one alone may exceed it).
        """
        self.seconds = seconds
        self._queue, self._pixels = queue, pixels
        self._setup = Setup(preload, memory_bytes)
        self._changed = threading.Condition()
        self._waiting: deque[Ticket] = deque()
        self._running: set[Ticket] = set()
        self._children: dict[int, Child] = {}
        self._closed = False
        self._threads = [
            threading.Thread(target=self._serve, args=(number,), name=f"box-{number}", daemon=True)
            for number in range(children)
        ]
        for thread in self._threads:
            thread.start()

    def run(
        self,
        job: str,
        arguments: dict[str, Any],
        original: Original | None,
        *,
        others: Sequence[Original] = (),
        seconds: float | None = None,
        pixels: int = 0,
        cancelled: threading.Event | None = None,
    ) -> Reply:
        """Have a child run ``job`` and wait for the reply. Raises the job's fault or a ``BoxFault``.

        ``original`` is a path on this machine, or bytes; a job that needs more pictures is given the paths of
        ``others`` (at most 63) after it. ``pixels`` is the estimate that counts against the budget.
        Setting ``cancelled`` ends the job with ``BoxCancelled``.
        """
        ticket = self.submit(job, arguments, original, others=others, seconds=seconds, pixels=pixels)
        patience = time.monotonic() + self.seconds
        try:
            while not self._settled(ticket, LOOK_SECONDS if cancelled else self.seconds):
                if cancelled and cancelled.is_set():
                    self.cancel(ticket)
                if time.monotonic() >= patience:
                    self.give_up(ticket)
            return ticket.future.result()
        finally:
            self.cancel(ticket)  # of no effect unless an exception (a signal, say) broke the wait

    def submit(
        self,
        job: str,
        arguments: dict[str, Any],
        original: Original | None,
        *,
        others: Sequence[Original] = (),
        seconds: float | None = None,
        pixels: int = 0,
    ) -> Ticket:
        """Queue a job; its ``future`` will hold the reply. Raises ``BoxBusy``."""
        ticket = Ticket(job, arguments, original, seconds or self.seconds, pixels, others)
        with self._changed:
            if self._closed:
                raise BoxBusy("This server is stopping. Try again in a moment.")
            if len(self._waiting) >= self._queue:
                raise BoxBusy("Too many pictures are waiting to be worked on. Try again in a moment.")
            self._waiting.append(ticket)
            self._changed.notify()
        return ticket

    def cancel(self, ticket: Ticket) -> None:
        """Take a job out of the queue, or kill the child that does it. Nothing happens when it is done."""
        if self._take_back(ticket):
            ticket.future.set_exception(BoxCancelled("The job was cancelled."))
            return
        with self._changed:
            if ticket in self._running:
                ticket.cancelled = True
                if ticket.child:
                    ticket.child.kill()

    def give_up(self, ticket: Ticket) -> None:
        """End a job that still waits with ``BoxBusy``; one that runs goes on."""
        if self._take_back(ticket):
            ticket.future.set_exception(BoxBusy("No renderer was free in time. Try again in a moment."))

    def close(self) -> None:
        """End all jobs and children. Safe to repeat."""
        with self._changed:
            self._closed = True
            tickets = [*self._waiting, *self._running]
            self._changed.notify_all()
        for ticket in tickets:
            self.cancel(ticket)
        for thread in self._threads:
            thread.join(timeout=5)

    def forget(self) -> None:
        """In a forked process: let go of children that belong to the parent."""
        for child in self._children.values():
            child.forget()

    def pids(self) -> list[int]:
        """Process ids of the children that are up."""
        with self._changed:
            return [child.pid for child in self._children.values()]

    @property
    def closed(self) -> bool:
        """Whether it was closed; it takes no job any more."""
        return self._closed

    @staticmethod
    def _settled(ticket: Ticket, seconds: float) -> bool:
        try:
            ticket.future.exception(timeout=seconds)
        except TimeoutError:
            return False
        return True

    def _take_back(self, ticket: Ticket) -> bool:
        with self._changed:
            if ticket not in self._waiting:
                return False
            self._waiting.remove(ticket)
            self._changed.notify()
            return True

    # ── the thread of one child ──────────────────────────────────────────────────────────────────────────────────────

    def _serve(self, number: int) -> None:
        try:
            self._renew(number)
            while ticket := self._next():
                self._work(number, ticket)
                self._renew(number)
        finally:
            self._drop(number)

    def _next(self) -> Ticket | None:
        """The next job that the budget lets start; None when the box is closed."""
        with self._changed:
            while not self._closed:
                if self._waiting and self._fits(self._waiting[0]):
                    ticket = self._waiting.popleft()
                    self._running.add(ticket)
                    self._wake_another()
                    return ticket
                self._changed.wait()
        return None

    def _wake_another(self) -> None:
        """Only for work: a thread that wakes for nothing takes the interpreter from those that have some."""
        if self._waiting:
            self._changed.notify()

    def _fits(self, ticket: Ticket) -> bool:
        in_flight = sum(other.pixels for other in self._running)
        return not self._running or in_flight + ticket.pixels <= self._pixels

    def _work(self, number: int, ticket: Ticket) -> None:
        reply: Reply | None = None
        fault: BaseException | None = None
        try:
            reply = self._ask(number, ticket)
        except BaseException as error:
            fault = error
        with self._changed:
            self._running.discard(ticket)
            ticket.child = None
            self._wake_another()
        if ticket.cancelled:
            self._drop(number)  # it was killed, even if it may look alive for another moment
            ticket.future.set_exception(BoxCancelled("The job was cancelled."))
        elif reply is not None:
            ticket.future.set_result(reply)
        else:
            ticket.future.set_exception(fault)

    def _ask(self, number: int, ticket: Ticket) -> Reply:
        child = self._renew(number)
        with self._changed:
            ticket.child = child
            if child is None or ticket.cancelled:
                raise BoxDied("No child process could be started. The server's log says why.")
        try:
            return ticket.ask(child, time.monotonic() + ticket.seconds)
        except TimeoutError:
            self._drop(number)
            raise BoxTimeout(f"The job took longer than {ticket.seconds:g} seconds.") from None
        except (EOFError, OSError, ValueError, KeyError) as error:
            self._drop(number)
            raise BoxDied("The child process ended during the job.") from error

    def _renew(self, number: int) -> Child | None:
        """The child of this thread, a new one when it is gone, spent or has grown; None when none can be started."""
        child = self._children.get(number)
        if child and child.alive and not child.spent and child.resident < self._setup.memory_bytes * RECYCLE_SHARE:
            return child
        self._drop(number)
        if self._closed:
            return None
        try:
            child = Child(self._setup)
        except (EOFError, OSError, ValueError):
            logger.exception("a child process of the box did not start")
            time.sleep(RESTART_SECONDS)
            return None
        with self._changed:
            self._children[number] = child
        return child

    def _drop(self, number: int) -> None:
        with self._changed:
            child = self._children.pop(number, None)
        if child:
            child.end()
