"""Names of what can be detected: ``face``, and the classes of the object model, which an operator may choose.

So any label is taken here, and one that no model knows finds nothing. Labels are compared in small letters.
"""

import re
from collections.abc import Iterable
from typing import Literal
from urllib.parse import quote

FACE, ALL = "face", "all"
MOST = 100
LABEL = re.compile(r"[^\W_][\w .'+-]{0,49}")


def label_of(value: object) -> str:
    """A label in small letters. Raises ``ValueError``."""
    label = value.strip().lower() if isinstance(value, str) else ""
    if not LABEL.fullmatch(label):
        raise ValueError(value)
    return label


def labels_of(values: Iterable[object]) -> tuple[str, ...]:
    """Labels in the order of the alphabet, each once; at least one. Raises ``ValueError``."""
    labels = [label_of(value) for value in values]
    if not 0 < len(set(labels)) == len(labels) <= MOST:
        raise ValueError(labels)
    return tuple(sorted(labels))


def in_url(label: str) -> str:
    """A label as a URL holds it."""
    return quote(label, safe="")


def sought(labels: Iterable[str]) -> frozenset[Literal["faces", "objects"]]:
    """What must be looked for to find these: faces are a model of their own, and ``all`` are all objects."""
    return frozenset("faces" if label == FACE else "objects" for label in labels)


def schema() -> dict[str, object]:
    """A list of labels."""
    label = {"type": "string", "minLength": 1, "maxLength": 50}
    return {"type": "array", "items": label, "minItems": 1, "maxItems": MOST, "uniqueItems": True}
