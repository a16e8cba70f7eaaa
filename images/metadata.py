"""What a user notes about an image: a small JSON object, in any of the three ways in which clients send it.

``metadata={"a": {"b": 1}}`` is JSON; the SDKs write ``metadata.a.b=1`` (Python) or ``metadata[a][b]=1`` (Node).
"""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings

from images.errors import FieldInvalid
from images.text import is_plain

DEEPEST = 32
NAME = "metadata"
SEGMENT = re.compile(r"\.([^.\[]*)|\[([^\]]*)\]")
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?", re.ASCII)
MOST_DIGITS = 15
"""More digits than this do not survive in a 64-bit float: such text stays text."""

Fields = Iterable[tuple[str, Sequence[str]]]


def from_fields(fields: Fields) -> dict[str, Any] | None:
    """The metadata in form fields (name, values), None when there is none. Raises ``FieldInvalid``."""
    pairs = [(name, value) for name, values in fields for value in values if _is_ours(name)]
    whole = [value for name, value in pairs if name == NAME]
    if len(whole) > 1:
        raise FieldInvalid("metadata: send the field once")
    if whole:
        return from_json(whole[0])
    return check(_from_paths(pairs)) if pairs else None


def from_json(text: str) -> dict[str, Any]:
    """The object that ``text`` writes. Raises ``FieldInvalid``."""
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise FieldInvalid('metadata: expected a JSON object such as {"key": "value"}') from None
    return check(value)


def check(value: object) -> dict[str, Any]:
    """``value`` if it is metadata that can be kept: an object, small, not deep, without control characters in it."""
    if not isinstance(value, dict):
        raise FieldInvalid(f"metadata: expected a JSON object, got {type(value).__name__}")
    _check_inside(value, 1)
    size = len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
    if size > settings.MAX_META_BYTES:
        raise FieldInvalid(f"metadata: at most {settings.MAX_META_BYTES} bytes as compact JSON, got {size}")
    return value


def _is_ours(name: str) -> bool:
    return name == NAME or name.startswith((f"{NAME}.", f"{NAME}["))


def _refuse_constant(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def _check_inside(value: object, depth: int) -> None:
    if depth > DEEPEST:
        raise FieldInvalid(f"metadata: nest at most {DEEPEST} levels")
    if isinstance(value, dict):
        for key, part in value.items():
            _check_inside(key, depth)
            _check_inside(part, depth + 1)
    elif isinstance(value, list):
        for part in value:
            _check_inside(part, depth + 1)
    elif isinstance(value, str):
        _check_text(value)
    elif isinstance(value, int | float):
        _check_number(value)


def _check_text(text: str) -> None:
    # Line ends and tabs are part of a note; NUL and lone surrogates are what PostgreSQL's jsonb refuses.
    if not is_plain(re.sub(r"[\t\n\r]", "", text)):
        raise FieldInvalid("metadata: text must not contain control characters or halves of characters")


def _check_number(number: float) -> None:
    try:
        finite = abs(float(number)) != float("inf")
    except OverflowError:
        finite = False
    if not finite:
        raise FieldInvalid("metadata: numbers must fit a 64-bit float; send larger ones as text")


def _from_paths(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for name, text in pairs:
        path = _path(name)
        _put(root, path, _typed(text), name)
    return root


def _path(name: str) -> list[str | None]:
    """``metadata.l[]`` → ["l", None]: keys, and None for "append to the list"."""
    rest, path, place = name[len(NAME) :], list[str | None](), 0
    while place < len(rest):
        match = SEGMENT.match(rest, place)
        if not match or len(path) >= DEEPEST:
            raise FieldInvalid(f"{_short(name)}: expected metadata.key or metadata[key], at most {DEEPEST} levels")
        path.append(match[1] if match[1] is not None else (match[2] or None))
        place = match.end()
    return path


def _put(root: dict[str, Any], path: list[str | None], value: object, name: str) -> None:
    holder: Any = root
    for key, following in zip(path, path[1:], strict=False):
        holder = _step(holder, key, [] if following is None else {}, following, name)
    last = path[-1]
    if last is None and isinstance(holder, list):
        holder.append(value)
    elif last is not None and isinstance(holder, dict) and last not in holder:
        holder[last] = value
    else:
        raise FieldInvalid(f"{_short(name)}: does not fit the fields before it")


def _step(holder: Any, key: str | None, fresh: Any, following: str | None, name: str) -> Any:
    """One level down from ``holder``, made when it is not there."""
    if key is None and isinstance(holder, list):
        # metadata[l][][x]=1, metadata[l][][y]=2 fill one object; a key that comes again begins the next.
        if holder and following is not None and isinstance(holder[-1], dict) and following not in holder[-1]:
            return holder[-1]
        holder.append(fresh)
        return fresh
    if key is not None and isinstance(holder, dict):
        return holder.setdefault(key, fresh)
    raise FieldInvalid(f"{_short(name)}: does not fit the fields before it")


def _typed(text: str) -> bool | int | float | str:
    if text in {"true", "false"}:
        return text == "true"
    match = NUMBER.fullmatch(text)
    if not match or sum(char.isdigit() for char in text) > MOST_DIGITS:
        return text
    return float(text) if match[2] else int(text)


def _short(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:60]}…"
