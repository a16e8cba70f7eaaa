"""Conditions on metadata, as a query writes them: ``meta.status[eq]=a``, ``meta.size.w[gte:number]=100``.

A condition that cannot be understood fails the request: an unfiltered list must never be mistaken for a filtered one.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from images.errors import FieldInvalid

MOST = 5
DEEPEST = 5
LONGEST_FIELD = 100
MOST_VALUES = 10
PARAMETER = re.compile(r"meta\.([A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)\[([a-z:]+)\]", re.ASCII)
NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d{1,3})?", re.ASCII)
LONGEST_NUMBER = 40

# Operator as written → what is compared and as what. Without a kind, eq and in compare as text.
OPERATORS = {
    "eq": ("eq", "any"),
    "eq:string": ("eq", "string"),
    "eq:number": ("eq", "number"),
    "eq:boolean": ("eq", "boolean"),
    "in": ("in", "any"),
    "in:string": ("in", "string"),
    "in:number": ("in", "number"),
    **{f"{word}{kind}": (word, "number") for word in ("gt", "gte", "lt", "lte") for kind in ("", ":number")},
}


@dataclass(frozen=True)
class Condition:
    """``operation`` is eq, in, gt, gte, lt or lte; ``kind`` any, string, number or boolean."""

    path: tuple[str, ...]
    operation: str
    kind: str
    values: tuple[str | float, ...]


def is_condition(name: str) -> bool:
    """Whether a query parameter means metadata, well written or not."""
    return name == "meta" or name.startswith(("meta.", "meta["))


def parse(parameters: Iterable[tuple[str, str]]) -> list[Condition]:
    """The conditions in query parameters (name, value). Raises ``FieldInvalid``."""
    conditions = [_condition(name, value) for name, value in parameters if is_condition(name)]
    if len(conditions) > MOST:
        raise FieldInvalid(f"meta: at most {MOST} conditions, got {len(conditions)}")
    return conditions


def _condition(name: str, text: str) -> Condition:
    match = PARAMETER.fullmatch(name)
    if not match:
        raise FieldInvalid(f"{name[:120]}: expected meta.<field>[<operator>], fields of letters, digits, underscores")
    field, word = match[1], match[2]
    path = tuple(field.split("."))
    if len(path) > DEEPEST or len(field) > LONGEST_FIELD:
        raise FieldInvalid(f"{name[:120]}: a field has at most {DEEPEST} levels and {LONGEST_FIELD} characters")
    if word not in OPERATORS:
        raise FieldInvalid(f"{name[:120]}: unknown operator {word}; there are {', '.join(OPERATORS)}")
    operation, kind = OPERATORS[word]
    return Condition(path, operation, kind, _values(name, text, operation, kind))


def _values(name: str, text: str, operation: str, kind: str) -> tuple[str | float, ...]:
    texts = text.split("|") if operation == "in" else [text]
    if len(texts) > MOST_VALUES:
        raise FieldInvalid(f"{name[:120]}: at most {MOST_VALUES} values, got {len(texts)}")
    if "\0" in text:
        raise FieldInvalid(f"{name[:120]}: must not contain control characters")
    if kind == "number":
        return tuple(_number(name, part) for part in texts)
    if kind == "boolean" and text not in {"true", "false"}:
        raise FieldInvalid(f"{name[:120]}: expected true or false, got {text!r:.60}")
    return tuple(texts)


def _number(name: str, text: str) -> float:
    number = float(text) if len(text) <= LONGEST_NUMBER and NUMBER.fullmatch(text) else float("inf")
    if abs(number) == float("inf"):
        raise FieldInvalid(f"{name[:120]}: expected a number, got {text!r:.60}")
    return number
