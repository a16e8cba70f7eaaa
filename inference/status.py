"""What the process says of itself: /health for people and programs, /metrics for Prometheus."""

from typing import Any

import onnxruntime

from inference import memory
from inference.errors import RowRefused
from inference.metrics import Counter, Gauge, Histogram, page
from inference.model import Model
from inference.models import MODELS, known
from inference.pool import Held, Pool
from inference.weights import is_here

BATCHES = (1, 2, 4, 8, 16, 32, 64)
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Status:
    """Counts requests and batches. All methods may be called from any thread."""

    def __init__(self) -> None:
        self._requests = Counter("inference_requests_total", "Requests answered.", ("model", "status"))
        self._seconds = Histogram("inference_request_seconds", "From a request's head to its answer.", "model", SECONDS)
        self._batches = Histogram("inference_batch_size", "Pictures that shared a run.", "model", BATCHES)
        self._runs = Histogram("inference_run_seconds", "Seconds of a run of the network.", "model", SECONDS)

    def request(self, model: str, status: int, seconds: float) -> None:
        """Note an answer to a request; ``model`` is empty where none was meant or known."""
        self._requests.add(model, str(status))
        self._seconds.add(model, seconds)

    def batch(self, model: str, pictures: int, seconds: float) -> None:
        """Note a run."""
        self._batches.add(model, pictures)
        self._runs.add(model, seconds)

    def health(self, pool: Pool) -> dict[str, Any]:
        """Models, providers, warnings."""
        held = pool.loaded()
        models, broken = _models(pool)
        return {
            "status": "ok",
            "warnings": [*pool.warnings(), *broken],
            "provider": {"asked": pool.tuning.provider, "available": onnxruntime.get_available_providers()},
            "memory": {"resident": memory.resident(), "models": sum(one.bytes for one in held.values())},
            "models": [_described(model, pool, held.get(model.name)) for model in models],
        }

    def metrics(self, pool: Pool) -> str:
        """The page that Prometheus fetches."""
        lanes = [({"model": name}, held) for name, held in pool.loaded().items()]
        here = [(label, held.lane.session) for label, held in lanes]
        used = [(label | {"provider": session.provider}, 1) for label, session in here if session]
        gauges = (
            Gauge("inference_queue", "Pictures looked at or waiting.", [(x, held.lane.inside) for x, held in lanes]),
            Gauge("inference_loaded", "Models in memory, and where they run.", used),
            Gauge("inference_model_bytes", "What models count for.", [(x, held.bytes) for x, held in lanes]),
            Gauge("inference_not_as_asked", "1: the CPU does a GPU's work.", [({}, bool(pool.warnings()))]),
            Gauge("process_resident_memory_bytes", "Resident memory.", [({}, memory.resident())]),
        )
        return page((self._requests, self._seconds, self._batches, self._runs, *gauges))


def _models(pool: Pool) -> tuple[list[Model], list[str]]:
    """All models that could be asked for; ours alone, and why, while the rows of the operator cannot be read."""
    try:
        return list(known(pool.folder).values()), []
    except RowRefused as fault:
        return list(MODELS.values()), [str(fault)]


def _described(model: Model, pool: Pool, held: Held | None) -> dict[str, Any]:
    about = {"name": model.name, "task": model.task, "identity": model.identity, "here": is_here(model, pool.folder)}
    if held is None:
        return about | {"loaded": False}
    lane, session = held.lane, held.lane.session
    more = {"provider": session.provider} if session else {}
    return about | {"loaded": session is not None, "waiting": lane.inside, "fault": str(lane.fault or "")} | more
