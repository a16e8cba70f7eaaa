"""Batching, padding and scaling move no box by more than a pixel: a photo alone, among others, padded, scaled."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from benchmarks.accuracy import copy
from inference.look import answers, look
from inference.model import Model, Prepared
from inference.results import Detection, Detections, Picture
from inference.session import Session, open_session
from inference.tensors import fitted, resized
from inference.weights import choose, path_of

DETECTORS = ["retinaface-mobilenet0.25", "yunet-n", "yolox-nano"]
FACES = DETECTORS[:2]
# Of one size, of another size, upright; with and without faces.
NAMES = ["coco_000000005001.jpg", "coco_000000007574.jpg", "coco_000000000872.jpg", "max_pilots.jpg", "kodak_04.png"]
STEPS = (0, 32, 96)


@cache
def session(path: Path) -> Session:
    return open_session(path)


@pytest.fixture
def pictures(shared: Path) -> list[Picture]:
    return [copy(shared / "photos" / name) for name in NAMES]


def model_of(name: str, shared: Path) -> Model:
    folder = shared / "models"
    task = "objects" if name.startswith("yolox") else "faces"
    return choose(task, folder, name)


def detected(model: Model, shared: Path, pictures: Sequence[Picture]) -> list[Detections]:
    found = look(model, session(path_of(model, shared / "models")).run, pictures)
    return [one for one in found if isinstance(one, tuple)]


def assert_same(found: Detections, wanted: Detections, scale: float = 1) -> None:
    """The same boxes, each side within a pixel; in ``found`` everything is ``scale`` times as large.

    Boxes that score the same may change places, so each is compared with the nearest.
    """
    assert len(found) == len(wanted)
    for box in found:
        moved = {other: max(np.abs(np.array(sides(box)) / scale - sides(other))) for other in wanted}
        nearest = min((other for other in wanted if other.label == box.label), key=moved.__getitem__)
        assert moved[nearest] <= 1
        assert box.score == pytest.approx(nearest.score, abs=0.05)


def sides(box: Detection) -> tuple[float, float, float, float]:
    return box.left, box.top, box.right, box.bottom


@pytest.mark.parametrize("name", DETECTORS)
def test_in_a_batch_as_alone(name: str, shared: Path, pictures: list[Picture]) -> None:
    model = model_of(name, shared)
    alone = [detected(model, shared, [picture])[0] for picture in pictures]
    assert sum(map(len, alone)) >= 10
    for found, wanted in zip(detected(model, shared, pictures * 2), alone * 2, strict=True):
        assert_same(found, wanted)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("name", FACES)
def test_padded_as_alone(name: str, step: int, shared: Path, pictures: list[Picture]) -> None:
    """As much is added at the right and below as a batch of several sizes might need."""
    model = model_of(name, shared)
    run = session(path_of(model, shared / "models")).run
    for picture in pictures:
        prepared = model.architecture.prepare(picture, model.weights)
        padded = [replace(one, tensor=np.pad(one.tensor, ((0, 0), (0, step), (0, step)))) for one in prepared]
        found = model.architecture.interpret(answers(run, padded), padded, model.weights)
        assert isinstance(found, tuple)
        assert_same(found, detected(model, shared, [picture])[0])


@pytest.mark.parametrize("times", [1, 1.3, 2])
@pytest.mark.parametrize("name", DETECTORS)
def test_scaled_as_alone(name: str, times: float, shared: Path, pictures: list[Picture]) -> None:
    """What is scaled inside, and what was scaled to the same size before, has its boxes in the same places."""
    model = model_of(name, shared)
    weights = replace(model.weights, further=())
    for picture in pictures:
        height, width = picture.shape[:2]
        larger = resized(picture, round(width * times), round(height * times), "cubic")
        smaller = resized(larger, *fitted(*larger.shape[1::-1], weights.longest))
        found, wanted = (detected(replace(model, weights=weights), shared, [one])[0] for one in (larger, smaller))
        assert_same(found, wanted, larger.shape[1] / smaller.shape[1])


def test_a_prepared_input_is_not_changed_by_a_run(shared: Path, pictures: list[Picture]) -> None:
    model = model_of("yunet-n", shared)
    (prepared,) = model.architecture.prepare(pictures[0], model.weights)
    before = prepared.tensor.copy()
    answers(session(path_of(model, shared / "models")).run, [prepared, Prepared(before)])
    assert (prepared.tensor == before).all()
