"""The parts of a form in the order in which they stand, files on disk: for calls where that order means something."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.core.exceptions import SuspiciousOperation
from django.http.multipartparser import FILE, ChunkIter, LazyStream, MultiPartParserError, Parser
from django.utils.http import parse_header_parameters

LONGEST_BOUNDARY = 200
PIECE = 2**16
IN_MEMORY = 2**20


class FormMalformed(Exception):
    """The body is not the form that was expected; ``str()`` says why."""


class PartTooLong(Exception):
    """A part has more bytes than it may."""


@dataclass(frozen=True)
class Part:
    """One part: a file below the temporary folder, or the text of a field."""

    name: str
    file: Path | None = None
    text: str = ""


@dataclass(frozen=True)
class Bounds:
    """The most bytes of one file and of one text, and the most parts."""

    file: int
    text: int
    parts: int


@contextmanager
def parts_of(stream: Any, content_type: str, bounds: Bounds) -> Iterator[list[Part]]:
    """All parts of a form; the files are gone after the block. Raises ``FormMalformed``, ``PartTooLong``."""
    boundary = _boundary(content_type)
    with tempfile.TemporaryDirectory(prefix="form-") as folder:
        yield _read(stream, boundary, bounds, Path(folder))


def _read(stream: Any, boundary: bytes, bounds: Bounds, folder: Path) -> list[Part]:
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
        shutil.copyfileobj(stream, body)
        _require_end(body, boundary)
        try:
            return list(_parts(body, boundary, bounds, folder))
        except (MultiPartParserError, SuspiciousOperation, UnicodeDecodeError) as error:
            raise FormMalformed(f"the form cannot be read: {error}") from None


def _boundary(content_type: str) -> bytes:
    kind, options = parse_header_parameters(content_type)
    boundary = options.get("boundary", "")
    if kind != "multipart/form-data" or not 0 < len(boundary) <= LONGEST_BOUNDARY or not boundary.isascii():
        raise FormMalformed("expected multipart/form-data with a boundary")
    return boundary.encode()


def _require_end(stream: IO[bytes], boundary: bytes) -> None:
    """A form that was cut off has no closing delimiter; what is there of it must not pass for the whole."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - len(boundary) - 64))
    closed = b"--" + boundary + b"--" in stream.read()
    stream.seek(0)
    if not closed:
        raise FormMalformed("the form has no end")


def _parts(stream: Any, boundary: bytes, bounds: Bounds, folder: Path) -> Iterator[Part]:
    parser = Parser(LazyStream(ChunkIter(stream, PIECE)), boundary)
    for number, (kind, meta, content) in enumerate(parser):
        if "content-disposition" not in meta:
            continue  # what stands before the first delimiter
        name = meta["content-disposition"][1].get("name", "")
        name = name if isinstance(name, str) else name.decode()
        if number > bounds.parts:
            raise PartTooLong(f"the form has more than {bounds.parts} parts")
        if kind == FILE:
            yield Part(name, _saved(content, folder / str(number), bounds.file, name))
        else:
            yield Part(name, text=b"".join(_within(content, bounds.text, name)).decode())


def _saved(content: Any, path: Path, most: int, name: str) -> Path:
    with path.open("wb") as file:
        for piece in _within(content, most, name):
            file.write(piece)
    return path


def _within(content: Any, most: int, name: str) -> Iterator[bytes]:
    size = 0
    for piece in content:
        size += len(piece)
        if size > most:
            raise PartTooLong(f"{name[:40]}: at most {most} bytes")
        yield piece
