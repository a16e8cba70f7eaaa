"""gravity=objects and crop-objects from the URL to the pixels, and what they do where nothing is found."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rendering import LIMITS, checks, pixels, rendered, saved
from seen import boxes

from variants.findings import Findings, Found
from variants.geometry import Box, Size
from variants.needs import of_chain
from variants.notation.url import parse
from variants.outline import shaped
from variants.plan import plan
from variants.render import render

WIDTH, HEIGHT = 600, 400
DOG, CAT = Found(0.1, 0.5, 0.2, 0.7, 0.9, "dog"), Found(0.7, 0.25, 0.8, 0.5, 0.9, "cat")
SEEN = Findings(objects=(DOG, CAT), faces=boxes((0.4, 0.1, 0.5, 0.2)))


@pytest.mark.parametrize(
    ("options", "box"),
    [
        ("crop-objects=1", (60, 100, 420, 180)),
        ("crop-objects=1;dog", (60, 200, 60, 80)),
        ("crop-objects=2;dog", (30, 160, 120, 160)),
        ("crop-objects=1;face", (240, 40, 60, 40)),
        ("crop-objects=1;dog;face", (60, 40, 240, 240)),
        ("crop-objects=20;cat", (0, 0, 600, 400)),
        ("crop-objects=4;dog", (0, 80, 240, 320)),  # moved inside the picture
        ("crop-objects=1;horse", (0, 0, 600, 400)),
        ("crop-objects=1;dog,w=80,h=80,fit=cover", (50, 200, 80, 80)),  # wider, so that nothing of it is cut off
        ("crop-objects=1;dog,w=80,h=80,fit=contain", (60, 200, 60, 80)),
        ("crop-objects=1,w=50,h=100,fit=crop", (60, 0, 420, 400)),  # as high as the picture is
        ("crop-objects=1;dog,gravity=face,zoom=1", (60, 200, 60, 80)),
        ("trim=0;0;0;60,crop-objects=1;dog", (60, 200, 60, 80)),
        ("flip=h,crop-objects=1;dog", (60, 200, 60, 80)),
    ],
)
def test_the_part_that_is_cut_out(options: str, box: tuple[int, ...]) -> None:
    made = plan(WIDTH, HEIGHT, parse(options).chain[0], findings=SEEN)
    left, top, right, bottom = made.region
    found = (left * WIDTH, top * HEIGHT, (right - left) * WIDTH, (bottom - top) * HEIGHT)
    assert found == pytest.approx(box, abs=0.5)


def test_crop_objects_in_pixels(tmp_path: Path) -> None:
    array = checks(WIDTH, HEIGHT)
    found = pixels(rendered(saved(array, tmp_path / "a.png"), "crop-objects=1;dog", seen=SEEN))
    assert (found == array[200:280, 60:120]).all()


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ("gravity=objects", 350),  # the cat, which is larger, in the middle
        ("gravity=objects;dog", 0),
        ("gravity=objects;face", 170),
        ("gravity=objects;face=9;all", 240),  # all of the face, and a third of the cat
        ("gravity=objects;dog,objects-position=ea", 0),
        ("gravity=objects;face,objects-position=we", 240),
        ("gravity=objects;face,objects-position=we;10", 230),
        ("gravity=objects;face,objects-position=we,objects-mode=one_best", 240),
    ],
)
def test_the_window(options: str, left: int) -> None:
    made = plan(WIDTH, HEIGHT, parse(f"w=200,h=400,fit=cover,{options}").chain[0], findings=SEEN)
    assert made.crop.left == pytest.approx(left, abs=1)


WARNING = "no object was found, the picture is cut by what draws the eye"


@pytest.mark.parametrize(
    ("options", "seen", "warns"),
    [
        ("w=50,h=90,fit=cover,gravity=objects;horse", SEEN, True),
        ("w=50,h=90,fit=cover,gravity=objects;dog", SEEN, False),
        ("w=50,gravity=objects;horse", SEEN, False),  # nothing is cut off
        ("w=50,h=90,fit=cover,gravity=objects;horse", Findings(), False),  # nobody looked, which is told otherwise
        ("w=50,h=90,fit=cover,gravity=objects;horse", Findings(objects=(), point=(0.2, 0.2)), False),
        ("w=90~w=30,h=60,fit=cover,gravity=objects;horse", SEEN, True),
    ],
)
def test_it_is_told_where_none_is_found(options: str, seen: Findings, warns: bool, tmp_path: Path) -> None:
    path = saved(checks(WIDTH, HEIGHT), tmp_path / "a.png")
    made = render(path, parse(options).chain, "png", False, LIMITS, {}, {"": seen})
    assert (WARNING in made.warnings) == warns
    alike = options.replace("objects;horse", "auto")
    if warns:
        assert made.body == render(path, parse(alike).chain, "png", False, LIMITS).body


@pytest.mark.parametrize(
    ("options", "aims", "acts"),
    [
        ("crop-objects=1", {"objects"}, set()),
        ("crop-objects=1;face", {"faces"}, set()),
        ("crop-objects=1;face,w=9,h=9,fit=cover,gravity=objects;dog", {"faces", "objects"}, set()),
        ("w=9,h=9,fit=cover,gravity=objects;face", {"faces"}, set()),
        ("w=9,h=9,fit=contain,gravity=objects", set(), set()),
        ("w=9,h=9,fit=cover,gravity=auto", {"saliency", "mask", "faces"}, set()),
        ("segment=foreground", set(), {"mask"}),
        ("blur-detections=3", set(), {"faces"}),
        ("blur-detections=3;all", set(), {"objects"}),
        ("blur-detections=0", set(), set()),
        ("pixelate-detections=3;dog;face", set(), {"faces", "objects"}),
        ("draw-detections=true~draw-detections=car", set(), {"faces", "objects"}),
    ],
)
def test_what_must_be_looked_for(options: str, aims: set[str], acts: set[str]) -> None:
    sights = of_chain(parse(options).chain).sights
    assert [(set(one.aims), set(one.acts)) for one in sights] == ([(aims, acts)] if aims or acts else [])


sides = st.integers(1, 400)


@given(sides, sides, sides, sides, sides, sides)
def test_a_part_of_another_shape(across: int, down: int, width: int, height: int, left: int, top: int) -> None:
    picture = Size(500, 450)
    part = Box(min(left, picture.width - across), min(top, picture.height - down), across, down)
    grown = shaped(part, Size(width, height), picture)
    assert grown.left <= part.left and grown.left + grown.width >= part.left + part.width
    assert grown.top <= part.top and grown.top + grown.height >= part.top + part.height
    assert 0 <= grown.left <= picture.width - grown.width and 0 <= grown.top <= picture.height - grown.height
    if grown.width < picture.width and grown.height < picture.height:
        assert abs(grown.width * height - grown.height * width) <= max(width, height)
