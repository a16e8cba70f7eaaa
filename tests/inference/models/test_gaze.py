"""The gaze network: cells that cover the picture, likelihoods that add up to one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.errors import WeightsDamaged
from inference.model import Weights
from inference.models.gaze import interpret, prepare

WEIGHTS = Weights(name="one", file="", sha256="", size=0, licence="", longest=512)


@given(st.integers(1, 1024), st.integers(1, 1024))
def test_the_input_is_whole_cells_and_little_stretched(width: int, height: int) -> None:
    (prepared,) = prepare(np.zeros((height, width, 3), np.uint8), WEIGHTS)
    rows, columns = prepared.tensor.shape[1:]
    assert rows % 16 == columns % 16 == 0
    assert max(rows, columns) == 512
    scale = 512 / max(width, height)
    for side, wanted in ((columns, width * scale), (rows, height * scale)):
        assert abs(side - wanted) <= 9 or side == 48


def test_colours_are_as_they_are() -> None:
    (prepared,) = prepare(np.full((32, 64, 3), (1, 2, 3), np.uint8), WEIGHTS)
    assert prepared.tensor[:, 9, 9].tolist() == [1, 2, 3]


def test_logs_become_likelihoods() -> None:
    prepared = prepare(np.zeros((480, 640, 3), np.uint8), WEIGHTS)
    logs = np.zeros((1, 24, 32), np.float32) + 500
    logs[0, 3, 4] += np.log(9)
    values = interpret([{"saliency": logs}], prepared, WEIGHTS).values
    assert values.shape == (24, 32)
    assert values.sum() == pytest.approx(1, abs=1e-5)
    assert values[3, 4] / values[0, 0] == pytest.approx(9, rel=1e-3)


def test_another_network_is_told_from_it() -> None:
    prepared = prepare(np.zeros((480, 640, 3), np.uint8), WEIGHTS)
    with pytest.raises(WeightsDamaged, match="no gaze network"):
        interpret([{"mask": np.zeros((1, 320, 320), np.float32)}], prepared, WEIGHTS)
