"""What a look costs: bare (prepare + session.run + interpret in this process) and through the service, side by side.

    python benchmarks/service.py                 prints tables
    python benchmarks/service.py --check         fails when the service at batch 8 takes more than 1.15 times bare at
                                                   batch 8, for one client 1 ms more than bare, or when it grows
    python benchmarks/service.py --provider cuda on a machine that has one
    python benchmarks/service.py --save          keeps the tables in benchmarks/results/

Both take turns, so that a noisy machine is noisy for both. CPU is that of all processes that take part. The worker's
and this process' allocators are told the same (``inference.server``).
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from inference.server import set_environment  # noqa: E402

set_environment([str(Path(__file__)), *sys.argv[1:]])  # before anything is allocated

import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402
import pyvips  # noqa: E402
from inference_server import InferenceServer, running  # noqa: E402

from inference.client import Remote  # noqa: E402
from inference.look import look  # noqa: E402
from inference.model import Model  # noqa: E402
from inference.models import find  # noqa: E402
from inference.results import LONGEST, Picture  # noqa: E402
from inference.session import Session, Tuning, open_session  # noqa: E402
from inference.weights import choose, is_here, path_of  # noqa: E402

QUICKEST = "yunet-n"
"""Measured besides the defaults for faces and masks."""
SHARED = ROOT.parent / "shared"
PHOTO = "coco_000000000785.jpg"
COUNTS, CLIENTS = (1, 8, 32), 8
RATIO, OVER_MS, GROWTH = 1.15, 1.0, 1.1
CALLS, STEP = 2000, 200


@dataclass
class Row:
    """Seconds of one kind of work, measured several times, and of the CPU that it took."""

    name: str
    pictures: int = 1
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def time(self, work: Callable[[], object], processes: Sequence[int]) -> None:
        """Do ``work`` once and note how long it took; ``processes`` are those that take part."""
        before, begun = sum(map(cpu_of, processes)), time.perf_counter()
        work()
        self.seconds.append((time.perf_counter() - begun) / self.pictures)
        self.cpu.append((sum(map(cpu_of, processes)) - before) / self.pictures)

    @property
    def ms(self) -> float:
        """The median."""
        return statistics.median(self.seconds) * 1e3

    @property
    def cpu_ms(self) -> float:
        """The median of CPU."""
        return statistics.median(self.cpu) * 1e3

    def line(self) -> str:
        """The row as text."""
        quick = sorted(self.seconds)[len(self.seconds) // 10] * 1e3
        return f"  {self.name:<28}{self.ms:10.2f}{quick:10.2f}{self.cpu_ms:10.2f}{len(self.seconds):7}"


def cpu_of(process: int) -> float:
    """Seconds that all threads of a process have run."""
    seconds = 0.0
    for task in Path(f"/proc/{process}/task").iterdir():
        with suppress(OSError):  # a thread may end meanwhile
            seconds += int((task / "schedstat").read_text().split()[0]) / 1e9
    return seconds


def pss(process: int) -> float:
    """MiB that a process takes, shared pages in proportion."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


@dataclass
class Bench:
    """One model, here and in the service."""

    model: Model
    session: Session
    server: InferenceServer
    remote: Remote
    picture: Picture

    def bare(self, count: int, batch: int) -> None:
        """Look so often here, so many in one run."""
        for start in range(0, count, batch):
            look(self.model, self.session.run, [self.picture] * min(batch, count - start))

    def served(self, clients: ThreadPoolExecutor, pictures: Sequence[Picture]) -> None:
        """Look by way of the service."""
        list(clients.map(lambda picture: self.remote.look(self.model.name, picture), pictures))

    def batches(self, rounds: int) -> list[Row]:
        """Bare: 1, 8 and 32 pictures in runs of 1, 8 and 32."""
        kinds = [(count, batch) for count in COUNTS for batch in COUNTS if batch <= count]
        rows = [Row(f"bare, {count:2} in runs of {batch:2}", count) for count, batch in kinds]
        works = [lambda count=count, batch=batch: self.bare(count, batch) for count, batch in kinds]
        return in_turns(rows, works, rounds, [os.getpid()])

    def one_client(self, rounds: int) -> list[Row]:
        """Bare and served, a picture at a time."""
        works = [lambda: self.bare(1, 1), lambda: self.remote.look(self.model.name, self.picture)]
        return in_turns([Row("bare"), Row("served, 1 client")], works, rounds, [os.getpid(), self.server.worker])

    def many_clients(self, rounds: int) -> list[Row]:
        """Bare at batch 8, and eight clients of the service, for as many pictures."""
        count = 4 * CLIENTS
        rows = [Row("bare, in runs of 8", count), Row("served, 8 clients", count)]
        with ThreadPoolExecutor(CLIENTS) as clients:
            works = [lambda: self.bare(count, CLIENTS), lambda: self.served(clients, [self.picture] * count)]
            return in_turns(rows, works, rounds, [os.getpid(), self.server.worker])

    def growth(self) -> dict[int, float]:
        """MiB of the worker after so many calls with pictures of many sizes."""
        rng, found = np.random.default_rng(1), {}
        height, width = self.picture.shape[:2]
        with ThreadPoolExecutor(4) as clients:
            for until in range(STEP, CALLS + 1, STEP):
                corners = rng.integers((height // 4, width // 4), (height, width), (STEP, 2))
                self.served(clients, [np.ascontiguousarray(self.picture[:y, :x]) for y, x in corners])
                found[until] = pss(self.server.worker)
        return found


def in_turns(rows: list[Row], works: list[Callable[[], object]], rounds: int, processes: list[int]) -> list[Row]:
    """Time each work once a round, after one round that only warms, in changing order."""
    for work in works:
        work()
    for turn in range(rounds):
        for row, work in list(zip(rows, works, strict=True))[:: 1 if turn % 2 else -1]:
            row.time(work, processes)
    return rows


@dataclass
class Report:
    """Lines to print, and what must hold."""

    lines: list[str] = field(default_factory=list)
    verdicts: list[tuple[bool, str]] = field(default_factory=list)

    def say(self, *lines: str) -> None:
        """Print, and keep."""
        print(*lines, sep="\n", flush=True)
        self.lines += lines

    def judge(self, holds: bool, text: str) -> None:
        """Note whether something holds that must."""
        self.verdicts.append((holds, text))


def rounds(bench: Bench, quick: bool) -> Callable[[int, int, int], int]:
    """How often to measure what looks at so many pictures: as often as some seconds allow, within bounds."""
    bench.bare(1, 1)
    begun = time.perf_counter()
    bench.bare(3, 1)
    each, seconds = (time.perf_counter() - begun) / 3, 10 if quick else 60
    return lambda pictures, low, high: max(low, min(high, int(seconds / (each * pictures))))


def measure(report: Report, bench: Bench, quick: bool) -> None:
    """All of one model."""
    often = rounds(bench, quick)
    name, (height, width) = bench.model.name, bench.picture.shape[:2]
    report.say("", f"{name} ({bench.model.task}), a picture of {width}x{height}, {bench.session.provider}")
    report.say(f"  {'ms per picture':<28}{'median':>10}{'10th %':>10}{'CPU':>10}{'n':>7}")
    report.say(*(row.line() for row in bench.batches(often(120, 2, 5))))
    bare, served = bench.one_client(often(2, 20, 300))
    report.say(bare.line(), served.line())
    over, cpu = served.ms - bare.ms, served.cpu_ms - bare.cpu_ms
    report.judge(over <= OVER_MS, f"{name}: one client takes {over:+.2f} ms, {cpu:+.2f} of CPU (at most {OVER_MS:g})")
    bare, served = bench.many_clients(often(64, 3, 15))
    report.say(bare.line(), served.line())
    ratio = served.ms / bare.ms
    report.judge(ratio <= RATIO, f"{name}: eight clients take {ratio:.2f} times bare at batch 8 (at most {RATIO})")


def remember(report: Report, bench: Bench) -> None:
    """Whether the worker stays as large as it is."""
    found = bench.growth()
    told = ", ".join(f"{mebibytes:.0f}" for mebibytes in found.values())
    report.say("", f"{bench.model.name}, many sizes, 4 clients: MiB (PSS) of the worker every {STEP} calls: {told}")
    growth = found[CALLS] / found[CALLS // 2]
    report.judge(growth <= GROWTH, f"the worker grows {growth:.2f} times from call {CALLS // 2} on (at most {GROWTH})")


def heading(asked: argparse.Namespace) -> str:
    """What it was measured on."""
    model = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), ":")
    machine = f"{os.cpu_count()} cores ({model.split(':')[1].strip()}), load {os.getloadavg()[0]:.1f}"
    return (
        f"{datetime.now(UTC):%Y-%m-%d} · {machine} · onnxruntime {onnxruntime.__version__}, {asked.provider} asked for"
    )


def run(asked: argparse.Namespace) -> Report:
    """Measure what is here."""
    report = Report()
    report.say(heading(asked))
    photo = pyvips.Image.thumbnail(str(asked.photo), asked.longest, height=asked.longest)
    picture = np.ascontiguousarray(photo.numpy()[:, :, :3])
    wanted = (choose("faces", asked.models), find(QUICKEST, asked.models), choose("mask", asked.models))
    here = [model for model in wanted if is_here(model, asked.models)]
    with ExitStack() as stack:
        server = stack.enter_context(running(asked.models, "--provider", asked.provider, "--batch", str(CLIENTS)))
        sessions = [open_session(path_of(model, asked.models), Tuning(asked.provider)) for model in here]
        benches = [Bench(*one, server, Remote([server.url]), picture) for one in zip(here, sessions, strict=True)]
        for bench in benches:
            measure(report, bench, asked.quick)
        for bench in benches[:1]:
            remember(report, bench)
    report.say("", *(f"{'good' if holds else 'BAD '}  {text}" for holds, text in report.verdicts))
    return report


def main() -> None:
    """Measure, print, and as asked keep and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--provider", choices=("cpu", "cuda", "tensorrt"), default="cpu")
    parser.add_argument("--models", type=Path, default=SHARED / "models", help="the folder of weights")
    parser.add_argument("--photo", type=Path, default=SHARED / "photos" / PHOTO)
    parser.add_argument("--longest", type=int, default=640, help=f"pixels of its long side, at most {LONGEST}")
    parser.add_argument("--quick", action="store_true", help="few rounds")
    parser.add_argument("--check", action="store_true", help="exit status 1 when something is BAD")
    parser.add_argument("--save", action="store_true", help="keep the tables in benchmarks/results/")
    asked = parser.parse_args()
    report = run(asked)
    if asked.save:
        file = ROOT / "benchmarks" / "results" / f"inference-{datetime.now(UTC):%Y-%m-%d}.txt"
        file.write_text("\n".join((*report.lines, "")))
    if asked.check and not all(holds for holds, _ in report.verdicts):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
