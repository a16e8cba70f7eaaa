"""Looks at a face in several sizes, and the one answer from all of them."""

from dataclasses import replace

import numpy as np
import pytest

from inference.faces import Found, faint, looks, merged
from inference.model import Prepared, Weights

ONE = Weights(name="one", file="", sha256="", size=0, licence="", longest=640, threshold=0.6, overlap=0.4)
TWO = replace(ONE, further=(1024,))
SIZE = (640, 480)
Box = tuple[float, float, float, float]
BIG: Box = (100, 100, 200, 220)
SMALL: Box = (100, 100, 120, 125)


def found(*boxes: tuple[Box, float]) -> Found:
    sides = np.array([box for box, _ in boxes], np.float32).reshape(-1, 4)
    scores = np.array([score for _, score in boxes], np.float32)
    return Found(sides, scores, np.zeros((len(boxes), 5, 2), np.float32))


def scores(*looks: Found) -> list[float]:
    """What a picture of 640 x 480 gets of looks at 640, or 640 and 1024."""
    scales = (1.0, 1.6)[: len(looks)]
    facts = [{"size": SIZE, "scale": np.array((scale, scale), np.float32)} for scale in scales]
    prepared = [Prepared(np.zeros((3, 32, 32), np.float32), fact) for fact in facts]
    return [one.score for one in merged(looks, prepared, TWO if len(looks) == 2 else ONE)]


def test_a_single_look_says_what_it_found() -> None:
    assert scores(found((BIG, 0.9), (SMALL, 0.7))) == pytest.approx([0.9, 0.7])


def test_a_single_look_leaves_out_what_is_not_sure() -> None:
    assert scores(found((BIG, 0.59))) == []


def test_two_looks_are_averaged() -> None:
    assert scores(found((BIG, 0.9)), found((BIG, 0.7))) == pytest.approx([0.8])


def test_a_box_that_moves_a_little_is_the_same() -> None:
    moved = (BIG[0] + 5, BIG[1] - 5, BIG[2] + 5, BIG[3] - 5)
    assert scores(found((BIG, 0.9)), found((moved, 0.7))) == pytest.approx([0.8])


def test_what_only_one_look_sees_is_not_sure() -> None:
    assert scores(found((BIG, 1.0)), found()) == []
    assert scores(found(), found((BIG, 1.0))) == []


def test_a_small_face_is_left_to_the_larger_look() -> None:
    assert scores(found(), found((SMALL, 0.7))) == pytest.approx([0.7])


def test_a_small_face_that_the_larger_look_does_not_see_is_none() -> None:
    assert scores(found((SMALL, 1.0)), found()) == []


def test_the_surest_on_average_comes_first() -> None:
    other = (300, 100, 400, 220)
    assert scores(found((BIG, 0.99), (other, 0.9)), found((BIG, 0.5), (other, 0.9))) == pytest.approx([0.9, 0.745])


def test_the_box_is_that_of_the_surest_look() -> None:
    moved = (BIG[0] + 5, BIG[1], BIG[2] + 5, BIG[3])
    facts = {"size": SIZE, "scale": np.ones(2, np.float32)}
    prepared = [Prepared(np.zeros((3, 32, 32), np.float32), facts)] * 2
    (face,) = merged([found((BIG, 0.7)), found((moved, 0.9))], prepared, TWO)
    assert (face.left, face.right) == (moved[0], moved[2])


def test_no_look_finds_nothing() -> None:
    assert scores(found(), found()) == []


@pytest.mark.parametrize(("weights", "lowest"), [(ONE, 0.6), (TWO, 0.2), (replace(TWO, threshold=0.3), 0.02)])
def test_nothing_is_thrown_away_that_could_still_reach_the_threshold(weights: Weights, lowest: float) -> None:
    assert faint(weights) == pytest.approx(lowest)


def test_every_look_has_its_size_in_whole_steps() -> None:
    prepared = looks(np.zeros((300, 400, 3), np.uint8), TWO)
    assert [one.tensor.shape for one in prepared] == [(3, 480, 640), (3, 768, 1024)]
    assert [one.facts["scale"].tolist() for one in prepared] == [pytest.approx([1.6, 1.6]), pytest.approx([2.56, 2.56])]
