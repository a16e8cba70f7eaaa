"""What sizes, threshold and sharpening of the shipped models were chosen by, on a folder of labelled photos.

    python benchmarks/choices.py [FOLDER] [--models DIRECTORY]

Every choice is tried on the photos as they are, mirrored, darker, as JPEG of quality 40 and without colour. A choice is
good when its neighbours do as well and no change of the photos harms it much; one that is best on the photos as they
are and nowhere else is luck. Faces: boxes that are none / faces without a box. Masks: mean IoU.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyvips

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]

from benchmarks.accuracy import Boxes, Hits, Photo, cover, hits, mean, photos  # noqa: E402
from inference.look import look  # noqa: E402
from inference.masks import first_map, spread, squared  # noqa: E402
from inference.models import MODELS  # noqa: E402
from inference.results import Detections, Picture  # noqa: E402
from inference.session import Session, Tuning, open_session  # noqa: E402
from inference.tensors import IMAGENET_DEVIATION, IMAGENET_MEAN  # noqa: E402

SHARED = ROOT.parent / "shared"
FACES, MASK = MODELS["retinaface-mobilenet0.25"], MODELS["u2netp"]
LOOKS = ((640,), (896,), (1024,), (640, 896), (640, 960), (640, 1024))
THRESHOLDS = (0.6, 0.65, 0.7, 0.75, 0.78, 0.8, 0.83, 0.85, 0.88, 0.9)
SHARPENING = (0.0, 0.2, 0.3, 0.4, 0.6)
Change = Callable[[Photo], Photo]


def mirrored(photo: Photo) -> Photo:
    """Left and right exchanged, in what people marked as well."""
    subject = None if photo.subject is None else photo.subject[:, ::-1]
    picture = np.ascontiguousarray(photo.picture[:, ::-1])
    sides = [_turned(boxes, photo.width) for boxes in (photo.faces, photo.ignored)]
    return replace(photo, picture=picture, faces=sides[0], ignored=sides[1], subject=subject)


def _turned(boxes: Boxes | None, width: int) -> Boxes | None:
    return None if boxes is None else np.array((width, 0, width, 0)) + boxes[:, [2, 1, 0, 3]] * (-1, 1, -1, 1)


def _pixels(change: Callable[[Picture], Picture]) -> Change:
    return lambda photo: replace(photo, picture=change(photo.picture))


def _compressed(picture: Picture) -> Picture:
    body = pyvips.Image.new_from_array(picture).jpegsave_buffer(Q=40)
    return np.asarray(pyvips.Image.new_from_buffer(body, "").numpy())


def _grey(picture: Picture) -> Picture:
    luma = (picture @ np.array((0.299, 0.587, 0.114))).astype(np.uint8)
    return np.repeat(luma[..., None], 3, axis=2)


CHANGES: dict[str, Change] = {
    "as they are": lambda photo: photo,
    "mirrored": mirrored,
    "darker": _pixels(lambda picture: (picture * 0.6).astype(np.uint8)),
    "JPEG 40": _pixels(_compressed),
    "grey": _pixels(_grey),
}


def faces(session: Session, sets: dict[str, list[Photo]]) -> None:
    """A block per choice of sizes, a line per change, a column per threshold."""
    print(f"{'':<22}" + "".join(f"{threshold:>8g}" for threshold in THRESHOLDS))
    for first, *others in LOOKS:
        weights = replace(FACES.weights, longest=first, further=tuple(others), threshold=min(THRESHOLDS))
        print(" + ".join(str(side) for side in (first, *others)))
        for name, seen in sets.items():
            found = [look(replace(FACES, weights=weights), session.run, [photo.picture])[0] for photo in seen]
            print(f"  {name:<20}" + "".join(_cell(seen, found, threshold) for threshold in THRESHOLDS), flush=True)


def _cell(seen: list[Photo], found: list[object], threshold: float) -> str:
    sure = [_sure(one, threshold) for one in found if isinstance(one, tuple)]
    total = sum((hits(photo, one) for photo, one in zip(seen, sure, strict=True)), Hits())
    return f"{total.wrong:>5}/{total.missed:<2}"


def _sure(found: Detections, threshold: float) -> Detections:
    return tuple(one for one in found if one.score >= threshold)


def masks(session: Session, sets: dict[str, list[Photo]]) -> None:
    """A line per amount of sharpening, a column per change, and the mean over these."""
    print(f"{'':<12}" + "".join(f"{name:>13}" for name in (*sets, "mean")))
    for amount in SHARPENING:
        ious = [_iou(session, [photo for photo in seen if photo.subject is not None], amount) for seen in sets.values()]
        print(f"{amount:<12g}" + "".join(f"{iou:13.3f}" for iou in (*ious, float(np.mean(ious)))), flush=True)


def _iou(session: Session, seen: list[Photo], amount: float) -> float:
    covers = []
    for photo in seen:
        side = MASK.weights.longest
        tensor = squared(photo.picture, side, IMAGENET_MEAN, IMAGENET_DEVIATION, amount).tensor
        outputs = {name: values[0] for name, values in session.run(tensor[None], 1).items()}
        covers.append(cover(photo, spread(first_map(outputs), MASK.weights.threshold)))
    return mean(covers).iou


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=SHARED / "photos")
    parser.add_argument("--models", type=Path, default=SHARED / "models")
    asked = parser.parse_args()
    seen = photos(asked.folder)
    sets = {name: [change(photo) for photo in seen] for name, change in CHANGES.items()}
    print(f"{MASK.name}: mean IoU by sharpening\n")
    masks(open_session(asked.models / MASK.weights.file, Tuning(threads=1)), sets)
    print(f"\n{FACES.name}: no faces / missed, by sizes and threshold\n")
    faces(open_session(asked.models / FACES.weights.file, Tuning(threads=1)), sets)


if __name__ == "__main__":
    main()
