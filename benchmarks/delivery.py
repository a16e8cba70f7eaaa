"""What an empty answer, a 304, a hit and a miss cost, side by side, and the bare libvips call for the same work.

    python benchmarks/delivery.py            prints a table
    python benchmarks/delivery.py --check    fails when a miss costs more than the bare call + 3 ms, one around known
                                             faces more than another + 1 ms, or a hit more than 3 times an empty
                                             answer of the same server
    python benchmarks/delivery.py --ratios   the same, but what a miss costs more is counted in empty answers, so
                                             that it means the same on every machine: at most 30
    python benchmarks/delivery.py --save     keeps the table in benchmarks/results/

All kinds take turns, so that a noisy machine is noisy for all of them. CPU is that of the server's worker process,
read from /proc; the render children are not in it. Latency is seen by a client with one open connection.
"""

import argparse
import contextlib
import os
import platform
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

os.environ["VIPS_CONCURRENCY"] = "1"  # as in a render child
ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform"), str(ROOT / "tests" / "support"), str(ROOT / "benchmarks")]

import pyvips  # noqa: E402
from platform_server import Platform, Server  # noqa: E402

from variants.encoders import ENCODERS  # noqa: E402
from variants.encoders.encoder import DEFAULT_QUALITY  # noqa: E402
from variants.limits import Limits  # noqa: E402
from variants.notation import url  # noqa: E402

ROUNDS, QUICK, SLOW = 10, 300, 4
# 2.5 ms where an empty answer takes 0.083 ms: both are made of Python and of waking threads.
MISS_RATIO = 30.0
MISS_MS, FACE_MS, HIT_RATIO, AIM_US = 3.0, 1.0, 3.0, 150
# Somebody has looked at the original already: a note of one face lies beside its renditions.
SEEN = """
import sys
from images.models import Image
from images.storage import storage
from inference.results import Detection
from variants import lookers, notes, sight
from variants.facts import of_image
image = Image.objects.get(public_id=sys.argv[1])
note = notes.written((Detection(300, 200, 400, 320, 0.9, "face"),), 1024, 768)
look = lookers.look("", "faces", needed=False)
storage().put(sight.key_of(image.account_id, of_image(image), look), note, sight.MIME)
"""


@dataclass
class Row:
    """The measurements of one kind of answer: seconds per request, seconds of CPU of the worker and of its children."""

    name: str
    latency: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    rendering: list[float] = field(default_factory=list)

    def line(self) -> str:
        """The row as text."""
        p50, p95 = statistics.median(self.latency), sorted(self.latency)[int(len(self.latency) * 0.95)]
        cpu = f"{statistics.median(self.cpu) * 1e6:9.0f}" if self.cpu else "        –"
        return f"{self.name:<34}{cpu}{p50 * 1e3:12.3f}{p95 * 1e3:12.3f}{len(self.latency):9}"


class Client:
    """One open connection; sends prepared bytes and reads one answer."""

    def __init__(self, server: Server) -> None:
        self.socket = socket.create_connection(("127.0.0.1", server.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and head of the answer; its body is read to the end."""
        self.socket.sendall(request)
        data = self.socket.recv(262144)
        head, _, body = data.partition(b"\r\n\r\n")
        status = int(head[9:12])
        missing = 0 if status == 304 else _length(head) - len(body)
        while missing > 0:
            missing -= len(self.socket.recv(missing))
        return status, head


def _length(head: bytes) -> int:
    return int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])


def request(path: str, *headers: str) -> bytes:
    """A GET as a browser sends it."""
    lines = ("Host: 127.0.0.1", "Accept: image/avif,image/webp,*/*;q=0.8", "User-Agent: Mozilla/5.0", *headers)
    return "\r\n".join((f"GET {path} HTTP/1.1", *lines, "", "")).encode()


def worker_of(server: Server) -> int:
    """The process id of a server's only worker."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    return max(map(int, children), key=lambda pid: len(list(Path(f"/proc/{pid}/task").iterdir())))


def cpu_of(pid: int) -> float:
    """Seconds that all threads of a process have run."""
    seconds = 0.0
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):  # a thread may end meanwhile
            seconds += int((task / "schedstat").read_text().split()[0]) / 1e9
    return seconds


def children_of(pid: int) -> list[int]:
    """The render children of a worker."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def timed(row: Row, times: int, work: Callable[[int], object], pid: int | None) -> None:
    """Do ``work`` some times and note what it cost."""
    before, children = (cpu_of(pid), children_of(pid)) if pid else (0.0, [])
    rendering = sum(map(cpu_of, children))
    for number in range(times):
        begun = time.perf_counter()
        work(number)
        row.latency.append(time.perf_counter() - begun)
    if pid:
        row.cpu.append((cpu_of(pid) - before) / times)
        row.rendering.append((sum(map(cpu_of, children)) - rendering) / times)


def expect(answer: tuple[int, bytes], status: int, text: bytes = b"") -> None:
    """Stop when an answer is of another kind than the one to be measured."""
    if answer[0] != status or text not in answer[1]:
        raise SystemExit(f"expected {status} {text!r}, got {answer}")


def bare(original: Path, width: int) -> bytes:
    """The same picture by one libvips call and the same encoder, without a platform around it."""
    image = pyvips.Image.thumbnail(str(original), width, height=width * 3 // 4, crop="centre")
    return ENCODERS["jpeg"].save(image, url.parse(_options(width)).chain[0], Limits(), DEFAULT_QUALITY)


def _options(width: int) -> str:
    return f"w={width},h={width * 3 // 4},fit=cover,format=jpeg"


def measure(instance: Platform, original: Path) -> list[Row]:
    """The rows: empty, 304, hit, miss, miss around known faces, bare."""
    server = instance.start(entry="entry:application", LOG_LEVEL="WARNING")
    image_id = instance.upload(original)
    instance.run(SEEN, image_id)
    base = f"/{instance.facts['account_hash']}/{image_id}"
    client, pid = Client(server), worker_of(server)
    warm = f"{base}/{_options(320)}"
    etag = client.ask(request(warm))[1].partition(b"etag: ")[2].partition(b"\r\n")[0].decode()
    empty, fresh, hit = request("/empty"), request(warm, f"If-None-Match: {etag}"), request(warm)
    names = ("empty answer", "304", "hit (from memory)", "miss", "miss around known faces", "bare libvips call")
    rows = [Row(name) for name in names]
    for turn in range(ROUNDS + 1):
        if turn == 1:
            rows = [Row(row.name) for row in rows]  # the first round only warmed everything
        timed(rows[0], QUICK, lambda _: expect(client.ask(empty), 200), pid)
        timed(rows[1], QUICK, lambda _: expect(client.ask(fresh), 304), pid)
        timed(rows[2], QUICK, lambda _: expect(client.ask(hit), 200, b"HIT"), pid)
        for number in range(SLOW):
            width = 330 + turn * SLOW + number
            cold = [(rows[3], request(f"{base}/{_options(width)}"))]
            cold.append((rows[4], request(f"{base}/{_options(width)},gravity=face")))
            for row, sent in cold if number % 2 else reversed(cold):
                timed(row, 1, lambda _, sent=sent: expect(client.ask(sent), 200, b"MISS"), pid)
                # Meanwhile the server puts the picture away.
                timed(rows[5], 1, lambda _, width=width: bare(original, width), None)
    return rows


def verdicts(rows: list[Row]) -> list[tuple[bool, str]]:
    """What must hold, and whether it does."""
    empty, fresh, hit, miss, faces, plain = rows
    cpu = {row.name: statistics.median(row.cpu) * 1e6 for row in (empty, fresh, hit)}
    over = (statistics.median(miss.latency) - statistics.median(plain.latency)) * 1e3
    # By what is computed: a millisecond is less than latencies of the same render differ by.
    whole = [[sum(both) for both in zip(row.cpu, row.rendering, strict=True)] for row in (faces, miss)]
    around = statistics.median(one - other for one, other in zip(*whole, strict=True)) * 1e3
    ratio = cpu[hit.name] / cpu[empty.name]
    return [
        (over <= MISS_MS, f"a miss costs {over:.2f} ms more than the bare call (at most {MISS_MS:g})"),
        (around <= FACE_MS, f"a cut-out around known faces costs {around:.2f} ms of CPU more (at most {FACE_MS:g})"),
        (ratio <= HIT_RATIO, f"a hit costs {ratio:.2f} times the CPU of an empty answer (at most {HIT_RATIO:g})"),
    ]


def ratio_of_a_miss(rows: list[Row]) -> tuple[bool, str]:
    """The first of the verdicts, as a ratio."""
    empty, miss, plain = (statistics.median(rows[at].latency) for at in (0, 3, 5))
    ratio = (miss - plain) / empty
    return (
        ratio <= MISS_RATIO,
        f"a miss costs {ratio:.1f} empty answers more than bare (at most {MISS_RATIO:g})",
    )


def table(rows: list[Row], original: Path) -> str:
    """The result as text, with what it was measured on."""
    model = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), ":").split(
        ":"
    )
    versions = " · ".join(f"{name} {version(name)}" for name in ("granian", "django", "pyvips-binary"))
    picture = pyvips.Image.new_from_file(str(original))
    machine = f"{os.cpu_count()} cores ({model[1].strip()}), load {os.getloadavg()[0]:.1f}"
    return "\n".join(
        (
            f"{datetime.now(UTC):%Y-%m-%d} · {machine}",
            f"Python {platform.python_version()} · {versions}",
            f"original: {picture.width}x{picture.height} {picture.get('vips-loader')}, to 4:3 about 340 wide, JPEG",
            "",
            f"{'':<34}{'CPU µs':>9}{'p50 ms':>12}{'p95 ms':>12}{'requests':>9}",
            *(row.line() for row in rows),
            "",
            *(f"{'ok  ' if good else 'FAIL'} {text}" for good, text in verdicts(rows)),
            *(f"{row.name}: aim {AIM_US} µs of CPU, is {statistics.median(row.cpu) * 1e6:.0f}" for row in rows[1:3]),
        )
    )


def drawn(folder: Path) -> Path:
    """A picture with detail everywhere, as large as a telephone's."""
    file = folder / "original.jpg"
    waves = pyvips.Image.sines(4000, 3000, hfreq=40, vfreq=30) * 60 + pyvips.Image.gaussnoise(4000, 3000, sigma=20)
    image = (waves + 128).bandjoin([waves + 100, waves + 80]).cast("uchar").copy(interpretation="srgb")
    image.write_to_file(f"{file}[Q=90]")
    return file


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="fail when a limit is broken")
    parser.add_argument("--ratios", action="store_true", help="fail when a limit that is a ratio is broken")
    parser.add_argument("--save", action="store_true", help="keep the table in benchmarks/results/")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        original = drawn(Path(folder))
        instance = Platform(Path(folder) / "data", PYTHONPATH=":".join(sys.path[:4]), FACE_MODEL="yunet-n")
        try:
            rows = measure(instance, original)
        finally:
            instance.stop()
        text = table(rows, original)
    print(text)
    if asked.save:
        (ROOT / "benchmarks" / "results" / f"delivery-{datetime.now(UTC):%Y-%m-%d}.txt").write_text(text + "\n")
    if asked.ratios:
        print(ratio_of_a_miss(rows)[1])
    held = [good for good, _ in verdicts(rows)]
    if asked.check and not all(held) or asked.ratios and not (ratio_of_a_miss(rows)[0] and all(held[1:])):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
