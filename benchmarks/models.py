"""How good models are, and how long they take, on a folder of photos that people labelled.

    python benchmarks/models.py                       the photos of shared/photos, every model that is in shared/models
    python benchmarks/models.py FOLDER                other photos: labels.json and masks/ beside them, see accuracy.py
    python benchmarks/models.py --models DIRECTORY    weights that lie elsewhere (--only NAME: some of them)
    python benchmarks/models.py --save                keeps the table in benchmarks/results/

Each photo is handed over as in delivery (at most 1024 pixels a side) and looked at alone; ms is the median over the
photos of prepare + run + interpret in this process, after one look that does not count. Precision and recall are those
of faces; IoU, Dice and accuracy those of masks cut at the half, the means over the photos with a mask. Models of other
tasks only show their time.
"""

import argparse
import os
import platform
import statistics
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]

import onnxruntime  # noqa: E402

from benchmarks.accuracy import Hits, Photo, cover, hits, mean, photos  # noqa: E402
from inference.look import look  # noqa: E402
from inference.model import Model  # noqa: E402
from inference.models import known  # noqa: E402
from inference.results import Mask, Result  # noqa: E402
from inference.session import PROVIDERS, Session, Tuning, open_session  # noqa: E402
from inference.weights import is_here, path_of  # noqa: E402

SHARED = ROOT.parent / "shared"
HEAD = (
    f"{'':<30}{'provider':<10}{'photos':>7}{'precision':>11}{'recall':>8}{'IoU':>8}{'Dice':>8}{'accuracy':>10}{'ms':>9}"
)


@dataclass(frozen=True)
class Row:
    """What a model did on all photos: results in their order, and milliseconds of each."""

    model: Model
    provider: str
    results: Sequence[Result]
    milliseconds: Sequence[float]

    def line(self, seen: Sequence[Photo]) -> str:
        """The row as text."""
        figures = {"faces": _faces, "mask": _masks}.get(self.model.task, _nothing)(self.results, seen)
        spent = statistics.median(self.milliseconds)
        return f"{self.model.name:<30}{self.provider:<10}{len(seen):>7}{figures}{spent:9.1f}"


def _faces(results: Sequence[Result], seen: Sequence[Photo]) -> str:
    judged = [hits(photo, found) for photo, found in zip(seen, results, strict=True) if photo.faces is not None]
    if not judged or not all(isinstance(found, tuple) for found in results):
        return _nothing(results, seen)
    total = sum(judged, Hits())
    return f"{total.precision:11.3f}{total.recall:8.3f}{'':>26}"


def _masks(results: Sequence[Result], seen: Sequence[Photo]) -> str:
    pairs = zip(seen, results, strict=True)
    covers = [cover(photo, mask) for photo, mask in pairs if photo.subject is not None and isinstance(mask, Mask)]
    if not covers:
        return _nothing(results, seen)
    figures = mean(covers)
    return f"{'':>19}{figures.iou:8.3f}{figures.dice:8.3f}{figures.accuracy:10.3f}"


def _nothing(results: Sequence[Result], seen: Sequence[Photo]) -> str:
    return f"{'':>45}"


def measured(model: Model, folder: Path, tuning: Tuning, seen: Sequence[Photo]) -> Row:
    """Every photo looked at alone."""
    session = open_session(path_of(model, folder), tuning)
    look(model, session.run, [seen[0].picture])
    results, milliseconds = [], []
    for photo in seen:
        begun = time.perf_counter()
        results += look(model, session.run, [photo.picture])
        milliseconds.append((time.perf_counter() - begun) * 1e3)
    return Row(model, _named(session), results, milliseconds)


def _named(session: Session) -> str:
    """The provider that ran, and a mark where it is not the one that was asked for."""
    return session.provider.removesuffix("ExecutionProvider") + ("" if session.as_asked else " (!)")


def rows(models: Iterable[Model], asked: argparse.Namespace, seen: Sequence[Photo]) -> Iterator[Row]:
    """Every model on every provider."""
    for model in models:
        for provider in asked.provider:
            yield measured(model, asked.models, Tuning(provider, asked.threads), seen)


def available() -> list[str]:
    """The providers that this onnxruntime has, TensorRT only when it is asked for (it builds for minutes)."""
    has = onnxruntime.get_available_providers()
    return [name for name, (first, *_) in PROVIDERS.items() if first in has and name != "tensorrt"]


def heading(asked: argparse.Namespace) -> str:
    """What it was measured on."""
    versions = f"Python {platform.python_version()} · onnxruntime {version('onnxruntime')} · threads {asked.threads}"
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    return f"{datetime.now(UTC):%Y-%m-%d} · {machine} · {versions} · {asked.folder.resolve().name}"


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=SHARED / "photos", help="photos, with labels or masks")
    parser.add_argument("--models", type=Path, default=SHARED / "models", help="the folder of weights")
    parser.add_argument("--only", nargs="+", default=[], help="names of models")
    parser.add_argument("--provider", nargs="+", choices=PROVIDERS, default=available())
    parser.add_argument("--threads", type=int, default=1, help="threads of a run, 0: one per core")
    parser.add_argument("--save", action="store_true", help="keep the table in benchmarks/results/")
    return parser.parse_args()


def main() -> None:
    """Print a line per model and provider."""
    asked = arguments()
    models = [model for model in known(asked.models).values() if is_here(model, asked.models)]
    models = [model for model in models if not asked.only or model.name in asked.only]
    seen = photos(asked.folder)
    if not models or not seen:
        sys.exit(f"there are {len(models)} models in {asked.models} and {len(seen)} photos in {asked.folder}")
    lines = [heading(asked), "", HEAD]
    print("\n".join(lines))
    for row in rows(models, asked, seen):
        lines.append(row.line(seen))
        print(lines[-1], flush=True)
    if asked.save:
        target = ROOT / "benchmarks" / "results" / f"models-{datetime.now(UTC):%Y-%m-%d}.txt"
        target.write_text("\n".join((*lines, "")), encoding="utf-8")


if __name__ == "__main__":
    main()
