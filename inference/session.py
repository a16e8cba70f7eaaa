"""A network that is loaded: an onnxruntime session, how it is tuned, and whether it runs where it was asked to."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from inference import arena
from inference.errors import ModelMissing, WeightsDamaged
from inference.model import Array

PROVIDERS = {
    "cpu": ("CPUExecutionProvider",),
    "cuda": ("CUDAExecutionProvider", "CPUExecutionProvider"),
    "tensorrt": ("TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"),
}
"""What an operator calls them → as onnxruntime knows them, the preferred first."""
TYPES = {"tensor(float16)": np.float16, "tensor(uint8)": np.uint8, "tensor(double)": np.float64}
"""What a network takes, where that is not float32."""
ON_CPU = "CPUExecutionProvider"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tuning:
    """How sessions are made. ``threads`` of one run, 0: one per core; ``memory`` in bytes that a network may take on a
    GPU, 0: all; ``engines``: the folder where TensorRT keeps what it built, which takes it minutes.
    """

    provider: str = "cpu"
    threads: int = 0
    memory: int = 0
    engines: Path | None = None


def ready(provider: str) -> str:
    """Make ready for ``provider``. A sentence when this onnxruntime has none, else nothing."""
    if provider != "cpu":
        onnxruntime.preload_dlls()  # CUDA and cuDNN that were installed as Python packages
    if PROVIDERS[provider][0] in onnxruntime.get_available_providers():
        return ""
    has = ", ".join(onnxruntime.get_available_providers())
    return f"{provider} was asked for, but this onnxruntime ({onnxruntime.__version__}) has only {has}: the CPU is used"


class Session:
    """A loaded network. ``run`` may be called from any thread."""

    def __init__(self, network: onnxruntime.InferenceSession, asked: str) -> None:
        self._network = network
        entrance = network.get_inputs()[0]
        self._entrance: str = entrance.name
        self._type = TYPES.get(entrance.type, np.float32)
        self._exits = [exit_.name for exit_ in network.get_outputs()]
        self.most: int | None = entrance.shape[0] if isinstance(entrance.shape[0], int) else None
        self._device = "cpu" if self.provider == ON_CPU else "cuda"
        self.asked = asked

    @property
    def provider(self) -> str:
        """The provider that is used: the first of those that onnxruntime says it has."""
        return str(self._network.get_providers()[0])

    @property
    def as_asked(self) -> bool:
        """Whether the provider is the one that was asked for."""
        return self.provider == PROVIDERS[self.asked][0]

    def run(self, batch: NDArray[Any], outputs: int = 0) -> dict[str, Array]:
        """The outputs by name, each with the batch axis of ``batch`` (n first); only the first ``outputs`` unless 0.

        A network that was exported for one picture at a time is run once per picture.
        """
        names = self._exits[:outputs] if outputs else self._exits
        batch = batch.astype(self._type, copy=False)
        if self.most != 1 or len(batch) == 1:
            return dict(zip(names, self._once(names, batch), strict=True))
        rows = [self._once(names, one[None]) for one in batch]
        return {name: np.concatenate(parts) for name, parts in zip(names, zip(*rows, strict=True), strict=True)}

    def _once(self, names: Sequence[str], batch: NDArray[Any]) -> list[Array]:
        """One run. A GPU gets the batch in one copy, and gives back only the outputs that are wanted."""
        binding = self._network.io_binding()
        binding.bind_cpu_input(self._entrance, np.ascontiguousarray(batch))
        for name in names:
            binding.bind_output(name, self._device)
        self._network.run_with_iobinding(binding)
        found = binding.copy_outputs_to_cpu()
        return [values.astype(np.float32) if values.dtype == np.float16 else values for values in found]


def open_session(path: Path, tuning: Tuning = Tuning()) -> Session:  # noqa: B008 - it cannot be changed
    """The network of the file at ``path``. Where the provider that was asked for is missing or fails, the CPU is used
    and a warning logged: look at ``as_asked``.

    Raises ``ModelMissing`` when there is no file, ``WeightsDamaged`` when it is no network.
    """
    if not path.is_file():
        raise ModelMissing(f"there are no weights at {path}")
    try:
        network = onnxruntime.InferenceSession(path, _options(tuning), providers=_providers(tuning))
    except Exception as fault:  # onnxruntime raises classes of its own that share nothing but Exception
        raise WeightsDamaged(f"{path.name} is no network that onnxruntime can load: {fault}") from fault
    session = Session(network, tuning.provider)
    if not session.as_asked:
        log.warning("%s: %s was asked for, %s is used", path.name, PROVIDERS[tuning.provider][0], session.provider)
    return session


def _options(tuning: Tuning) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = tuning.threads
    options.log_severity_level = 3
    arena.share(options)
    # Threads that wait by spinning take the cores from whoever shares this machine, and twice the CPU seconds.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def _providers(tuning: Tuning) -> list[Any]:
    here = onnxruntime.get_available_providers()
    return [(name, _settings(name, tuning)) for name in PROVIDERS[tuning.provider] if name in here]


def _settings(provider: str, tuning: Tuning) -> dict[str, str]:
    """Settings of a provider, as onnxruntime's pages on execution providers describe them."""
    if provider == "CUDAExecutionProvider":
        # Trying every algorithm for each new shape takes seconds; growing by what is needed keeps memory small.
        settings = {"arena_extend_strategy": "kSameAsRequested", "cudnn_conv_algo_search": "HEURISTIC"}
        return settings | ({"gpu_mem_limit": str(tuning.memory)} if tuning.memory else {})
    if provider == "TensorrtExecutionProvider":
        return {"trt_fp16_enable": "1"} | _engines(tuning.engines)
    return {}


def _engines(folder: Path | None) -> dict[str, str]:
    """Keep what TensorRT builds, where that can be written."""
    if folder is None:
        return {}
    try:
        folder.mkdir(exist_ok=True)
    except OSError as fault:
        log.warning("TensorRT's engines cannot be kept and are built anew at each start: %s", fault)
        return {}
    return {"trt_engine_cache_enable": "1", "trt_engine_cache_path": str(folder)}
