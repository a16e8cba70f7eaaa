"""Counters and histograms, written as Prometheus reads them (text exposition format 0.0.4)."""

import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

Labels = tuple[str, ...]


class Counter:
    """Numbers that only grow, by labels."""

    kind = "counter"

    def __init__(self, name: str, text: str, labels: Labels) -> None:
        self.name, self.text, self._labels = name, text, labels
        self._values: defaultdict[Labels, float] = defaultdict(float)
        self._lock = threading.Lock()

    def add(self, *labels: str, value: float = 1) -> None:
        """Count ``value`` more."""
        with self._lock:
            self._values[labels] += value

    def lines(self) -> Iterator[str]:
        """The samples as text."""
        with self._lock:
            values = dict(self._values)
        for labels, value in values.items():
            yield sample(self.name, dict(zip(self._labels, labels, strict=True)), value)


class Histogram:
    """How often values fell below each of ``bounds``, by one label."""

    kind = "histogram"

    def __init__(self, name: str, text: str, label: str, bounds: Sequence[float]) -> None:
        self.name, self.text, self._label, self._bounds = name, text, label, tuple(bounds)
        self._counts: defaultdict[str, list[int]] = defaultdict(lambda: [0] * (len(self._bounds) + 1))
        self._sums: defaultdict[str, float] = defaultdict(float)
        self._lock = threading.Lock()

    def add(self, label: str, value: float) -> None:
        """Note ``value``."""
        with self._lock:
            self._counts[label][bisect_left(self._bounds, value)] += 1
            self._sums[label] += value

    def lines(self) -> Iterator[str]:
        """The samples as text: buckets that include the smaller ones, sum, count."""
        with self._lock:
            counts, sums = {label: list(row) for label, row in self._counts.items()}, dict(self._sums)
        for label, row in counts.items():
            below = 0
            for bound, count in zip((*self._bounds, float("inf")), row, strict=True):
                below += count
                edge = "+Inf" if bound == float("inf") else f"{bound:g}"
                yield sample(f"{self.name}_bucket", {self._label: label, "le": edge}, below)
            yield sample(f"{self.name}_sum", {self._label: label}, sums[label])
            yield sample(f"{self.name}_count", {self._label: label}, below)


class Gauge:
    """A value of this moment, by labels; made for one look."""

    kind = "gauge"

    def __init__(self, name: str, text: str, samples: Sequence[tuple[Mapping[str, str], float]]) -> None:
        self.name, self.text, self._samples = name, text, samples

    def lines(self) -> Iterator[str]:
        """The samples as text."""
        return (sample(self.name, labels, value) for labels, value in self._samples)


def sample(name: str, labels: Mapping[str, str], value: float) -> str:
    """One line: ``name{label="value"} 3``."""
    shown = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    return f"{name}{{{shown}}} {value:.10g}" if shown else f"{name} {value:.10g}"


def page(metrics: Sequence[Counter | Histogram | Gauge]) -> str:
    """All of them as one text."""
    lines = []
    for metric in metrics:
        lines += [f"# HELP {metric.name} {metric.text}", f"# TYPE {metric.name} {metric.kind}", *metric.lines()]
    return "\n".join((*lines, ""))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
