"""Colours of pictures of which they are known."""

import itertools
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from inference.palette import average, dominant, palette
from inference.swatches import KINDS, swatches

RED, GREEN, BLUE, WHITE = (220, 30, 30), (20, 160, 60), (30, 60, 200), (255, 255, 255)
PICTURES = st.tuples(st.integers(1, 20), st.integers(1, 20), st.sampled_from((3, 4))).flatmap(
    lambda shape: arrays("uint8", shape)
)


def stripes(*parts: tuple[tuple[int, ...], int]) -> Any:
    """Colours with as many columns as they say, 10 rows."""
    return numpy.concatenate([numpy.full((10, count, len(colour)), colour, "uint8") for colour, count in parts], 1)


def test_flat_colours_come_back_with_their_shares() -> None:
    picture = stripes((RED, 50), (GREEN, 30), (BLUE, 15), (WHITE, 5))
    assert palette(picture, 8) == ((RED, 0.5), (GREEN, 0.3), (BLUE, 0.15), (WHITE, 0.05))
    assert dominant(picture) == RED


@pytest.mark.parametrize("most", [2, 3, 4])
def test_fewer_colours_are_the_main_ones(most: int) -> None:
    """Each colour in sixteen shades that can hardly be told apart."""
    shades = [numpy.array(shade) for shade in itertools.product((0, 1, 2, 3), (0, 2), (0, 2), repeat=1)]
    mains = [(RED, 4), (BLUE, 3), (GREEN, 2), (WHITE, 1)][:most]
    parts = [(tuple(abs(numpy.array(colour) - shade)), count) for colour, count in mains for shade in shades]
    found = palette(stripes(*parts), most)
    assert [max(abs(numpy.array(tone.colour) - main)) <= 3 for tone, (main, _) in zip(found, mains, strict=True)]
    total = sum(count for _, count in mains)
    assert [tone.share for tone in found] == pytest.approx([count / total for _, count in mains])


def test_blurred_edges_do_not_dye_areas() -> None:
    between = [(tuple(round(a + (b - a) * t / 5) for a, b in zip(RED, BLUE, strict=True)), 1) for t in range(1, 5)]
    found = palette(stripes((RED, 50), *between, (BLUE, 40)), 2)
    assert [tone.colour for tone in found] == [RED, BLUE]


def test_transparent_pixels_count_by_their_opacity() -> None:
    picture = stripes(((*RED, 255), 10), ((*GREEN, 128), 10), ((*BLUE, 0), 80))
    found = palette(picture, 8)
    assert [tone.colour for tone in found] == [RED, GREEN]
    assert found[0].share == pytest.approx(255 / 383)
    assert average(stripes(((*RED, 255), 10), ((*BLUE, 0), 90))) == RED


def test_nothing_is_seen_of_what_is_transparent() -> None:
    nothing = numpy.zeros((4, 4, 4), "uint8")
    assert (palette(nothing, 4), average(nothing), dominant(nothing)) == ((), None, None)
    assert swatches(nothing) == dict.fromkeys(KINDS)


def test_the_average_is_that_of_light() -> None:
    """Black and white in equal parts are half the light, which is 188 and not 128."""
    assert average(stripes(((0, 0, 0), 5), (WHITE, 5))) == (188, 188, 188)
    assert average(stripes((GREEN, 5))) == GREEN


@given(st.integers(2, 256), PICTURES)
def test_any_picture_has_as_many_colours_as_it_may(most: int, picture: Any) -> None:
    seen = picture[picture[..., 3] > 0] if picture.shape[2] == 4 else picture
    different = len(numpy.unique(seen.reshape(-1, picture.shape[2])[:, :3], axis=0)) if seen.size else 0
    found = palette(picture, most)
    assert len(found) == min(most, different)
    shares = [tone.share for tone in found]
    assert shares == sorted(shares, reverse=True) and sum(shares) == pytest.approx(1 if different else 0)
    assert all(0 <= value <= 255 for tone in found for value in tone.colour)


@pytest.mark.parametrize("most", [1, 257, -3])
def test_a_palette_has_2_to_256_colours(most: int) -> None:
    with pytest.raises(ValueError, match="2 to 256"):
        palette(stripes((RED, 3)), most)


def test_colours_that_stand_out() -> None:
    vivid, pale, deep = (200, 50, 40), (240, 150, 140), (110, 10, 10)
    quiet, light, dark = (140, 120, 115), (205, 190, 185), (70, 60, 58)
    picture = stripes((vivid, 5), (pale, 5), (deep, 5), (quiet, 30), (light, 30), (dark, 25))
    assert list(swatches(picture).values()) == [vivid, pale, deep, quiet, light, dark]


def test_what_a_picture_has_not_is_told_as_none() -> None:
    found = swatches(stripes(((128, 128, 128), 5), ((20, 20, 20), 5)))
    assert (found["vibrant"], found["dark_vibrant"], found["light_muted"]) == (None, None, None)
    assert (found["muted"], found["dark_muted"]) == ((128, 128, 128), (20, 20, 20))
