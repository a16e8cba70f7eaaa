"""What a look costs: bare (prepare + session.run + interpret in this process) and through the service, side by side.

    python benchmarks/inference.py                 prints a table
    python benchmarks/inference.py --check         fails when the service with 8 clients takes more than 1.15 times bare
                                                   at batch 8, with one client more than bare + 1 ms, or when it grows
    python benchmarks/inference.py --provider cuda on a machine that has one
    python benchmarks/inference.py --save          keeps the table in benchmarks/results/

Both take turns, so that a noisy machine is noisy for both. Weights and photos come from ../shared unless said otherwise.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("VIPS_CONCURRENCY", "1")  # as in the service
ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402
import pyvips  # noqa: E402
from inference_server import InferenceServer, running  # noqa: E402

from inference.client import Remote  # noqa: E402
from inference.look import look  # noqa: E402
from inference.model import Model, Task  # noqa: E402
from inference.results import LONGEST, Picture  # noqa: E402
from inference.session import Session, Tuning, open_session  # noqa: E402
from inference.weights import choose, is_here, path_of  # noqa: E402

COUNTS = (1, 8, 32)
CLIENTS = 8
RATIO, OVER_MS, GROWTH = 1.15, 1.0, 1.05
CALLS = (200, 1000, 2000)


@dataclass
class Row:
    """Seconds of one kind of work, measured several times."""

    name: str
    seconds: list[float] = field(default_factory=list)

    def time(self, work: Callable[[], object]) -> None:
        """Do ``work`` once and note how long it took."""
        begun = time.perf_counter()
        work()
        self.seconds.append(time.perf_counter() - begun)

    @property
    def ms(self) -> float:
        """The median."""
        return statistics.median(self.seconds) * 1e3


@dataclass
class Bench:
    """Bare and served looks with one model at the same pictures."""

    model: Model
    session: Session
    remote: Remote
    server: InferenceServer

    def bare(self, pictures: Sequence[Picture], batch: int) -> None:
        """Look at ``pictures`` here, so many in one run."""
        for start in range(0, len(pictures), batch):
            look(self.model, self.session.run, pictures[start : start + batch])

    def served(self, pictures: Sequence[Picture], clients: ThreadPoolExecutor) -> None:
        """Look at them by way of the service."""
        list(clients.map(lambda picture: self.remote.look(self.model.name, picture), pictures))


def batches(bench: Bench, picture: Picture, rounds: int) -> list[Row]:
    """Bare: 1, 8 and 32 pictures in runs of 1, 8 and 32."""
    kinds = [(count, batch) for count in COUNTS for batch in COUNTS if batch <= count]
    rows = [Row(f"{count:2} pictures, batch {batch:2}") for count, batch in kinds]
    for _ in range(rounds):
        for row, (count, batch) in zip(rows, kinds, strict=True):
            row.time(lambda count=count, batch=batch: bench.bare([picture] * count, batch))
    return rows


def one_client(bench: Bench, picture: Picture, rounds: int) -> tuple[Row, Row]:
    """Bare and served, a picture at a time, in turns of changing order."""
    pair = Row("bare, one picture"), Row("served, one client")
    works = [lambda: bench.bare([picture], 1), lambda: bench.remote.look(bench.model.name, picture)]
    for turn in range(rounds):
        for which in (0, 1) if turn % 2 else (1, 0):
            pair[which].time(works[which])
    return pair


def many_clients(bench: Bench, picture: Picture, rounds: int) -> tuple[Row, Row]:
    """Bare at batch 8 and eight clients of the service, for as many pictures, in turns of changing order."""
    pair, pictures = (Row("bare, batch 8"), Row("served, 8 clients")), [picture] * (4 * CLIENTS)
    with ThreadPoolExecutor(CLIENTS) as clients:
        works = [lambda: bench.bare(pictures, CLIENTS), lambda: bench.served(pictures, clients)]
        for turn in range(rounds + 1):
            if turn == 1:
                pair = Row(pair[0].name), Row(pair[1].name)  # the first round only warmed everything
            for which in (0, 1) if turn % 2 else (1, 0):
                pair[which].time(works[which])
    return pair


def growth(bench: Bench, picture: Picture) -> dict[int, float]:
    """MiB (PSS) of the worker after so many calls with pictures of many sizes, when it is idle."""
    rng, found = np.random.default_rng(1), {}
    with ThreadPoolExecutor(4) as clients:
        for done, until in zip((0, *CALLS), CALLS, strict=False):
            sizes = rng.integers(200, min(picture.shape[:2]), (until - done, 2))
            bench.served([np.ascontiguousarray(picture[:height, :width]) for height, width in sizes], clients)
            found[until] = pss(bench.server.worker)
    return found


def pss(process: int) -> float:
    """MiB that a process takes, shared pages in proportion."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
