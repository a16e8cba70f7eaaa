"""How much memory this process takes, and giving back what it does not need."""

import ctypes
import os
import sys
from pathlib import Path

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
CUDA = ("libcudart.so.13", "libcudart.so.12")

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def resident() -> int:
    """Bytes of this process that are in memory; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[1]) * PAGE_BYTES
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
