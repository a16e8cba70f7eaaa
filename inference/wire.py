"""Pictures, results and faults as they travel over HTTP. Both ends use this file; docs/inference.md describes it."""

import json
import re
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from inference import errors
from inference.errors import InferenceFault, PictureRefused
from inference.picture import check_size
from inference.results import LONGEST, Detection, Mask, Picture, Result, Saliency

WIDTH, HEIGHT, KIND, SIZE = "picture-width", "picture-height", "result-kind", "result-size"
CHANNELS = 3
LARGEST = LONGEST * LONGEST * CHANNELS
"""Bytes of a picture, at most."""
STATUS: dict[type[InferenceFault], int] = {
    errors.ModelUnknown: 404,
    errors.RowRefused: 424,
    errors.ModelMissing: 424,
    errors.WeightsDamaged: 424,
    errors.PictureRefused: 422,
    errors.Abandoned: 499,  # nobody reads it; for those who count, as nginx does
    errors.Busy: 503,
    errors.Unavailable: 503,
}
"""Any other fault is 500."""
_SIZE = re.compile(r"([1-9]\d{0,4})x([1-9]\d{0,4})", re.ASCII)

Headers = list[tuple[str, str]]


class Named(Protocol):
    """Headers, of whatever server: found by lower-case names."""

    def get(self, key: str, default: Any = None) -> Any:
        """The value of one."""


def size_of(headers: Named) -> tuple[int, int]:
    """Width and height that a request names. Raises ``PictureRefused``."""
    width, height = headers.get(WIDTH) or "", headers.get(HEIGHT) or ""
    found = _SIZE.fullmatch(f"{width}x{height}")
    if not found:
        raise PictureRefused(f"{WIDTH} and {HEIGHT} must be whole numbers of pixels, from 1")
    size = int(found[1]), int(found[2])
    check_size(*size)
    return size


def picture_of(body: bytes, width: int, height: int) -> Picture:
    """The picture in ``body``, not copied. Raises ``PictureRefused``."""
    if len(body) != width * height * CHANNELS:
        raise PictureRefused(f"{width}x{height} pixels are {width * height * CHANNELS} bytes of RGB, not {len(body)}")
    return np.frombuffer(body, np.uint8).reshape(height, width, CHANNELS)


def write(result: Result) -> tuple[Headers, bytes]:
    """Headers and body: JSON for detections; the cells of a map, row by row, float32 little-endian or bytes."""
    if isinstance(result, Mask):
        return _map_headers("mask", result.values), result.values.tobytes()
    if isinstance(result, Saliency):
        return _map_headers("saliency", result.values), result.values.astype("<f4", copy=False).tobytes()
    found = [{name: getattr(one, name) for name in Detection.__slots__} for one in result]
    return [("content-type", "application/json"), (KIND, "detections")], json.dumps({"detections": found}).encode()


def read(headers: Mapping[str, str], body: bytes) -> Result:
    """The result that ``write`` wrote. Raises ``InferenceFault`` when it is none."""
    try:
        return _read(headers.get(KIND, ""), headers.get(SIZE, ""), body)
    except (KeyError, TypeError, ValueError) as fault:
        raise InferenceFault(f"the service answered with something that is no result: {fault}") from fault


def write_fault(fault: Exception) -> tuple[int, Headers, bytes]:
    """Status, headers and body (JSON) of an answer that says what went wrong."""
    known = fault if isinstance(fault, InferenceFault) else InferenceFault(str(fault))
    status = STATUS.get(type(known), 500)
    return status, *problem(type(known).__name__, str(known), status)


def problem(error: str, message: str, status: int) -> tuple[Headers, bytes]:
    """Headers and body of an answer that is an error."""
    again = [("retry-after", "1")] if status == 503 else []
    body = json.dumps({"error": error, "message": message}).encode()
    return [("content-type", "application/json"), *again], body


def read_fault(status: int, body: bytes) -> InferenceFault:
    """The fault that an answer with an error status tells of."""
    try:
        told = json.loads(body)
        kind, message = getattr(errors, told["error"], None), str(told["message"])
    except (KeyError, TypeError, ValueError):
        return InferenceFault(f"the service answered with status {status} and no reason")
    known = isinstance(kind, type) and issubclass(kind, InferenceFault)
    return kind(message) if known else InferenceFault(message)  # type: ignore[misc]


def _map_headers(kind: str, values: np.ndarray[Any, Any]) -> Headers:
    size = f"{values.shape[1]}x{values.shape[0]}"
    return [("content-type", "application/octet-stream"), (KIND, kind), (SIZE, size)]


def _read(kind: str, size: str, body: bytes) -> Result:
    if kind == "detections":
        return tuple(_detection(**found) for found in json.loads(body)["detections"])
    width, _, height = size.partition("x")
    shape = int(height), int(width)
    if kind == "mask":
        return Mask(np.frombuffer(body, np.uint8).reshape(shape))
    if kind == "saliency":
        return Saliency(np.frombuffer(body, "<f4").reshape(shape).astype(np.float32, copy=False))
    raise ValueError(f"no kind of result: {kind!r}")


def _detection(landmarks: list[list[float]], **rest: Any) -> Detection:
    return Detection(**rest, landmarks=tuple((x, y) for x, y in landmarks))
