"""How good models are on a folder of photos that people labelled.

The folder holds photos and, beside them, what is known of them: ``labels.json`` {file: [[left, top, width, height], …]}
with faces in pixels of the upright photo, ``ignore.json`` of the same form with what counts neither way, and
``masks/<name>.png`` with the subject in white. The rule for faces: boxes under 12 pixels, and those that lie to more
than 40 % of their area in a box to ignore, are dropped; the others take, the surest first, the face that they overlap
most, one face each, at an IoU of at least 0.4.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyvips
from numpy.typing import NDArray

from inference.boxes import areas, overlaps
from inference.results import Detections, Mask, Picture
from inference.tensors import resized
from variants import glance
from variants.limits import Limits

SAME, IGNORED, NARROWEST = 0.4, 0.4, 12
KINDS = {".jpg", ".jpeg", ".png", ".webp", ".avif"}
Boxes = NDArray[np.float64]


@dataclass(frozen=True)
class Photo:
    """A photo: the copy that models look at, its own width, and what people marked in its own pixels."""

    name: str
    picture: Picture
    width: int
    faces: Boxes | None = None
    ignored: Boxes | None = None
    subject: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class Hits:
    """Boxes that are faces, boxes that are none, and faces without a box."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __add__(self, other: "Hits") -> "Hits":
        return Hits(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    @property
    def precision(self) -> float:
        """Share of the boxes that are faces."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Share of the faces that have a box."""
        return self.right / max(1, self.right + self.missed)


@dataclass(frozen=True)
class Cover:
    """How a mask that is cut at the half lies on the subject: each 0 to 1."""

    iou: float
    dice: float
    accuracy: float


def photos(folder: Path) -> list[Photo]:
    """All photos of the folder, by name, as delivery hands them to models (at most 1024 pixels a side)."""
    known = {kind: _boxes(folder / f"{kind}.json") for kind in ("labels", "ignore")}
    found = []
    for path in sorted(path for path in folder.iterdir() if path.suffix.lower() in KINDS):
        faces, ignored = known["labels"].get(path.name), known["ignore"].get(path.name)
        width = pyvips.Image.new_from_file(str(path)).autorot().width
        found.append(Photo(path.name, copy(path), width, faces, ignored, _subject(folder / "masks", path)))
    return found


def copy(path: Path) -> Picture:
    """The copy of a photo that delivery makes for models."""
    limits = Limits()
    facts, body = glance.job({"limits": {name: getattr(limits, name) for name in limits.__slots__}}, str(path))
    return np.frombuffer(body, np.uint8).reshape(facts["height"], facts["width"], 3)


def hits(photo: Photo, found: Detections) -> Hits:
    """What the boxes are worth; the photo must be one whose faces are known."""
    faces = photo.faces if photo.faces is not None else np.empty((0, 4))
    boxes = _counted(photo, found)
    left = np.ones(len(faces), bool)
    for box in boxes:
        same = overlaps(box, faces) * left if len(faces) else np.zeros(1)
        if same.max() >= SAME:
            left[same.argmax()] = False
    right = int((~left).sum())
    return Hits(right, len(boxes) - right, int(left.sum()))


def cover(photo: Photo, mask: Mask) -> Cover:
    """What the mask is worth; the photo must be one whose subject is known."""
    subject = photo.subject if photo.subject is not None else np.zeros(photo.picture.shape[:2], bool)
    height, width = subject.shape
    cut = resized(mask.values, width, height) >= 128
    both, either = int((cut & subject).sum()), int((cut | subject).sum())
    return Cover(
        both / max(1, either), 2 * both / max(1, int(cut.sum() + subject.sum())), float((cut == subject).mean())
    )


def mean(covers: Sequence[Cover]) -> Cover:
    """The mean of each figure over photos."""
    return Cover(*(float(np.mean([getattr(one, name) for one in covers])) for name in ("iou", "dice", "accuracy")))


def _counted(photo: Photo, found: Detections) -> Boxes:
    """The boxes that count, the surest first, in pixels of the photo itself."""
    scale = photo.width / photo.picture.shape[1]
    sure = sorted((one for one in found if one.sure), key=lambda one: -one.score)
    boxes = np.array([(one.left, one.top, one.right, one.bottom) for one in sure]).reshape(-1, 4) * scale
    boxes = boxes[boxes[:, 2] - boxes[:, 0] >= NARROWEST]
    return boxes if photo.ignored is None else boxes[_inside(boxes, photo.ignored) <= IGNORED]


def _inside(boxes: Boxes, ignored: Boxes) -> NDArray[np.floating]:
    """The largest share of each box that lies in one of the others."""
    low = np.maximum(boxes[:, None, :2], ignored[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], ignored[None, :, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=-1).max(axis=1, initial=0)
    return np.asarray(shared / areas(boxes))


def _boxes(path: Path) -> dict[str, Boxes]:
    """Boxes by file as left, top, right, bottom; none where there is no such file."""
    rows = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    arrays = {name: np.array(boxes, float).reshape(-1, 4) for name, boxes in rows.items()}
    return {name: np.concatenate([one[:, :2], one[:, :2] + one[:, 2:]], axis=1) for name, one in arrays.items()}


def _subject(folder: Path, photo: Path) -> NDArray[np.bool_] | None:
    path = folder / f"{photo.stem}.png"
    if not path.exists():
        return None
    return np.asarray(pyvips.Image.new_from_file(str(path))[0].numpy() >= 128)
