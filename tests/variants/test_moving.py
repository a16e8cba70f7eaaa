"""Nothing is hidden in an animation by what was seen in its first frame."""

from pathlib import Path

import numpy
import pytest
import pyvips
from rendering import LIMITS, checks, drawn, pixels, rendered, saved
from seen import everything

from variants.errors import BadOption
from variants.negotiate import Source, negotiate
from variants.notation.url import parse

HIDING = ("segment=foreground", "blur-detections=5", "pixelate-detections=5;person", "w=20~blur-detections=5;all")
WEBP = "image/webp"


@pytest.fixture
def animation(tmp_path: Path) -> Path:
    strip = drawn(numpy.concatenate([checks(40, 30), checks(40, 30)[:, ::-1]])).copy()
    strip.set_type(pyvips.GValue.gint_type, "page-height", 30)
    return saved(strip, tmp_path / "a.webp", lossless=True)


@pytest.mark.parametrize("options", HIDING)
@pytest.mark.parametrize("size", [(40, 30), (9000, 9000)])
def test_it_is_refused_before_anything_is_rendered(options: str, size: tuple[int, int]) -> None:
    source = Source("webp", *size, 2, False, 900)
    with pytest.raises(BadOption, match="anim=false"):
        negotiate(parse(options).chain, WEBP, source, LIMITS)
    first = parse(f"anim=false,{options}").chain
    assert not negotiate(first, WEBP, Source("webp", 40, 30, 2, False, 900), LIMITS).animated
    still = parse(f"format=jpeg,{options}").chain
    assert not negotiate(still, WEBP, Source("webp", 40, 30, 2, False, 900), LIMITS).animated


@pytest.mark.parametrize("options", HIDING)
def test_it_is_refused_where_it_would_be_rendered(options: str, animation: Path) -> None:
    with pytest.raises(BadOption, match="anim=false"):
        rendered(animation, options, "webp", animated=True, seen=everything())
    assert pixels(rendered(animation, options, "webp", seen=everything())).shape[0] < 60


@pytest.mark.parametrize("options", ["blur-detections=0", "blur=5", "draw-detections=true", "gravity=face,w=10,h=10"])
def test_what_hides_nothing_by_it_is_not(options: str, animation: Path) -> None:
    negotiate(parse(options).chain, WEBP, Source("webp", 40, 30, 2, False, 900), LIMITS)
    made = rendered(animation, options, "webp", animated=True, seen=everything())
    assert made.frames == 2
