"""Where pictures are cut: gravity by box, by pixels, and offsets."""

from pathlib import Path
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rendering import pixels, rendered, saved

from variants.geometry import ORIENTATIONS, Turn
from variants.options.gravity import BOX_CENTER
from variants.plan import plan
from variants.table import make

PLACES = [(40, 30), (300, 30), (150, 60)]


def spotted(x: int, y: int) -> "numpy.ndarray[Any, Any]":
    """Grey, with a spot of strong colours and edges."""
    array = numpy.full((100, 360, 3), 120, "uint8")
    spot = numpy.random.default_rng(1).integers(0, 2, (8, 8, 3)) * 200 + 40
    array[y - 16 : y + 16, x - 16 : x + 16] = spot.repeat(4, axis=0).repeat(4, axis=1)
    return array


def contrast(array: "numpy.ndarray[Any, Any]") -> float:
    return float(array.astype(float).std())


@pytest.mark.parametrize("word", ["auto", "entropy"])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", ["a.png", "a.jpg"])
def test_the_spot_is_seen(word: str, place: tuple[int, int], name: str, tmp_path: Path) -> None:
    path = saved(spotted(*place), tmp_path / name)
    whole = contrast(spotted(*place)[place[1] - 16 : place[1] + 16, place[0] - 16 : place[0] + 16])
    for options in (
        "w=50,h=50,fit=cover",
        "w=100,h=100,fit=crop",
        "rotate=90,w=60,h=60,fit=cover",
        "flip=h,w=50,h=50,fit=cover",
    ):
        found = pixels(rendered(path, f"{options},gravity={word}"))
        assert found.shape[0] == found.shape[1]
        assert contrast(found) > 0.15 * whole, options
    assert contrast(pixels(rendered(path, f"w=100~w=40,h=28,fit=cover,gravity={word}"))) > 0.15 * whole


@pytest.mark.parametrize("word", ["auto", "entropy"])
def test_a_turned_original(word: str, tmp_path: Path) -> None:
    import pyvips
    from rendering import drawn

    upright = spotted(300, 60)
    image = drawn(numpy.ascontiguousarray(numpy.rot90(upright))).copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", 6)
    path = saved(image, tmp_path / "a.png")
    assert contrast(pixels(rendered(path, f"w=60,h=60,fit=crop,gravity={word}"))) > 20


def test_nothing_is_looked_for_where_nothing_is_cut_off(tmp_path: Path) -> None:
    path = saved(spotted(40, 30), tmp_path / "a.png")
    assert rendered(path, "w=90,gravity=auto").body == rendered(path, "w=90").body


shares = st.integers(0, 10_000).map(lambda number: number / 10_000)


@given(st.integers(10, 4000), st.integers(10, 4000), st.integers(1, 900), st.integers(1, 900), shares, shares)
def test_box_center(width: int, height: int, w: int, h: int, x: float, y: float) -> None:
    made = plan(width, height, make({"width": w, "height": h, "fit": "cover", "gravity": (x, y, BOX_CENTER)}))
    for start, part, whole, share in (
        (made.crop.left, made.crop.width, made.scaled.width, x),
        (made.crop.top, made.crop.height, made.scaled.height, y),
    ):
        assert 0 <= start <= whole - part
        wanted = min(max(0, share * whole - part / 2), whole - part)
        assert abs(start - wanted) <= 0.5 + 1e-6


@pytest.mark.parametrize(
    ("options", "left", "top"),
    [
        ({"gravity": (0, 0.5), "offset": (20, 0)}, 20, 0),
        ({"gravity": (1, 0.5), "offset": (-20, 0)}, 80, 0),
        ({"offset": (20, 30)}, 70, 0),
        ({"offset": (2000, 0)}, 100, 0),
        ({"offset": (-0.1, 0)}, 30, 0),
        ({"offset": (5, 0), "dpr": 2}, 110, 0),
        ({"gravity": (0.5, 0.5, BOX_CENTER), "offset": (3, 0)}, 53, 0),
    ],
)
def test_offset(options: dict[str, object], left: int, top: int) -> None:
    made = plan(600, 300, make({"width": 100, "height": 100, "fit": "cover", **options}))
    assert made.crop[:2] == (left, top)


def test_offset_follows_the_upright_picture() -> None:
    for orientation, turn in ORIENTATIONS.items():
        made = plan(
            600, 300, make({"width": 100, "height": 100, "fit": "cover", "offset": (20, 0)}), orientation=orientation
        )
        assert turn.box(made.crop, made.scaled).left == 70, (orientation, Turn())


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ("min-width=600", (600, 400)),
        ("min-width=200", (300, 200)),
        ("min-height=500", (750, 500)),
        ("min-width=600,min-height=500", (750, 500)),
        ("max-width=200", (200, 133)),
        ("max-height=100", (150, 100)),
        ("max-width=200,max-height=100", (150, 100)),
        ("w=100,min-width=150", (150, 100)),
        ("w=100,min-width=75,dpr=2", (200, 133)),
        ("w=100,min-width=150,dpr=2", (300, 200)),
        ("w=100,h=100,fit=cover,min-width=150", (150, 150)),
        ("w=100,h=100,fit=pad,max-width=50", (50, 50)),
        ("w=100,h=50,fit=squeeze,min-height=100", (200, 100)),
        ("max-width=100,min-width=200", (200, 133)),
        ("rotate=90,max-width=100", (100, 150)),
        ("max-width=100,padding=10", (120, 87)),
    ],
)
def test_bounds(options: str, size: tuple[int, int], tmp_path: Path) -> None:
    made = rendered(saved(numpy.full((200, 300, 3), 90, "uint8"), tmp_path / "a.png"), options)
    assert (made.width, made.height) == size


def test_generate_interpolates_and_says_so(tmp_path: Path) -> None:
    from variants.limits import Limits
    from variants.negotiate import Source, negotiate
    from variants.notation.url import parse

    path = saved(spotted(40, 30), tmp_path / "a.png")
    assert rendered(path, "w=500,fit=contain,upscale=generate").body == rendered(path, "w=500,fit=contain").body
    source = Source("png", 360, 100, 1, False, 900)
    for options, warned in (("w=500,fit=contain", True), ("w=500", False), ("w=100,fit=contain", False)):
        found = negotiate(parse(options + ",upscale=generate").chain, None, source, Limits()).warnings
        assert ("generate is not available, interpolated" in found) == warned
