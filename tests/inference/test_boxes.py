"""Overlap, suppression of doubles, and the way back to the picture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from inference.boxes import MOST, Floats, detections, overlaps, surest

SIDES = arrays(np.float32, st.tuples(st.integers(1, 30), st.just(4)), elements=st.integers(0, 60))
OVERLAPS = st.sampled_from([0.0, 0.3, 0.5, 0.9])


def boxes_of(sides: Floats) -> Floats:
    """Left, top, width - 1, height - 1 as boxes."""
    return np.concatenate([sides[:, :2], sides[:, :2] + sides[:, 2:] + 1], axis=1)


@pytest.mark.parametrize(
    ("other", "share"),
    [
        ((0, 0, 10, 10), 1.0),
        ((0, 0, 10, 5), 0.5),
        ((5, 5, 15, 15), 25 / 175),
        ((10, 0, 20, 10), 0.0),
        ((30, 30, 40, 40), 0.0),
        ((5, 5, 5, 5), 0.0),
    ],
)
def test_overlap_is_the_shared_part_of_both(other: tuple[int, ...], share: float) -> None:
    assert overlaps(np.array((0.0, 0, 10, 10)), np.array([other], float))[0] == pytest.approx(share)


def test_overlap_of_all_with_all() -> None:
    boxes = np.array([(0, 0, 2, 2), (1, 0, 3, 2), (9, 9, 10, 10)], float)
    assert np.allclose(overlaps(boxes[:, None], boxes[None]), [[1, 1 / 3, 0], [1 / 3, 1, 0], [0, 0, 1]])


def test_the_surest_takes_its_doubles_away() -> None:
    boxes = np.array([(0, 0, 10, 10), (1, 0, 11, 10), (50, 50, 60, 60), (2, 0, 12, 10)], float)
    assert surest(boxes, np.array([0.8, 0.9, 0.5, 0.7]), 0.4).tolist() == [1, 2]


def test_what_was_taken_away_takes_nothing_away() -> None:
    """Greedy: the third overlaps only the second, which is gone."""
    boxes = np.array([(0, 0, 10, 10), (4, 0, 14, 10), (8, 0, 18, 10)], float)
    assert surest(boxes, np.array([0.9, 0.8, 0.7]), 0.4).tolist() == [0, 2]


def test_classes_leave_each_other_alone() -> None:
    boxes = np.array([(0, 0, 10, 10)] * 3, float)
    assert surest(boxes, np.array([0.9, 0.8, 0.7]), 0.4, np.array([0, 1, 0])).tolist() == [0, 1]


def test_no_boxes_stay_of_none() -> None:
    assert surest(np.empty((0, 4)), np.empty(0), 0.4).tolist() == []
    assert surest(np.empty((0, 4)), np.empty(0), 0.4, np.empty(0, np.intp)).tolist() == []


def test_a_flood_of_boxes_is_cut() -> None:
    boxes = boxes_of(np.stack([np.arange(3000) * 9, np.zeros(3000), np.full(3000, 3), np.full(3000, 3)], axis=1))
    assert surest(boxes, np.linspace(0, 1, 3000), 0.4).tolist() == list(range(2999, 2999 - MOST, -1))


@given(SIDES, OVERLAPS)
def test_those_that_stay_overlap_little_and_explain_the_rest(sides: Floats, overlap: float) -> None:
    boxes = boxes_of(sides)
    scores = np.random.default_rng(len(boxes)).permutation(len(boxes)) / len(boxes)
    kept = surest(boxes, scores, overlap)
    assert (np.diff(scores[kept]) < 0).all()
    between = overlaps(boxes[:, None], boxes[kept][None])
    assert (between[kept][~np.eye(len(kept), dtype=bool)] <= overlap).all()
    gone = np.setdiff1d(np.arange(len(boxes)), kept)
    explained = (between[gone] > overlap) & (scores[kept][None] > scores[gone][:, None])
    assert explained.any(axis=1).all()


def test_boxes_are_clipped_to_the_picture_and_those_outside_left_out() -> None:
    boxes = np.array([(-5, -5, 20, 20), (90, 10, 130, 20), (100, 0, 140, 30), (5, 60, 9, 90)], float)
    found = detections(boxes, np.array([0.9, 0.8, 0.7, 0.6]), ("a", "b", "c", "d"), (100, 60), [True] * 4)
    assert [(one.left, one.top, one.right, one.bottom, one.label) for one in found] == [
        (0, 0, 20, 20, "a"),
        (90, 10, 100, 20, "b"),
    ]


def test_landmarks_go_with_their_box() -> None:
    marks = np.arange(10, dtype=np.float32).reshape(1, 5, 2)
    (found,) = detections(np.array([(0, 0, 9, 9)], float), np.array([1.0000001]), ("face",), (10, 10), [True], marks)
    assert found.landmarks == ((0, 1), (2, 3), (4, 5), (6, 7), (8, 9))
    assert found.score == 1
