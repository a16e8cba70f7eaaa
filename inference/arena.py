"""The memory in which networks compute on the CPU: one arena for all that this process has loaded.

It keeps what a run took for the next one, whichever network that is of: without it a tenth of the time of a large
network goes into page faults, and with one for each network they add up.
"""

from functools import cache

import numpy as np
import onnxruntime

from inference import memory

SHARED = ("session.use_env_allocators", "1")
"""The entry of a session's configuration that has it use the arena."""
IDENTITY = (
    b"\x08\x08\x12\x00:6\n\x10\n\x01x\x12\x01y\x22\x08Identity\x12\x00"
    b"Z\x0f\n\x01x\x12\n\n\x08\x08\x01\x12\x04\n\x02\x08\x01b\x0f\n\x01y\x12\n\n\x08\x08\x01\x12\x04\n\x02\x08\x01"
    b"B\x04\n\x00\x10\r"
)
"""An ONNX file: y = x, one float. An arena gives back what is free only at the end of a run."""


def share(options: onnxruntime.SessionOptions) -> None:
    """Have a session use the arena."""
    _register()
    options.enable_mem_pattern = False  # patterns are kept for every size of picture, in memory of their own
    options.add_session_config_entry(*SHARED)


def give_back() -> None:
    """Return to the system what no run and no network uses."""
    settings = onnxruntime.RunOptions()
    settings.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    _nothing().run(None, {"x": np.zeros(1, np.float32)}, settings)
    memory.give_back()


@cache
def _register() -> None:
    kind, place = onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, onnxruntime.OrtMemType.DEFAULT
    growth = onnxruntime.OrtArenaCfg(0, 0, -1, -1)  # no bound, and onnxruntime's own steps
    onnxruntime.create_and_register_allocator(onnxruntime.OrtMemoryInfo("Cpu", kind, 0, place), growth)


@cache
def _nothing() -> onnxruntime.InferenceSession:
    """A network that does nothing, in the arena."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    share(options)
    return onnxruntime.InferenceSession(IDENTITY, options, providers=["CPUExecutionProvider"])
