"""What was seen, as bytes: kept beside the renditions of an image and handed to the child that renders.

Boxes are JSON, shares of the upright picture; grids are packed arrays. Who only passes them on need not look inside.
"""

import io
import json
import zlib
from collections.abc import Mapping
from typing import Any

import numpy
import pyvips

from inference.results import Detection, Mask, Result, Saliency
from variants.findings import EMPTY, Findings, Found, Sought
from variants.options.gravity import Point

VERSION = 2
LARGEST = 64 * 2**20  # bytes of an array, unpacked


def written(result: Result, width: int, height: int) -> bytes:
    """The note of what a model saw in a picture of ``width`` x ``height`` pixels."""
    if isinstance(result, Mask | Saliency):
        return _packed(result.values)
    return json.dumps([_row(one, width, height) for one in result]).encode()


def read(notes: Mapping[Sought, bytes], point: Point | None = None) -> Findings:
    """What the notes of one picture say, and the point that a person chose."""
    faces, objects = _boxes(notes.get("faces")), _boxes(notes.get("objects"))
    saliency, mask = notes.get("saliency"), notes.get("mask")
    return Findings(
        faces=_sure(faces),
        objects=_sure(objects),
        doubtful=tuple(box for box, sure in (*(faces or ()), *(objects or ())) if not sure),
        saliency=None if saliency is None else _grid(saliency),
        mask=None if mask is None else _grid(mask),
        point=point,
        missing=EMPTY,
    )


def _row(one: Detection, width: int, height: int) -> list[Any]:
    left, right = (round(x / width, 6) for x in (one.left, one.right))
    top, bottom = (round(y / height, 6) for y in (one.top, one.bottom))
    return [left, top, right, bottom, round(one.score, 4), one.label, int(one.sure)]


def _boxes(note: bytes | None) -> list[tuple[Found, bool]] | None:
    return None if note is None else [(Found(*row), bool(sure)) for *row, sure in json.loads(note)]


def _sure(boxes: list[tuple[Found, bool]] | None) -> tuple[Found, ...] | None:
    return None if boxes is None else tuple(box for box, sure in boxes if sure)


def _packed(values: "numpy.ndarray[Any, Any]") -> bytes:
    file = io.BytesIO()
    numpy.save(file, values, allow_pickle=False)
    return zlib.compress(file.getvalue())


def _grid(note: bytes) -> pyvips.Image:
    unpacked = zlib.decompressobj().decompress(note, LARGEST)
    values = numpy.load(io.BytesIO(unpacked), allow_pickle=False)
    return pyvips.Image.new_from_array(values)
