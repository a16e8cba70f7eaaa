"""ThumbHash against what the reference implementation in JavaScript says, and what a page draws of it."""

from base64 import b64decode, b64encode
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from placeholders import from_thumbhash

from inference.thumbhash import encode

# thumbhash 0.1.1 of npm (evanw/thumbhash) says this of the picture below: opaque, and with its alpha.
REFERENCE = {
    (32, 20): ("ozUKLIhQdod2iHh3iIdgYhePyw==", "JjaGE4Y7kId3iHegkAdvu2B3dYiHeHc="),
    (20, 32): ("4SUKPAhgRod4iIZ4eIdUcIcv+g==", "ZCaGIwYqgJWJaGlmkGkd/GB3cniHd3c="),
    (60, 60): ("4QYGPwYWcmR/Y2lmg4iEjLl3iAZ3b7gH", "IgeGNQYeSIWPhHeEhXqQ+HRrIFQyZGZ3dw=="),
    (100, 37): ("ZAYGI4RmB2ZrN3R3eGD3r4Q=", "ZAaGGoIeiAluOHeacPiugxAyVGV3d3c="),
}
PICTURES = st.tuples(st.integers(1, 24), st.integers(1, 24), st.sampled_from((3, 4))).flatmap(
    lambda shape: arrays("uint8", shape)
)


def drawn(width: int, height: int) -> Any:
    y, x = numpy.mgrid[0:height, 0:width]
    colours = [40 + 5 * x + y * y // 9, x * y + 3 * x, 200 - 2 * y + x * x // 11 % 40]
    alpha = numpy.minimum(255, 9 * x + 4 * y + x * y // 5)
    return (numpy.stack([*colours, alpha], -1) % 256).astype("uint8")


@pytest.mark.parametrize("size", REFERENCE, ids=str)
def test_as_the_reference_says(size: tuple[int, int]) -> None:
    picture = drawn(*size)
    opaque, transparent = REFERENCE[size]
    assert b64encode(encode(picture[..., :3])).decode() == opaque
    assert b64encode(encode(picture)).decode() == transparent
    picture[..., 3] = 255
    assert b64encode(encode(picture)).decode() == opaque


@given(PICTURES)
def test_any_picture_has_a_hash_of_the_right_length(picture: Any) -> None:
    data = encode(picture)
    assert 15 <= len(data) <= 25
    transparent = picture.shape[2] == 4 and picture[..., 3].min() < 255
    assert data[2] >> 7 == transparent
    shown = from_thumbhash(b64encode(data).decode())
    assert numpy.isfinite(shown).all()
    assert (shown.shape[1] > shown.shape[0]) <= (picture.shape[1] > picture.shape[0])


@pytest.mark.parametrize("size", [(40, 90), (90, 40), (64, 64), (100, 20)])
def test_a_page_gets_the_colours_and_the_shape(size: tuple[int, int]) -> None:
    width, height = size
    y, x = numpy.mgrid[0:height, 0:width]
    picture = numpy.stack([220 * x / width + 20, 200 - 150 * y / height, 60 + 0 * x], -1).astype("uint8")
    shown = from_thumbhash(b64encode(encode(picture)).decode())
    assert abs(shown.shape[1] / shown.shape[0] - width / height) < 0.5 * width / height
    rows = numpy.arange(shown.shape[0]) * height // shown.shape[0]
    columns = numpy.arange(shown.shape[1]) * width // shown.shape[1]
    assert abs(shown[..., :3] - picture[rows][:, columns]).mean() < 12
    assert (shown[..., 3] == 255).all()


def test_a_hole_stays_a_hole() -> None:
    picture = numpy.full((60, 60, 4), (200, 40, 40, 255), "uint8")
    picture[:, 30:] = 0
    shown = from_thumbhash(b64encode(encode(picture)).decode())
    assert shown[:, :12, 3].min() > 180 and shown[:, 20:, 3].max() < 80
    assert abs(shown[:, :12, :3].mean((0, 1)) - (200, 40, 40)).max() < 15


def test_a_published_hash_is_read() -> None:
    """So that what reads ours is right itself: from the documentation of evanw/thumbhash, 32 x 23."""
    shown = from_thumbhash("3OcRJYB4d3h/iIeHeEh3eIhw+j3A")
    assert shown.shape == (23, 32, 4) and len(b64decode("3OcRJYB4d3h/iIeHeEh3eIhw+j3A")) == 21


def test_large_pictures_are_refused() -> None:
    with pytest.raises(ValueError, match="101 x 20"):
        encode(numpy.zeros((20, 101, 3), "uint8"))
