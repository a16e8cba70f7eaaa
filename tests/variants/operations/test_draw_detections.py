"""draw-detections: a box and words for everything that was found."""

from pathlib import Path

import numpy
import pytest
from rendering import pixels, rendered, saved
from seen import boxes, everything

from variants.errors import NotSeen
from variants.findings import Findings
from variants.operations.draw_detections import colour_of
from variants.options.colour import channels

GREY = numpy.full((160, 240, 3), 128, "uint8")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return saved(GREY, tmp_path / "a.png")


def test_a_line_around_each_in_the_colour_of_its_class(path: Path) -> None:
    seen = Findings(faces=boxes((0.25, 0.25, 0.5, 0.75)), objects=boxes((0.6, 0.5, 0.9, 0.9), label="dog"))
    found = pixels(rendered(path, "draw-detections=dog;face", seen=seen))
    face, dog = (channels(colour_of(label))[:3] for label in ("face", "dog"))
    for y, x in ((40, 119), (119, 60), (80, 60), (80, 119), (119, 90)):
        assert (found[y, x] == face).all(), (y, x)
    for y, x in ((143, 144), (143, 215), (100, 144), (100, 215)):
        assert (found[y, x] == dog).all(), (y, x)
    assert (found[60:115, 65:115] == 128).all() and (found[100:140, 150:210] == 128).all()


def test_words_are_written_beside_it(path: Path) -> None:
    seen = Findings(faces=boxes((0.25, 0.5, 0.5, 0.75)))
    changed = (pixels(rendered(path, "draw-detections=true", seen=seen)) != GREY).any(axis=2)
    above = changed[60:79, 60:]
    assert above.sum() > 300 and above[:, :100].any() and not changed[:60].any()


def test_the_surest_lies_on_top(path: Path) -> None:
    low, high = boxes((0.2, 0.2, 0.6, 0.8), label="dog")[0], boxes((0.2, 0.2, 0.6, 0.8), label="cat")[0]
    for objects in ((low, high), (high, low)):
        sure = Findings(objects=tuple(one._replace(score=0.9 if one.label == "dog" else 0.4) for one in objects))
        found = pixels(rendered(path, "draw-detections=all", seen=sure))
        assert (found[100, 48] == channels(colour_of("dog"))[:3]).all()


@pytest.mark.parametrize("options", ["draw-detections=true", "draw-detections=true,padding=20,border=3;red,rotate=10"])
def test_of_any_size_and_with_alpha(options: str, tmp_path: Path) -> None:
    for number, size in enumerate([(1, 1), (3, 90), (90, 3), (300, 200)]):
        array = numpy.full((size[1], size[0], 4), 100, "uint8")
        seen = Findings(faces=boxes((0, 0, 1, 1), (0.5, 0.5, 0.5, 0.5), (0.9, 0.9, 1, 1)))
        made = rendered(saved(array, tmp_path / f"{number}.png"), options, seen=seen)
        assert pixels(made).shape[2] == 4


def test_what_was_not_looked_for(path: Path) -> None:
    assert (pixels(rendered(path, "draw-detections=false")) == GREY).all()
    with pytest.raises(NotSeen):
        rendered(path, "draw-detections=true")
    with pytest.raises(NotSeen):
        rendered(path, "draw-detections=car", seen=Findings(faces=()))
    assert (pixels(rendered(path, "draw-detections=bus", seen=everything())) == GREY).all()
