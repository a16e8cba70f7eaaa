"""A child of the box: does one job after the other on bytes that strangers sent, and nothing else.

``python -m images.box_child <JSON>`` with a socket as standard input. It gives up what it can before the first job:
it cannot write a file, gain rights, leave a core dump or take more memory than allowed, and the kernel kills it when
its parent dies. No Django here: a child has no settings, no secrets and no database.
"""

import ctypes
import importlib
import json
import os
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from images import box_spent, box_wire

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
OPEN_FILES = 64 + 2 * box_wire.MOST_DESCRIPTORS  # each may be opened once more while it is read
NICENESS = 5
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
PLAIN = (str, int, float, bool, type(None))

# Takes arguments and the paths of one or more originals.
Job = Callable[..., tuple[dict[str, Any], bytes]]


def main(setup: dict[str, Any]) -> None:
    """Serve jobs from standard input until the parent closes it. ``setup``: parent, preload, memory_bytes."""
    _die_with(setup["parent"])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server; it stops its children itself
    for module in setup["preload"]:
        importlib.import_module(module)
    _give_up_rights(setup["memory_bytes"])
    with socket.socket(fileno=0) as link:
        box_wire.send(link, {"ready": True})
        while _serve(link):
            pass


def _serve(link: socket.socket) -> bool:
    """One job; False when the parent is gone."""
    try:
        request, _, descriptors = box_wire.receive(link)
    except EOFError:
        return False
    try:
        header, body = _do(request, _paths(request["originals"], descriptors))
    finally:
        for descriptor in descriptors:
            os.close(descriptor)
    box_wire.send(link, header | {"resident": _resident_bytes(), "spent": box_spent.is_spent()}, body)
    return True


def _paths(originals: list[str | None], descriptors: list[int]) -> list[str]:
    """Where the originals can be opened: those without a path of their own came as descriptors, in this order."""
    here = iter(descriptors)
    return [f"/proc/self/fd/{next(here)}" if path is None else path for path in originals]


def _do(request: dict[str, Any], originals: list[str]) -> tuple[dict[str, Any], bytes]:
    try:
        facts, body = _function(request["job"])(request["arguments"], *originals)
        return {"facts": facts}, body
    except Exception as error:
        return _described(error), b""


def _function(name: str) -> Job:
    module, _, function = name.partition(":")
    job: Job = getattr(importlib.import_module(module), function)
    return job


def _described(error: Exception) -> dict[str, Any]:
    """What the parent needs to raise ``error`` again: its class by name, its sentence, its plain attributes."""
    kind = type(error)
    return {
        "fault": f"{kind.__module__}:{kind.__qualname__}",
        "text": str(error)[:1000],
        "details": {name: value for name, value in vars(error).items() if isinstance(value, PLAIN)},
        "trace": "".join(traceback.format_exception(error))[-8000:],
    }


def _die_with(parent: int) -> None:
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the parent is gone already")


def _give_up_rights(memory_bytes: int) -> None:
    """Set limits that hold for good.

    Memory is bounded by RLIMIT_DATA, which counts private writable memory: what libvips and the codecs allocate. Not by
    RLIMIT_AS, which also counts address space that nothing backs (mapped libraries and files, arenas and stacks
    reserved by threads), so that a bound that protects would refuse small jobs. Nor by watching the resident size: that
    comes after the fact, and between two looks a decoder can allocate gigabytes.
    """
    for kind, limit in (
        (resource.RLIMIT_DATA, memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
    ):
        resource.setrlimit(kind, (limit, limit))
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    os.nice(NICENESS)  # when cores are short, answering from the cache comes before rendering


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl {option}")


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_bytes().split()[1]) * PAGE_BYTES


if __name__ == "__main__":
    # When the kernel runs out of memory, a child is to go, not the server.
    Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
    main(json.loads(sys.argv[1]))
