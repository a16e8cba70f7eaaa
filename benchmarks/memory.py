"""How much memory delivery and its render children hold after many renders: the proportional set size, from /proc.

    python benchmarks/memory.py            prints a table after 200, 1,000 and 2,000 renders
    python benchmarks/memory.py --check    fails when delivery holds more than 150 MiB, or a child more than 200
    python benchmarks/memory.py --save     keeps the table in benchmarks/results/

Every render is of another size, in three formats by turns, of an original of 12 megapixels; every second one is cut
around known faces. What looks at pictures is measured by benchmarks/service.py.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "benchmarks")]

from delivery import SEEN, Client, children_of, drawn, expect, request, worker_of  # noqa: E402
from platform_server import Platform  # noqa: E402

STOPS = (200, 1000, 2000)
FORMATS = ("jpeg", "webp", "avif")
DELIVERY_MIB, CHILD_MIB = 150.0, 200.0
Row = tuple[int, float, list[float]]


def held(pid: int) -> float:
    """MiB of a process; what it shares with others is counted in parts."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


def wanted(number: int) -> str:
    """The options of one render: no two are the same."""
    width = 40 + number % 400
    cut = f"w={width},h={width * 2 // 3 + number // 400},fit=cover"
    around = ",gravity=face" if number % 2 else ""
    return f"{cut}{around},format={FORMATS[number % len(FORMATS)]}"


def measure(instance: Platform, original: Path) -> Iterator[Row]:
    """Renders so far, MiB of the delivery process, and of each child."""
    server = instance.start(entry="entry:application", LOG_LEVEL="WARNING")
    image_id = instance.upload(original)
    instance.run(SEEN, image_id)
    client, pid = Client(server), worker_of(server)
    for number in range(max(STOPS)):
        path = f"/{instance.facts['account_hash']}/{image_id}/{wanted(number)}"
        expect(client.ask(request(path)), 200, b"MISS")
        if number + 1 in STOPS:
            yield number + 1, held(pid), [held(child) for child in children_of(pid)]


def table(rows: list[Row]) -> str:
    """The result as text."""
    head = f"{datetime.now(UTC):%Y-%m-%d} · {os.cpu_count()} cores · Python {sys.version.split()[0]} · PSS in MiB"
    lines = (
        f"{count:>8}{delivery:>12.1f}   {'  '.join(f'{child:.1f}' for child in children)}"
        for count, delivery, children in rows
    )
    return "\n".join((head, "", f"{'renders':>8}{'delivery':>12}   children", *lines))


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="fail when a limit is broken")
    parser.add_argument("--save", action="store_true", help="keep the table in benchmarks/results/")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        instance = Platform(Path(folder) / "data", PYTHONPATH=":".join(sys.path[:5]), FACE_MODEL="yunet-n")
        try:
            rows = list(measure(instance, drawn(Path(folder))))
        finally:
            instance.stop()
    text = table(rows)
    print(text)
    if asked.save:
        (ROOT / "benchmarks" / "results" / f"memory-{datetime.now(UTC):%Y-%m-%d}.txt").write_text(text + "\n")
    _, delivery, children = rows[-1]
    if asked.check and (delivery > DELIVERY_MIB or max(children) > CHILD_MIB):
        raise SystemExit(f"more than {DELIVERY_MIB:g} MiB in delivery, or than {CHILD_MIB:g} in a child")


if __name__ == "__main__":
    main()
