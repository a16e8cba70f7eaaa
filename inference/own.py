"""Models that an operator adds or changes: rows of ``models.json`` in the folder of weights, read and written.

The file is a list of objects. ``name``, ``architecture``, ``file`` and ``sha256`` (or ``md5``) must be there, the
others of ``ALLOWED`` may; they are those of ``Weights``.
"""

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from inference.errors import RowRefused
from inference.model import Weights

FILE = "models.json"
LONGEST_SIDE = 2048
NEEDED = frozenset({"name", "architecture", "file"})
SUMS = frozenset({"sha256", "md5"})
SCORES = ("threshold", "doubtful", "overlap")
ALLOWED = NEEDED | SUMS | {"size", "licence", "url", "labels", "longest", "further", "note", *SCORES}
FORMS = {
    "name": r"[\w.-]{1,64}",
    "file": r"\w[\w.-]{0,99}",
    "sha256": r"[0-9a-f]{64}",
    "md5": r"[0-9a-f]{32}",
    "url": r"(https?://\S+)?",
}
TEXTS = (*FORMS, "architecture", "licence", "note")
Row = tuple[str, Weights]
"""The name of the architecture, and the weights."""


def rows(folder: Path) -> tuple[Row, ...]:
    """The rows of the file in ``folder``; none where there is no file. Raises ``RowRefused``."""
    try:
        stat = (folder / FILE).stat()
    except OSError:
        return ()
    return _read(folder / FILE, stat.st_mtime_ns, stat.st_size)


def keep(folder: Path, architecture: str, weights: Weights) -> None:
    """Put a row into the file, in place of one of the same name. Raises ``RowRefused`` when the file is broken."""
    kept = [one for one in rows(folder) if one[1].name != weights.name]
    text = json.dumps([_written(*one) for one in (*kept, (architecture, weights))], indent=2)
    draft = folder / f".{FILE}.new"
    draft.write_text(f"{text}\n", encoding="utf-8")
    draft.replace(folder / FILE)


def checked(row: object) -> Row:
    """A row, when it says what can be. Raises ``RowRefused``."""
    if not isinstance(row, Mapping) or not NEEDED <= set(row) <= ALLOWED or not SUMS & set(row):
        needed, more = _listed(NEEDED | {"sha256"}), _listed(ALLOWED - NEEDED - {"sha256"})
        raise RowRefused(f"{FILE}: a row needs {needed}, may have {more}; got {row}")
    try:
        _check(row)
        values = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
        del values["architecture"]
        return str(row["architecture"]), Weights(**{"sha256": "", "licence": "", "size": 0, "tried": False} | values)
    except (TypeError, ValueError) as fault:
        raise RowRefused(f"{FILE}: {row.get('name')}: {fault}") from None


@lru_cache(maxsize=16)
def _read(path: Path, changed: int, size: int) -> tuple[Row, ...]:
    """The rows of one state of the file."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise RowRefused(f"{FILE} cannot be read: {fault}") from None
    if not isinstance(found, list):
        raise RowRefused(f"{FILE} is not a list of models")
    return tuple(checked(row) for row in found)


def _check(row: Mapping[str, Any]) -> None:
    """Raise ``ValueError`` for what no model can have."""
    for key in TEXTS:
        if not isinstance(row.get(key, ""), str):
            raise ValueError(f"{key} is text")
    for key, form in FORMS.items():
        if key in row and not re.fullmatch(form, row[key], re.ASCII):
            raise ValueError(f"{key} cannot be {row[key]!r}")
    _between("size", row.get("size", 0), 0, sys.maxsize)
    for side in (row.get("longest", 640), *row.get("further", ())):
        _between("a side", side, 32, LONGEST_SIDE)
    for key in SCORES:
        _between(key, row.get(key, 0.5), 0, 1)
    labels = row.get("labels", [])
    if not isinstance(labels, list | tuple) or not all(isinstance(label, str) for label in labels):
        raise ValueError("labels are texts in a list")


def _between(name: str, value: Any, low: float, high: float) -> None:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not low <= value <= high
        or (high > 1 and not isinstance(value, int))
    ):
        raise ValueError(f"{name} is a number from {low} to {high}, not {value!r}")


def _written(architecture: str, weights: Weights) -> dict[str, Any]:
    """A row as it stands in the file: what is as it is by itself is left out."""
    plain = asdict(Weights(name="", file="", sha256="", size=0, licence=""))
    values = {key: value for key, value in asdict(weights).items() if key in ALLOWED and value != plain[key]}
    return {"architecture": architecture, **values}


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))
