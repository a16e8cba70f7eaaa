"""RetinaFace's priors and offsets, against numbers worked out by hand."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from inference.errors import WeightsDamaged
from inference.model import Weights
from inference.models.retinaface import RETINAFACE, interpret, prepare, priors
from inference.results import Detections

WEIGHTS = Weights(name="one", file="", sha256="", size=0, licence="", longest=64, threshold=0.5)
PICTURE = np.full((64, 64, 3), 128, np.uint8)
PRIORS = 2 * (8 * 8 + 4 * 4 + 2 * 2)
# Stride 16 comes after the 8 x 8 x 2 priors of stride 8; row 1, column 2, the second of its sizes.
PLACE = 8 * 8 * 2 + (1 * 4 + 2) * 2 + 1
CENTRE, SIDE = (2.5 * 16, 1.5 * 16), 128


def answer(offset: Any = 0, marks: Any = 0, score: float = 0.9) -> dict[str, NDArray[np.float32]]:
    """Outputs with one sure prior."""
    loc, landms = np.zeros((PRIORS, 4), np.float32), np.zeros((PRIORS, 10), np.float32)
    conf = np.tile(np.array((1, 0), np.float32), (PRIORS, 1))
    loc[PLACE], landms[PLACE], conf[PLACE] = offset, marks, (1 - score, score)
    return {"loc": loc, "conf": conf, "landms": landms}


def read(outputs: dict[str, NDArray[np.float32]], weights: Weights = WEIGHTS) -> Detections:
    return interpret([outputs], prepare(PICTURE, weights), weights)


def test_priors_go_by_level_row_column_size() -> None:
    table = priors(64, 96)
    assert len(table) == 2 * (8 * 12 + 4 * 6 + 2 * 3)
    assert table[:3].tolist() == [[4, 4, 16], [4, 4, 32], [12, 4, 16]]
    assert table[24].tolist() == [4, 12, 16]
    assert table[-1].tolist() == [80, 48, 512]


@given(st.integers(1, 200), st.integers(1, 200))
def test_sides_that_are_no_multiples_are_rounded_up(height: int, width: int) -> None:
    cells = sum(-(-height // stride) * -(-width // stride) for stride in (8, 16, 32))
    assert len(priors(height, width)) == 2 * cells


def test_without_offsets_the_box_is_the_prior_clipped() -> None:
    (face,) = read(answer())
    assert (face.left, face.top, face.right, face.bottom) == (0, 0, 64, 64)
    assert face.score == pytest.approx(0.9)
    assert face.label == "face"


def test_offsets_move_and_stretch_the_prior() -> None:
    """x = 40 - 0.5 * 0.1 * 128 = 33.6; w = 128 * e^(-2 * 5) …; centre and size worked out by hand."""
    (face,) = read(answer((-0.5, 0.25, -10, -9)))
    centre = CENTRE[0] - 0.5 * 0.1 * SIDE, CENTRE[1] + 0.25 * 0.1 * SIDE
    width, height = SIDE * np.exp(-2), SIDE * np.exp(-1.8)
    assert (face.left, face.right) == pytest.approx((centre[0] - width / 2, centre[0] + width / 2), abs=1e-3)
    assert (face.top, face.bottom) == pytest.approx((centre[1] - height / 2, centre[1] + height / 2), abs=1e-3)


def test_landmarks_are_moved_from_the_centre() -> None:
    (face,) = read(answer((0, 0, -5, -5), np.arange(10) / 10))
    wanted = [(CENTRE[0] + k / 5 * 0.1 * SIDE, CENTRE[1] + (k / 5 + 0.1) * 0.1 * SIDE) for k in range(5)]
    assert np.allclose(face.landmarks, wanted, atol=1e-3)


def test_boxes_are_in_pixels_of_the_picture() -> None:
    """A picture of 128 x 96 is looked at at half its size, and padded: the box comes back at twice the size."""
    picture = np.full((96, 128, 3), 128, np.uint8)
    prepared = prepare(picture, WEIGHTS)
    assert prepared[0].tensor.shape == (3, 64, 64)
    (face,) = interpret([answer((0, 0, -10, -10))], prepared, WEIGHTS)
    half = SIDE * np.exp(-2) / 2
    wanted = (2 * (CENTRE[0] - half), 2 * (CENTRE[1] - half), 2 * (CENTRE[0] + half), 2 * (CENTRE[1] + half))
    assert (face.left, face.top, face.right, face.bottom) == pytest.approx(wanted, abs=1e-3)


def test_the_mean_is_taken_off_and_the_padding_is_zero() -> None:
    (prepared,) = prepare(np.full((48, 64, 3), (10, 20, 30), np.uint8), WEIGHTS)
    assert prepared.tensor[:, 0, 0].tolist() == [30 - 104, 20 - 117, 10 - 123]
    assert not prepared.tensor[:, 48:].any()


def test_what_scores_less_than_the_threshold_is_left_out() -> None:
    assert read(answer(score=0.49)) == ()


def test_order_and_names_of_outputs_do_not_matter() -> None:
    named = dict(zip(("c", "a", "b"), (answer()["landms"], answer()["conf"], answer()["loc"]), strict=True))
    assert read(named) == read(answer())


@pytest.mark.parametrize("name", ["loc", "conf", "landms"])
def test_another_network_is_told_from_it(name: str) -> None:
    outputs = answer()
    outputs[name] = outputs[name][:, :-1]
    with pytest.raises(WeightsDamaged, match="no RetinaFace"):
        read(outputs)


def test_the_architecture_is_for_faces() -> None:
    assert (RETINAFACE.name, RETINAFACE.task) == ("retinaface", "faces")
