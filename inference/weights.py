"""Files of weights: where they are, whether they are what they should be, and which model a task gets to use."""

import hashlib
import shutil
import time
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from inference import own
from inference.errors import ModelMissing, ModelUnknown, WeightsDamaged
from inference.model import Model, Task, Weights
from inference.models import MODELS, PREFERRED, SMALL, find, known, made

FRESH_SECONDS = 2.0
"""So long a look at the disk is remembered."""


def path_of(model: Model, folder: Path) -> Path:
    """Where the file of ``model`` is, or would be."""
    return folder / model.weights.file


def is_here(model: Model, folder: Path) -> bool:
    """Whether the file is there and as long as it should be; what is in it says ``verify``. Seconds old at most."""
    found = _length(path_of(model, folder), int(time.monotonic() / FRESH_SECONDS))
    return found is not None and model.weights.size in (0, found)


def choose(task: Task, folder: Path, wanted: str = "") -> Model:
    """The model that ``task`` uses: ``wanted`` by name; else the first of ``PREFERRED`` whose file is here; else any
    whose file is here; else the first preferred. Raises ``ModelUnknown`` for a name that is unknown or is for another
    task, ``RowRefused``.
    """
    if wanted:
        return _doing(task, find(wanted, folder))
    models = known(folder)
    order = [models[name] for name in PREFERRED[task]]
    others = [model for model in models.values() if model.task == task and model not in order]
    return next((model for model in (*order, *others) if is_here(model, folder)), order[0])


def verify(model: Model, folder: Path) -> None:
    """Read the whole file. Raises ``ModelMissing`` where there is none, ``WeightsDamaged`` for a wrong checksum."""
    path = path_of(model, folder)
    if not path.is_file():
        raise ModelMissing(f"the weights of {model.name} are not here: {path}")
    if not _matches(model.weights, path):
        raise WeightsDamaged(f"{path} is not what its checksum says; pull {model.name} again")


def pull(model: Model, folder: Path, mirror: str = "", progress: bool = True) -> Path:
    """Get the file of ``model`` unless it is here, from ``mirror`` (a directory or the beginning of a URL) or from the
    address of its row, and check it; an interrupted download goes on where it stopped. ``progress`` draws a bar.

    Raises ``ModelMissing`` when it cannot be had there, ``WeightsDamaged`` when something else came.
    """
    from inference.download import fetch  # delivery chooses models but pulls none: it does without what this loads

    folder.mkdir(parents=True, exist_ok=True)
    fetch(model.weights, folder, source_of(model.weights, mirror), progress)
    _length.cache_clear()
    return path_of(model, folder)


def source_of(weights: Weights, mirror: str = "") -> str:
    """Where the file can be had: a path or a URL; empty: nowhere. A mirror holds files by the names of the rows."""
    if mirror.startswith(("http://", "https://")):
        return f"{mirror.rstrip('/')}/{weights.file}"
    if not mirror:
        return weights.url
    path = Path(mirror).expanduser() / weights.file
    return str(path) if path.is_file() else ""


def small(mirror: str = "") -> list[Model]:
    """What a new installation pulls: a few megabytes, from ``mirror`` or from where it is public."""
    rows = [[MODELS[name] for name in names if source_of(MODELS[name].weights, mirror)] for names in SMALL]
    return [row[0] for row in rows if row]


def add(file: Path, folder: Path, row: Mapping[str, Any] | None = None) -> Model:
    """Put a file of weights into ``folder``: one whose checksum is known, or with ``row`` a model of the operator's.

    ``row`` is as in ``models.json`` without file and sha256. Raises ``ModelUnknown`` when the file is no known one and
    there is no row, ``RowRefused``, ``ModelMissing`` when there is no such file.
    """
    if not file.is_file():
        raise ModelMissing(f"there is no file {file}")
    folder.mkdir(parents=True, exist_ok=True)
    if row is None:
        return _placed(file, folder, _recognised(file, folder))
    full = {"file": f"{row.get('name')}.onnx", **row, "sha256": _checksum(file, "sha256"), "size": file.stat().st_size}
    model = _placed(file, folder, made(*own.checked(full)))
    keep(model, folder)
    return model


def keep(model: Model, folder: Path) -> None:
    """Write the row of ``model`` into ``models.json``: the model of that name from now on. Raises ``RowRefused``."""
    own.keep(folder, model.architecture.name, model.weights)


def _placed(file: Path, folder: Path, model: Model) -> Model:
    """``model``, whose file is a copy of ``file`` from now on."""
    draft = folder / f".{model.weights.file}.new"
    shutil.copyfile(file, draft)
    draft.replace(path_of(model, folder))
    _length.cache_clear()
    return model


def _recognised(file: Path, folder: Path) -> Model:
    for model in known(folder).values():
        if _matches(model.weights, file):
            return model
    raise ModelUnknown(f"{file} is none of the known files; say its name and architecture")


def _doing(task: Task, model: Model) -> Model:
    if model.task != task:
        raise ModelUnknown(f"{model.name} is for {model.task}, not for {task}")
    return model


@lru_cache(maxsize=256)
def _length(path: Path, moment: int) -> int | None:
    """Bytes of the file, None where there is none; ``moment`` lets the answer grow old."""
    try:
        return path.stat().st_size
    except OSError:
        return None


def _matches(weights: Weights, path: Path) -> bool:
    kind, wanted = ("sha256", weights.sha256) if weights.sha256 else ("md5", weights.md5)
    return bool(wanted) and _checksum(path, kind) == wanted


def _checksum(path: Path, kind: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, kind).hexdigest()
