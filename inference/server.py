"""The processes of the service: one that keeps a worker running, and the worker, which listens."""

import ctypes
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from inference.configuration import Configuration
from inference.keeper import keep

ENVIRONMENT = {
    "VIPS_CONCURRENCY": str(min(4, os.cpu_count() or 1)),  # more hardly help a picture of a megapixel
    # Read once, when a program starts. Huge pages: every run takes and returns hundreds of megabytes.
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    # Threads with heaps of their own return memory after every run and fault it in again for the next.
    "MALLOC_ARENA_MAX": "1",
}
BACKLOG = 1024
PR_SET_PDEATHSIG = 1

log = logging.getLogger(__name__)


def serve(configuration: Configuration) -> None:
    """Listen until SIGTERM or SIGINT. Raises ``SystemExit`` when the address is taken."""
    set_environment(["-m", "inference", *sys.argv[1:]])
    logging.basicConfig(format="[%(levelname)s] inference: %(message)s", level=logging.WARNING)
    logging.getLogger("inference").setLevel(logging.INFO)
    if configuration.nice:
        os.nice(configuration.nice)
    if configuration.is_open:
        log.warning("anybody who reaches %s may ask: set INFERENCE_TOKEN", configuration.listen)
    with _listening(configuration) as listening:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _leave)
        keep(partial(_work, configuration, listening), configuration.max_rss)


def _leave(number: int, frame: object) -> None:
    raise SystemExit(0)


def _work(configuration: Configuration, listening: socket.socket, ready: Callable[[], None]) -> None:
    """In the worker: answer until SIGTERM. Imported here, so that what watches over it stays small."""
    _die_with_parent()
    from inference.listener import Server
    from inference.service import service_of

    server = Server(listening, service_of(configuration))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; whoever keeps this process decides
    signal.signal(signal.SIGTERM, lambda number, frame: threading.Thread(target=server.shutdown).start())
    ready()
    server.serve_forever()
    server.finish()


def set_environment(arguments: Sequence[str]) -> None:
    """Start this program (Python with ``arguments``) anew when its allocator was not told how to behave."""
    if sys.platform == "linux" and not ENVIRONMENT.items() <= os.environ.items():
        os.execve(sys.executable, [sys.executable, *arguments], os.environ | ENVIRONMENT)  # noqa: S606


def _listening(configuration: Configuration) -> socket.socket:
    """The socket that is listened on. Raises ``SystemExit`` when another process has it."""
    try:
        if configuration.socket:
            return _on_path(configuration.socket, configuration.socket_mode)
        family = socket.AF_INET6 if ":" in configuration.host else socket.AF_INET
        return socket.create_server((configuration.host, configuration.port), family=family, backlog=BACKLOG)
    except OSError as fault:
        raise SystemExit(f"cannot listen on {configuration.listen}: {fault}") from None


def _on_path(path: Path, mode: int) -> socket.socket:
    _free(path)
    listening = socket.socket(socket.AF_UNIX)
    before = os.umask(0o777 & ~mode)
    try:
        listening.bind(str(path))
    finally:
        os.umask(before)
    listening.listen(BACKLOG)
    return listening


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
