"""Real weights on photos that people labelled: what ships finds what people saw."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from benchmarks.accuracy import Hits, Photo, cover, hits, mean, photos
from inference.look import look
from inference.model import Model, Task
from inference.results import Detections, Mask, Picture, Result, Saliency
from inference.session import Session, Tuning, open_session
from inference.weights import choose, path_of

pytestmark = pytest.mark.slow


@cache
def labelled(shared: Path) -> tuple[Photo, ...]:
    return tuple(photos(shared / "photos"))


@cache
def session(path: Path) -> Session:
    return open_session(path, Tuning(threads=1))


def seen(model: Model, photo: Photo, shared: Path) -> Result:
    return look(model, session(path_of(model, shared / "models")).run, [photo.picture])[0]


def shipped(task: Task, shared: Path, wanted: str = "") -> Model:
    return choose(task, shared / "models", wanted)


def faces(model: Model, shared: Path) -> Hits:
    total = Hits()
    for photo in labelled(shared):
        total += hits(photo, looked(model, photo, shared))
    return total


def test_the_photos_are_labelled(shared: Path) -> None:
    known = [photo for photo in labelled(shared) if photo.faces is not None and len(photo.faces)]
    assert len(known) >= 20
    assert sum(photo.subject is not None for photo in labelled(shared)) >= 9
    assert all(max(photo.picture.shape) <= 1024 for photo in labelled(shared))


def test_the_face_default_finds_faces_and_little_else(shared: Path) -> None:
    model = shipped("faces", shared)
    assert model.name == "retinaface-mobilenet0.25"
    found = faces(model, shared)
    assert found.precision >= 0.95
    assert found.recall >= 0.95


def test_the_fast_alternative_does_nearly_as_well(shared: Path) -> None:
    found = faces(shipped("faces", shared, "yunet-n"), shared)
    assert found.precision >= 0.93
    assert found.recall >= 0.93


def test_landmarks_lie_in_their_face_as_eyes_nose_and_mouth_do(shared: Path) -> None:
    for name in ("", "yunet-n"):
        model = shipped("faces", shared, name)
        photo = next(photo for photo in labelled(shared) if photo.name.startswith("tfjs_portrait"))
        found = seen(model, photo, shared)
        assert isinstance(found, tuple)
        left, right, nose, low_left, low_right = found[0].landmarks
        assert found[0].left < left[0] < right[0] < found[0].right
        assert max(left[1], right[1]) < nose[1] < min(low_left[1], low_right[1]) < found[0].bottom
        assert low_left[0] < low_right[0]


def test_the_mask_default_covers_the_subject(shared: Path) -> None:
    model = shipped("mask", shared)
    assert model.name == "u2netp"
    covers = []
    for photo in labelled(shared):
        if photo.subject is not None:
            mask = seen(model, photo, shared)
            assert isinstance(mask, Mask)
            covers.append(cover(photo, mask))
    assert mean(covers).iou >= 0.78
    assert mean(covers).accuracy >= 0.9


def test_a_photo_without_a_subject_gets_no_mask(shared: Path) -> None:
    (steppe,) = (photo for photo in labelled(shared) if photo.name == "immich_mongolels.jpg")
    mask = seen(shipped("mask", shared), steppe, shared)
    assert isinstance(mask, Mask)
    assert not mask.values.any()


def test_objects_get_their_names(shared: Path) -> None:
    model = shipped("objects", shared)
    wanted = {"skimage_chelsea.png": "cat", "max_jockey.jpg": "horse", "coco_000000000285.jpg": "bear"}
    for photo in labelled(shared):
        if photo.name in wanted:
            found = seen(model, photo, shared)
            assert isinstance(found, tuple)
            assert found[0].label == wanted[photo.name]


def test_people_look_at_faces(shared: Path) -> None:
    """A cell in a face is more likely looked at than one outside, mostly: the area under the curve is above 0.8."""
    model, areas = shipped("saliency", shared), []
    for photo in labelled(shared):
        if photo.faces is not None and len(photo.faces):
            grid = seen(model, photo, shared)
            assert isinstance(grid, Saliency)
            inside = faces_on(photo, grid)
            areas.append((grid.values[inside][:, None] > grid.values[~inside][None]).mean())
    assert np.mean(areas) >= 0.8


def faces_on(photo: Photo, grid: Saliency) -> np.ndarray:
    """Which cells of the grid touch a face."""
    rows, columns = grid.values.shape
    height, width = photo.picture.shape[0] * photo.width / photo.picture.shape[1], photo.width
    inside = np.zeros((rows, columns), bool)
    for left, top, right, bottom in photo.faces if photo.faces is not None else ():
        down = slice(int(top / height * rows), int(np.ceil(bottom / height * rows)))
        inside[down, int(left / width * columns) : int(np.ceil(right / width * columns))] = True
    return inside


@pytest.mark.parametrize("name", ["retinaface-mobilenet0.25", "yunet-n"])
def test_what_is_hidden_misses_fewer_faces_where_there_is_no_colour(name: str, shared: Path) -> None:
    model = shipped("faces", shared, name)
    seen_grey = [replace(photo, picture=grey(photo.picture)) for photo in labelled(shared) if photo.faces is not None]
    found = [looked(model, photo, shared) for photo in seen_grey]
    assert all(one.score < model.weights.threshold for some in found for one in some if not one.sure)
    sure = sum((hits(photo, some) for photo, some in zip(seen_grey, found, strict=True)), Hits())
    every = [tuple(replace(one, sure=True) for one in some) for some in found]
    hidden = sum((hits(photo, some) for photo, some in zip(seen_grey, every, strict=True)), Hits())
    assert hidden.recall >= 0.93 > sure.recall
    assert hidden.precision >= 0.75


def grey(picture: Picture) -> Picture:
    luma = (picture @ np.array((0.299, 0.587, 0.114))).astype(np.uint8)
    return np.repeat(luma[..., None], 3, axis=2)


def looked(model: Model, photo: Photo, shared: Path) -> Detections:
    found = seen(model, photo, shared)
    assert isinstance(found, tuple)
    return found
