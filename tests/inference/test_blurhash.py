"""BlurHash against what the reference implementation in C says, and against published texts."""

from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from placeholders import DIGITS, from_blurhash

from inference.blurhash import encode
from inference.palette import average

# blurhash-python 1.2.2, which wraps encode.c of woltapp/blurhash, says this of the picture below.
REFERENCE = {
    (32, 20, 4, 3): "LbGINy0$q_V|N7n7kSgKnAbGgJfj",
    (32, 20, 1, 1): "00GINy",
    (20, 32, 3, 5): "cSFO~Y9Id|0[raknz{bsc9V$b=e;i%gJeX",
    (7, 50, 2, 6): "kWE_qdzi0uO=JCt5]:nS5;S|,[wf",
    (100, 60, 5, 4): "VeHehFi{nPWBEgn@WCjGNcJ8jeR,jHJSS3oOR,agNv,F",
    (
        32,
        20,
        9,
        9,
    ): "|bGINy0$q_V|V|ozX3n:WAN7n7kSgKkUaOi|bbfinAbGgJfjeXfQg0f8f7r|X5kSeFg1gKepf8aya6kmeqf%gJeXf%f%f%r|XOi|"
    "gKeYfkbrjbafWYjHf%fjf7f%f7e;f7s=WVjsfRe=f*ayjubrWYjaf%e;f%f%eqg0e;",
}
# From the documentation of woltapp/blurhash.
PUBLISHED = [
    "LlMF%n00%#MwS|WCWEM{R*bbWBbH",
    "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
    "LGF5]+Yk^6#M@-5c,1J5@[or[Q6.",
    "L6PZfSi_.AyE_3t7t7R**0o#DgR4",
    "LKO2?U%2Tw=w]~RBVZRi};RPxuwH",
]
PICTURES = st.tuples(st.integers(1, 24), st.integers(1, 24), st.sampled_from((3, 4))).flatmap(
    lambda shape: arrays("uint8", shape)
)


def drawn(width: int, height: int) -> Any:
    y, x = numpy.mgrid[0:height, 0:width]
    channels = [40 + 5 * x + y * y // 9, x * y + 3 * x, 200 - 2 * y + x * x // 11 % 40]
    return (numpy.stack(channels, -1) % 256).astype("uint8")


@pytest.mark.parametrize("size", REFERENCE, ids=str)
def test_as_the_reference_says(size: tuple[int, int, int, int]) -> None:
    width, height, across, down = size
    assert encode(drawn(width, height), across, down) == REFERENCE[size]


@pytest.mark.parametrize("text", PUBLISHED)
def test_a_published_text_comes_back_with_its_colours(text: str) -> None:
    """Roughly: a coefficient has 19 steps, and colours beyond white or black were cut off."""
    picture = from_blurhash(text, 100, 75).round().astype("uint8")
    again = from_blurhash(encode(picture), 100, 75)
    assert abs(again - picture).mean() < 8


@given(PICTURES, st.integers(1, 9), st.integers(1, 9))
def test_any_picture_has_a_text_of_the_right_length(picture: Any, across: int, down: int) -> None:
    text = encode(picture, across, down)
    assert len(text) == 4 + 2 * across * down and set(text) <= set(DIGITS)
    assert DIGITS.index(text[0]) == across - 1 + 9 * (down - 1)
    assert numpy.isfinite(from_blurhash(text, 5, 4)).all()


@given(PICTURES)
def test_its_first_colour_is_the_average(picture: Any) -> None:
    picture = picture if picture.shape[2] == 3 else numpy.maximum(picture, (0, 0, 0, 1)).astype("uint8")
    mean = from_blurhash(encode(picture, 1, 1), 1, 1).round()[0, 0]
    assert tuple(mean) == average(picture)


def test_a_flat_picture_comes_back_flat() -> None:
    picture = numpy.full((40, 60, 3), (200, 120, 40), "uint8")
    assert abs(from_blurhash(encode(picture), 60, 40)[5:-5, 5:-5] - (200, 120, 40)).max() < 12


def test_the_average_lies_behind_what_is_transparent() -> None:
    picture = numpy.full((30, 30, 4), (200, 120, 40, 255), "uint8")
    picture[10:20, 10:20] = (0, 255, 0, 0)
    assert encode(picture) == encode(numpy.full((30, 30, 3), (200, 120, 40), "uint8"))


@pytest.mark.parametrize("counts", [(0, 3), (4, 10), (-1, 1)])
def test_coefficients_are_one_to_nine(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="1 to 9"):
        encode(drawn(5, 5), *counts)
