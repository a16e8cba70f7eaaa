"""The window means that the guided filter is made of, against means that are taken one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from variants.operations.guided import mean


@given(st.integers(1, 12), st.integers(1, 12), st.integers(1, 15), st.integers(0, 2**32 - 1))
def test_the_mean_of_a_window_is_that_of_its_pixels(height: int, width: int, radius: int, seed: int) -> None:
    plane = np.random.default_rng(seed).random((height, width), np.float32)
    found = mean(plane, radius)
    for y in range(height):
        for x in range(width):
            window = plane[max(0, y - radius) : y + radius + 1, max(0, x - radius) : x + radius + 1]
            assert found[y, x] == pytest.approx(window.mean(dtype=np.float64), abs=1e-6)
