"""Values out of bodies and queries: read strictly, with a sentence for what is wrong."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from django.utils.dateparse import parse_datetime
from rest_framework.request import Request

from api.parsers import Fields
from images import focal, metadata
from images.errors import FieldInvalid
from images.text import is_plain

WORDS = {"true": True, "1": True, "false": False, "0": False}
WHOLE = re.compile(r"(-?\d{1,15})(\.0*)?", re.ASCII)
Data = Mapping[str, Any]


def data_of(request: Request) -> Data:
    """The body: ``Fields`` for forms, a ``dict`` for JSON. Raises ``ParseError``."""
    return cast(Data, request.data)


def image_fields(data: Data) -> dict[str, Any]:
    """What an upload may say of an image: keyword arguments of ``images.upload.receive``."""
    fields: dict[str, Any] = {"meta": meta_of(data), "creator": text_of(data, "creator")}
    fields["public_id"] = text_of(data, "id")
    fields["require_signed_urls"] = flag_of(data, "requireSignedURLs") or False
    fields["focal_point"] = point_of(data)
    return fields


def changed_fields(data: Data) -> dict[str, Any]:
    """The fields that a PATCH of an image names: keyword arguments of ``images.removal.change``."""
    fields: dict[str, Any] = {}
    if (meta := meta_of(data)) is not None:
        fields["meta"] = meta
    if "creator" in data:
        fields["creator"] = text_of(data, "creator")
    if (flag := flag_of(data, "requireSignedURLs")) is not None:
        fields["require_signed_urls"] = flag
    if focal.NAME in data:
        fields["focal_point"] = point_of(data)
    return fields


def meta_of(data: Data) -> dict[str, Any] | None:
    """The metadata, from a form or from JSON; None when there is none."""
    if isinstance(data, Fields):
        return metadata.from_fields((name, [value]) for name, value in data.pairs)
    value = data.get("metadata")
    if isinstance(value, str):
        return metadata.from_json(value)
    return None if value is None else metadata.check(value)


def text_of(data: Data, name: str) -> str | None:
    """The text of ``name``, None when it is absent or null."""
    if isinstance(data, Fields) and len(data.getlist(name)) > 1:
        raise FieldInvalid(f"{name}: send the field once")
    value = data.get(name)
    if value is not None and not isinstance(value, str):
        raise FieldInvalid(f"{name}: expected text, got {type(value).__name__}")
    return value


def flag_of(data: Data, name: str) -> bool | None:
    """true or false (in forms also 1 and 0, in any case), None when it is absent or null."""
    value = data.get(name)
    if value is None or isinstance(value, bool):
        return value
    flag = WORDS.get(value.strip().lower()) if isinstance(value, str) else None
    if flag is None:
        raise FieldInvalid(f"{name}: expected true or false, got {value!r:.60}")
    return flag


def point_of(data: Data) -> focal.Point | None:
    """The focal point: an object, in forms as text; None when it is absent or null."""
    if isinstance(data, Fields):
        text = text_of(data, focal.NAME)
        return None if text is None else focal.from_text(text)
    return focal.from_json(data.get(focal.NAME))


def time_of(data: Data, name: str) -> datetime | None:
    """A time in RFC 3339, None when it is absent."""
    text = text_of(data, name)
    if text is None:
        return None
    try:
        moment = parse_datetime(text.strip())
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise FieldInvalid(f"{name}: expected a time such as 2030-01-01T00:00:00Z, got {text!r:.60}")
    return moment


def query_number(request: Request, name: str, default: int, low: int, high: int) -> int:
    """A whole number of the query, moved into ``low`` … ``high``."""
    text = query_text(request, name)
    if text is None or text == "":
        return default
    match = WHOLE.fullmatch(text)
    if not match:
        raise FieldInvalid(f"{name}: expected a whole number, got {text!r:.60}")
    return max(low, min(int(match[1]), high))


def query_text(request: Request, name: str) -> str | None:
    """A text of the query, None when it is absent. Control characters are refused: no row holds any."""
    values = request.query_params.getlist(name)
    if len(values) > 1:
        raise FieldInvalid(f"{name}: give it once")
    if values and not is_plain(values[0]):
        raise FieldInvalid(f"{name}: must not contain control characters")
    return values[0] if values else None


def options_of(data: Data) -> Any:
    """The options of a variant: an object, or a list of objects."""
    value = data.get("options")
    if not isinstance(value, dict | list):
        raise FieldInvalid(f"options: expected an object or a list of objects, got {type(value).__name__}")
    return value
