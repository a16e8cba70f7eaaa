"""Child programs of ``make run``: started, watched, started again when they die, stopped together.

Every program leads a process group of its own, so that Ctrl-C reaches the supervisor alone and a stop reaches whatever
the program started in turn.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds before a dead program is started again
STEADY_SECONDS = 60.0  # after so long a life the next pause is the first one again
PATIENCE_SECONDS = 5.0  # between "please stop" and "stop"; a job that is cut short is done again
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass
class Program:
    """One child program and how its life went so far."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    again_at: float = field(default=0.0)

    def start(self) -> None:
        """Start it in a process group of its own."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - the command is made of our own words
            self.command,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - no threads run here
        )

    def exit_status(self) -> int | None:
        """How it ended: None while it runs, minus the signal's number when a signal ended it."""
        return self.process.poll() if self.process else None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the program and all that it started and that stayed in its group."""
        if self.process:
            try:
                os.killpg(self.process.pid, number)
            except (ProcessLookupError, PermissionError):
                return


def keep_running(programs: Sequence[Program], *, say: Callable[[str], None], stopping: Callable[[], bool]) -> None:
    """Start again, after a pause that grows, what dies; returns when ``stopping()`` says so."""
    while not stopping():
        for program in programs:
            _mend(program, say)
        time.sleep(0.1)


def stop(programs: Sequence[Program], *, hurry: Callable[[], bool]) -> None:
    """Ask everything to stop; what still runs after some seconds, or at once when ``hurry()``, is killed."""
    for program in programs:
        if program.process and program.exit_status() is None:
            # The leader tells its own children; a signal to all of them would look like a crash to it.
            program.process.terminate()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(_runs(program) for program in programs) and time.monotonic() < deadline and not hurry():
        time.sleep(0.05)
    for program in programs:
        program.signal(signal.SIGKILL)
        if program.process:
            program.process.wait()


def _mend(program: Program, say: Callable[[str], None]) -> None:
    status, now = program.exit_status(), time.monotonic()
    if status is None:
        return
    if not program.again_at:
        program.signal(signal.SIGKILL)
        program.pause = FIRST_PAUSE if now - program.started > STEADY_SECONDS else program.pause
        program.again_at = now + program.pause
        say(f"{program.name} ended ({how(status)}); starting it again in {program.pause:g} s")
        program.pause = min(program.pause * 2, LONGEST_PAUSE)
    elif now >= program.again_at:
        program.again_at = 0.0
        program.start()


def how(status: int) -> str:
    """An exit status in words: "exit status 3", "killed by SIGKILL"."""
    if status >= 0:
        return f"exit status {status}"
    return f"killed by {signal.Signals(-status).name}"


def _runs(program: Program) -> bool:
    return program.process is not None and program.exit_status() is None


def _die_with_parent() -> None:
    """In the child before it becomes the program: ask Linux for SIGTERM when the supervisor is no more."""
    if _libc:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
