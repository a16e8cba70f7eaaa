"""``make run``: the web server, the worker and what looks at pictures as children, from the first look at the port to
the last goodbye."""

import fcntl
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

from config.inference_start import inference, pull_once
from config.programs import Program, how, keep_running, stop

HOST = "127.0.0.1"
READY_SECONDS = 120.0


class CannotStart(Exception):
    """The platform cannot start; ``str()`` says what to do."""


class Interruptions:
    """Counts the wishes to stop: Ctrl-C, SIGTERM, a closed terminal. The second one is a wish to hurry."""

    def __init__(self) -> None:
        self.count = 0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)

    def _note(self, number: int, frame: Any) -> None:
        self.count += 1

    def stopping(self) -> bool:
        """Whether somebody wished to stop."""
        return self.count > 0

    def hurry(self) -> bool:
        """Whether somebody wished it twice."""
        return self.count > 1


def require_free_port(port: int) -> None:
    """Raise ``CannotStart`` when another program listens on ``port``."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            remedy = f"Stop that one, or choose another port: make run PORT={port + 1}"
            raise CannotStart(f"Port {port} is taken by another program. {remedy}") from None


@contextmanager
def sole_user(data_dir: Path) -> Iterator[None]:
    """Hold the data directory for this process: two workers on the same files would take each other's jobs."""
    with (data_dir / "serve.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            remedy = "Stop that one, or choose another place: make run DATA_DIR=…"
            raise CannotStart(f"Tintype runs already with the data in {data_dir}. {remedy}") from None
        yield


def environment() -> dict[str, str]:
    """What the programs get to know."""
    root = settings.BASE_DIR
    return {
        # Many small arenas would keep the memory of pictures that are long gone.
        "MALLOC_ARENA_MAX": "2",
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": f"{root}:{root / 'platform'}",
    }


def programs() -> tuple[Program, Program]:
    """The web server and the worker with its clock, as they are started here."""
    python = [sys.executable, "-m"]
    web = (
        *(*python, "granian", "--interface", "asgi", "--host", HOST, "--port", str(settings.PORT)),
        *("--workers", str(settings.WEB_WORKERS), "--respawn-failed-workers", "--log-level", "warning"),
        "config.asgi:application",
    )
    worker = (
        *(*python, "celery", "-A", "config", "-q", "worker", "-B", "--concurrency", "2", "--loglevel", "WARNING"),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    )
    return Program("The web server", web, environment()), Program("The worker", worker, environment())


def run(*, say: Callable[[str], None], welcome: Callable[[], str]) -> None:
    """Serve until somebody wishes to stop. ``welcome()`` is said when the platform answers."""
    interruptions = Interruptions()
    pull_once(environment(), say=say, stopping=interruptions.stopping)
    web, worker = programs()
    everything = [web, worker, *inference(environment(), say=say)]
    try:
        for program in everything:
            program.start()
        _wait_until_ready(web, interruptions)
        if not interruptions.stopping():
            say(welcome())
        keep_running(everything, say=say, stopping=interruptions.stopping)
        say("Stopping …")
    finally:
        stop(everything, hurry=interruptions.hurry)


def _wait_until_ready(web: Program, interruptions: Interruptions) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not interruptions.stopping() and not (answer := _health()).startswith("200"):
        status = web.exit_status()
        if status is not None:
            raise CannotStart(f"The web server did not start ({how(status)}). What it said is above.")
        if time.monotonic() > deadline:
            raise CannotStart(f"The web server is not ready after {READY_SECONDS:g} s: {answer}")
        time.sleep(0.1)


def _health() -> str:
    """The status of /healthz and what it says; "no answer" while nobody listens."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{settings.PORT}/healthz", timeout=10) as answer:  # noqa: S310
            return f"{answer.status}"
    except urllib.error.HTTPError as error:
        return f"{error.code} {error.read(2000).decode(errors='replace')}"
    except OSError:
        return "no answer"
