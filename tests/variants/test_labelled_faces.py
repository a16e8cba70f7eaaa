"""Real photos, real weights: gravity=face shows what people marked as faces, as it is told and as pixels show."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy
import pytest
import pyvips
from rendering import LIMITS, pixels, rendered

from inference import weights
from inference.look import look
from inference.session import Session, open_session
from variants import glance, notes
from variants.findings import Findings, Shares
from variants.notation import url
from variants.render import render

LEAST, SHARE = 0.6, 0.95
SIZES = ("", ",w=256,h=256")
Array = numpy.ndarray[Any, Any]

pytestmark = pytest.mark.slow


@cache
def session(folder: Path) -> Session:
    return open_session(weights.path_of(weights.choose("faces", folder), folder))


@cache
def seen(path: Path, folder: Path) -> Findings:
    """What the face model that is shipped sees in a photo, by the way it is asked in delivery."""
    facts, body = glance.job({"limits": LIMITS_AS_SENT}, str(path))
    width, height = facts["width"], facts["height"]
    picture = numpy.frombuffer(body, numpy.uint8).reshape(height, width, 3)
    (result,) = look(weights.choose("faces", folder), session(folder).run, [picture])
    return notes.read({"faces": notes.written(result, width, height)})


LIMITS_AS_SENT = {name: getattr(LIMITS, name) for name in LIMITS.__slots__}


def photos(shared: Path) -> dict[Path, Shares]:
    """Every photo with faces, and the box around all of them, in shares of the upright photo."""
    labels = json.loads((shared / "photos" / "labels.json").read_text())
    sizes = json.loads((shared / "photos" / "sizes.json").read_text())
    return {shared / "photos" / name: outer(boxes, *sizes[name]) for name, boxes in labels.items() if boxes}


def outer(boxes: list[list[float]], width: int, height: int) -> Shares:
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[0] + box[2] for box in boxes), max(box[1] + box[3] for box in boxes)
    return Shares(left / width, top / height, right / width, bottom / height)


def overlap(one: Shares, other: Shares) -> float:
    """Intersection over union."""
    across = max(0.0, min(one.right, other.right) - max(one.left, other.left))
    down = max(0.0, min(one.bottom, other.bottom) - max(one.top, other.top))
    areas = [(box.right - box.left) * (box.bottom - box.top) for box in (one, other)]
    return across * down / (sum(areas) - across * down)


def turned(box: Shares) -> Shares:
    """After a quarter turn clockwise."""
    return Shares(1 - box.bottom, box.left, 1 - box.top, box.right)


def stored_turned(path: Path, folder: Path) -> Path:
    """The photo stored a quarter turn the other way, with the EXIF orientation that makes it upright again."""
    image = pyvips.Image.new_from_file(str(path)).autorot().rot("d270").copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", 6)
    image.write_to_file(str(folder / f"{path.stem}.png"))
    return folder / f"{path.stem}.png"


def explained(path: Path, options: str, known: Findings) -> dict[str, Any]:
    """What explain tells."""
    chain = url.parse(f"{options},explain=true,format=json").chain
    body = render(str(path), chain, "json", False, LIMITS, {}, {"": known}).body
    why: dict[str, Any] = json.loads(body)["explain"]
    return why


def found(path: Path, options: str, known: Findings, share: float) -> Shares:
    """Where the pixels of the result lie in those of the upright photo, turned as the result is; by correlation.

    The result is laid on every place of the photo at its own scale: its height is ``share`` of the photo's.
    """
    made = grey(rendered(path, options, seen=known))
    whole = pyvips.Image.new_from_file(str(path)).autorot()
    whole = whole.rot90() if "rotate=90" in options else whole
    scale = made.shape[0] / (whole.height * share)
    image = grey_of(whole.resize(min(1, scale)) if scale < 0.999 else whole)
    top, left = best_match(image, made)
    height, width = image.shape
    return Shares(left / width, top / height, (left + made.shape[1]) / width, (top + made.shape[0]) / height)


def grey(made: Any) -> Array:
    values: Array = pixels(made).astype(float)
    return values[:, :, :3].mean(axis=2) if values.ndim == 3 else values


def grey_of(image: pyvips.Image) -> Array:
    values: Array = image.colourspace("srgb").numpy().astype(float)
    return values[:, :, :3].mean(axis=2)


def best_match(image: Array, part: Array) -> tuple[int, int]:
    """Top and left of the place where the squared difference is smallest (by FFT)."""
    part = part[: image.shape[0], : image.shape[1]]
    shape = (image.shape[0] + part.shape[0], image.shape[1] + part.shape[1])
    cross = numpy.fft.irfft2(numpy.fft.rfft2(image, shape) * numpy.conj(numpy.fft.rfft2(part, shape)), shape)
    total = numpy.pad(image**2, ((1, 0), (1, 0))).cumsum(0).cumsum(1)
    rows, columns = image.shape[0] - part.shape[0] + 1, image.shape[1] - part.shape[1] + 1
    height, width = part.shape
    squares = (
        total[height : height + rows, width : width + columns]
        - total[:rows, width : width + columns]
        - total[height : height + rows, :columns]
        + total[:rows, :columns]
    )
    difference = squares - 2 * cross[:rows, :columns]
    top, left = numpy.unravel_index(int(difference.argmin()), difference.shape)
    return int(top), int(left)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("way", ["upright", "by exif", "rotated"])
def test_faces_are_shown(way: str, size: str, shared: Path, tmp_path: Path) -> None:
    hits_told, hits_found, missed = 0, 0, []
    labelled = photos(shared)
    for photo, label in labelled.items():
        path = stored_turned(photo, tmp_path) if way == "by exif" else photo
        options = f"gravity=face,zoom=1,fit=crop{size}" + (",rotate=90" if way == "rotated" else "")
        known = seen(path, shared / "models")
        why = explained(path, options, known)
        left, top, width, height = why["region"].values()
        in_words = overlap(Shares(left, top, left + width, top + height), label)
        shown = found(path, options, known, why["window"]["width" if way == "rotated" else "height"])
        in_pixels = overlap(shown, turned(label) if way == "rotated" else label)
        hits_told += in_words >= LEAST
        hits_found += in_pixels >= LEAST
        if min(in_words, in_pixels) < LEAST:
            missed.append((photo.name, round(in_words, 2), round(in_pixels, 2)))
    assert min(hits_told, hits_found) >= SHARE * len(labelled), missed
