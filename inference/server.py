"""The process around the service: granian with one worker, which is replaced when it dies or grows too large."""

import ctypes
import logging
import os
import signal
import socket
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from inference.configuration import Configuration

ENVIRONMENT = {
    "VIPS_CONCURRENCY": "1",
    # Read once, when a program starts. Huge pages: every run takes and returns hundreds of megabytes.
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    # Threads with heaps of their own return memory after every run and fault it in again for the next.
    "MALLOC_ARENA_MAX": "1",
}
CONNECTIONS = 256
"""Open connections at most; each may hold one picture."""
BUFFER_BYTES = 4 * 2**20
"""A picture fits in: it is read in few steps."""
STOP_SECONDS = 10
SAMPLE_SECONDS = 10
PR_SET_PDEATHSIG = 1
LOGGING = {
    "root": {"handlers": ["console"], "level": "WARNING"},
    "formatters": {"generic": {"format": "[%(levelname)s] inference: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "generic", "stream": "ext://sys.stderr"}},
    "loggers": {
        "inference": {"level": "INFO"},
        "_granian": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}

log = logging.getLogger(__name__)


def serve(configuration: Configuration) -> None:
    """Listen until SIGTERM or SIGINT. Raises ``SystemExit`` when the address is taken."""
    set_environment(["-m", "inference", *sys.argv[1:]])
    if configuration.nice:
        os.nice(configuration.nice)
    if configuration.socket:
        _free(configuration.socket)
    if configuration.is_open:
        log.warning("anybody who reaches %s may ask: set INFERENCE_TOKEN", configuration.listen)
    _granian(configuration).serve(target_loader=partial(_worker, configuration), wrap_loader=False)


def _granian(configuration: Configuration) -> Any:
    on_tcp = not configuration.socket
    return Granian(
        "inference.service:application",
        address=configuration.host if on_tcp else "127.0.0.1",
        port=configuration.port if on_tcp else 0,
        uds=configuration.socket,
        uds_permissions=configuration.socket_mode,
        interface=Interfaces.RSGI,
        workers=1,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(max_buffer_size=BUFFER_BYTES),
        websockets=False,
        backpressure=CONNECTIONS,
        log_level=LogLevels.warning,
        log_dictconfig=LOGGING,
        respawn_failed_workers=True,
        workers_max_rss=-(-configuration.max_rss // 2**20) or None,
        rss_sample_interval=SAMPLE_SECONDS,
        workers_kill_timeout=STOP_SECONDS,
    )


def _worker(configuration: Configuration) -> Any:
    """In the worker: the service. Imported here, so that what watches over it stays small."""
    from inference.service import application

    _die_with_parent()
    return application(configuration)


def set_environment(arguments: Sequence[str]) -> None:
    """Start this program (Python with ``arguments``) anew when its allocator was not told how to behave."""
    if sys.platform == "linux" and not ENVIRONMENT.items() <= os.environ.items():
        os.execve(sys.executable, [sys.executable, *arguments], os.environ | ENVIRONMENT)  # noqa: S606


def _free(path: Path) -> None:
    """Remove the socket of a process that is no more. Raises ``SystemExit`` when one listens."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except FileNotFoundError:
            return
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
            return
    raise SystemExit(f"another process listens on {path}")


def _die_with_parent() -> None:
    """Ask Linux for SIGTERM when the parent is no more: a worker without one would keep its memory for ever."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
