"""Sizes, resizing, padding and order of channels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.tensors import bgr, fitted, letterboxed, resized, rgb, up_to_multiple

SIDES = st.integers(1, 5000)


@pytest.mark.parametrize(
    ("width", "height", "longest", "size"),
    [(1280, 960, 640, (640, 480)), (960, 1280, 640, (480, 640)), (100, 50, 640, (640, 320)), (5000, 1, 640, (640, 1))],
)
def test_the_long_side_gets_its_length(width: int, height: int, longest: int, size: tuple[int, int]) -> None:
    assert fitted(width, height, longest) == size


@given(SIDES, SIDES, st.integers(32, 1024))
def test_the_shape_is_kept_to_half_a_pixel(width: int, height: int, longest: int) -> None:
    to = fitted(width, height, longest)
    assert max(to) == longest
    scale = longest / max(width, height)
    assert min(to) == 1 or abs(min(to) - min(width, height) * scale) <= 0.5


@given(SIDES, st.integers(1, 64))
def test_the_next_multiple_is_the_nearest_above(length: int, step: int) -> None:
    multiple = up_to_multiple(length, step)
    assert multiple % step == 0
    assert 0 <= multiple - length < step


def test_channels_are_turned_round_and_less_the_mean() -> None:
    picture = np.array([[[10, 20, 30], [40, 50, 60]]], np.uint8)
    assert bgr(picture, (1, 2, 3)).tolist() == [[[29, 59]], [[18, 48]], [[7, 37]]]


def test_padding_is_zero_after_the_mean() -> None:
    tensor = bgr(np.full((3, 5, 3), 200, np.uint8), (104, 117, 123), 4)
    assert tensor.shape == (3, 4, 8)
    assert tensor.dtype == np.float32
    assert tensor[0, :3, :5].tolist() == [[96] * 5] * 3
    assert not tensor[:, 3:].any()
    assert not tensor[:, :, 5:].any()


def test_channels_are_scaled_and_moved() -> None:
    picture = np.array([[[10, 20, 30]]], np.uint8)
    assert rgb(picture, (1, 0.5, 2), (0, 1, -1)).ravel().tolist() == [10, 11, 59]


def test_a_letterbox_has_the_picture_at_the_top_left() -> None:
    tensor = letterboxed(np.full((2, 3, 3), 7, np.uint8), 4, 114)
    assert tensor.shape == (3, 4, 4)
    assert (tensor[:, :2, :3] == 7).all()
    assert (tensor[:, 2:] == 114).all()
    assert (tensor[:, :, 3:] == 114).all()


@given(st.integers(4, 40), st.integers(4, 40), st.floats(0.25, 4), st.floats(0.25, 4))
def test_a_picture_of_one_colour_stays_it(width: int, height: int, across: float, down: float) -> None:
    picture = np.full((height, width, 3), (1, 127, 255), np.uint8)
    to_width, to_height = round(width * across), round(height * down)
    small = resized(picture, to_width, to_height)
    assert small.dtype == np.uint8
    assert small.shape == (to_height, to_width, 3)
    assert np.abs(small.astype(int) - (1, 127, 255)).max() <= 1  # libvips counts with whole numbers


@pytest.mark.parametrize("kernel", ["linear", "lanczos3"])
def test_edges_stay_on_edges(kernel: str) -> None:
    """A step in the middle stays in the middle: nothing is moved by half a pixel."""
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[:, 32:] = 200
    row = resized(picture, 20, 20, kernel)[10, :, 0].astype(int)
    assert row[:8].max() <= 20
    assert row[12:].min() >= 180
    assert row.mean() == pytest.approx(100, abs=2)


def test_a_map_without_channels_can_be_resized() -> None:
    assert resized(np.full((8, 8), 3, np.float32), 4, 2).tolist() == [[3] * 4] * 2


def test_shrinking_leaves_no_aliases() -> None:
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::2] = 255
    assert np.ptp(resized(stripes, 13, 13).astype(int)[:, 2:-2]) < 64
