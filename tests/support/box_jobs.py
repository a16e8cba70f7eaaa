"""Jobs for the box that do what a hostile picture may make a decoder do. Children import this module."""

import ctypes
import os
import resource
import signal
import time
from pathlib import Path
from typing import Any

from images.errors import PictureTooLarge
from variants.errors import BadOption

Answer = tuple[dict[str, Any], bytes]


def nothing(arguments: dict[str, Any], original: str) -> Answer:
    return {}, b""


def echo(arguments: dict[str, Any], original: str) -> Answer:
    return {"arguments": arguments, "pid": os.getpid(), "path": original}, Path(original).read_bytes()


def echo_all(arguments: dict[str, Any], *originals: str) -> Answer:
    return {"sizes": [len(Path(one).read_bytes()) for one in originals]}, Path(originals[-1]).read_bytes()


def sleep(arguments: dict[str, Any], original: str) -> Answer:
    time.sleep(arguments["seconds"])
    return {"pid": os.getpid()}, b""


def big_answer(arguments: dict[str, Any], original: str) -> Answer:
    return {}, b"x" * arguments["bytes"]


def refuse(arguments: dict[str, Any], original: str) -> Answer:
    raise PictureTooLarge("The picture is 7 x 7.")


def refuse_option(arguments: dict[str, Any], original: str) -> Answer:
    raise BadOption("blur", "x", "a number")


def stumble(arguments: dict[str, Any], original: str) -> Answer:
    raise LookupError("no such thing")


def crash(arguments: dict[str, Any], original: str) -> Answer:
    os.kill(os.getpid(), signal.SIGSEGV)
    time.sleep(60)
    return {}, b""


def leave(arguments: dict[str, Any], original: str) -> Answer:
    os._exit(3)


def babble(arguments: dict[str, Any], original: str) -> Answer:
    """Speak another language than the parent's."""
    os.write(0, b"\xff" * 64)
    time.sleep(60)
    return {}, b""


def drip(arguments: dict[str, Any], original: str) -> Answer:
    """Answer a byte at a time: each comes in time, all together never do."""
    os.write(0, b"\0\0\0\x64\0\0\0\0\0\0\0\0")
    for _ in range(100):
        os.write(0, b" ")
        time.sleep(0.1)
    return {}, b""


def hoard(arguments: dict[str, Any], original: str) -> Answer:
    """Allocate as a C library does, and touch every page."""
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    taken = 0
    while taken < arguments["bytes"]:
        address = libc.malloc(ctypes.c_size_t(2**24))
        if not address:
            raise MemoryError(taken)
        ctypes.memset(address, 1, 2**24)
        taken += 2**24
    return {"taken": taken, "pid": os.getpid()}, b""


def surroundings(arguments: dict[str, Any], original: str) -> Answer:
    status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines())
    limits = {name: resource.getrlimit(getattr(resource, name))[0] for name in ("RLIMIT_FSIZE", "RLIMIT_CORE")}
    return {
        "environment": dict(os.environ),
        "descriptors": sorted(int(name) for name in os.listdir("/proc/self/fd")),
        "no_new_privs": status["NoNewPrivs"],
        "limits": limits,
    }, b""


def write_file(arguments: dict[str, Any], original: str) -> Answer:
    Path(arguments["path"]).write_bytes(b"x")
    return {}, b""
