"""Bodies as clients send them: forms with a file, urlencoded, JSON with or without the right content type.

``request.data`` is a ``Fields`` for forms and a ``dict`` for JSON.
"""

import json
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import QueryDict
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, DataAndFiles
from rest_framework.request import Request

from api.errors import NotAForm
from images import filenames
from images.errors import FieldInvalid, FileMissing

LONGEST = 2**18
"""Bytes of a body that is no form with files: settings, options, metadata."""

NAMELESS = "\0"
"""Stands for a file name of which nothing is left; Django would drop the file without one."""


class FormParser(BaseParser):
    """``multipart/form-data`` of any length, also one that consists of the closing delimiter only."""

    media_type = "multipart/form-data"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """Fields and files. Raises ``ParseError``."""
        request = parser_context["request"]
        meta = {**request.META, "CONTENT_TYPE": media_type}
        try:
            return DataAndFiles(*_Parser(meta, stream, [_ToDisk(request)], "utf-8").parse())
        except (MultiPartParserError, SuspiciousOperation, BadRequest, ValueError, LookupError) as error:
            raise ParseError(f"The form cannot be read: {error}") from None


class Fields(QueryDict):
    """Form fields that also know the order in which they came; a dictionary keeps it within one name only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.pairs: list[tuple[str, str]] = []
        super().__init__(*args, **kwargs)

    def appendlist(self, key: str | bytes, value: Any) -> None:
        """Add one field."""
        self.pairs.append((str(key), str(value)))
        super().appendlist(key, value)

    def copy(self) -> "Fields":
        """The same fields in the same order, to be changed."""
        made = cast(Fields, super().copy())
        made.pairs = list(self.pairs)
        return made


class _Parser(MultiPartParser):
    """Django's parser, but fields keep their order, and file names are cleaned as images.filenames says.

    (Django would unescape HTML in them.)
    """

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, Fields(mutable=True) if name == "_post" else value)

    def sanitize_file_name(self, file_name: str) -> str:
        return filenames.clean(file_name) or NAMELESS


class _ToDisk(TemporaryFileUploadHandler):
    """Writes files to temporary ones whose names have nothing of the name that was sent."""

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        super().new_file(field_name, "upload", *args, **kwargs)
        self.file.sent_name = file_name  # type: ignore[attr-defined]


class LooseParser(BaseParser):
    """Everything else: an object in JSON if it begins like one, else urlencoded. Empty is an empty object."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """A ``dict`` or ``Fields``. Raises ``ParseError``."""
        try:
            text = _read(stream).decode().strip()
            if not text:
                return {}
            if text.startswith("{") or "json" in (media_type or "").lower():
                return _object(json.loads(text, parse_constant=_refuse))
            return Fields(text)
        except RequestDataTooBig:
            raise
        except (ValueError, RecursionError, SuspiciousOperation):
            raise ParseError("The body cannot be read; send an object in JSON") from None


def _read(stream: Any) -> bytes:
    """The body. Parsed JSON takes thirty times the memory of its text, so the text is bounded before."""
    longest = max(LONGEST, 8 * settings.MAX_META_BYTES)
    body: bytes = stream.read(longest + 1)
    if len(body) > longest:
        raise RequestDataTooBig
    return body


def refuse_unless_form(request: Request) -> None:
    """Raise ``NotAForm`` when a body came that is no form."""
    kind = (request.content_type or "").partition(";")[0].strip().lower()
    if kind not in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        raise NotAForm


def file_of(request: Request) -> tuple[Path, str] | None:
    """The temporary file of the field ``file`` and the name that was sent with it; None when there is none."""
    files = request.FILES.getlist("file")
    if len(files) > 1:
        raise FieldInvalid("file: send one file per request")
    if not files and "file" in request.data:
        raise FileMissing("file: send it as a file part, with a file name")
    return (Path(files[0].temporary_file_path()), files[0].sent_name) if files else None


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ParseError(f"The body must be an object in JSON, got {type(value).__name__}")
    return value


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON")
