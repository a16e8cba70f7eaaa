"""How much memory this process takes, and giving back what it does not need."""

import ctypes
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
QUIET_SECONDS = 5.0
CUDA = ("libcudart.so.13", "libcudart.so.12")

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def resident(process: int | str | None = "self") -> int:
    """Bytes of a process, by its number, that are in memory; 0 where the system does not say."""
    try:
        return int(Path(f"/proc/{process}/statm").read_bytes().split()[1]) * PAGE_BYTES
    except OSError:
        return 0


def give_back() -> None:
    """Return freed memory to the system, where the allocator is glibc's."""
    if _libc and hasattr(_libc, "malloc_trim"):
        _libc.malloc_trim(0)


def device_free() -> int | None:
    """Bytes that are free on the GPU (``cudaMemGetInfo``); None where no CUDA runtime can be asked."""
    for name in CUDA:
        try:
            runtime = ctypes.CDLL(name)
        except OSError:
            continue
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        if runtime.cudaMemGetInfo(ctypes.byref(free), ctypes.byref(total)) == 0:
            return free.value
    return None


class Tidy:
    """Has memory given back once it has been quiet for a while: what is kept makes the next run quicker."""

    def __init__(self, give_back: Callable[[], None]) -> None:
        self._give_back = give_back
        self._begun = threading.Event()
        self._last = 0.0
        threading.Thread(target=self._work, name="tidy", daemon=True).start()

    def later(self) -> None:
        """Something was done: give back what it took, but not at once."""
        self._last = time.monotonic()
        self._begun.set()

    def _work(self) -> None:
        while self._begun.wait():
            while (left := self._last + QUIET_SECONDS - time.monotonic()) > 0:
                time.sleep(left)
            self._begun.clear()
            self._give_back()
