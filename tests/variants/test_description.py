"""What a description tells of pixels and of what was seen in them."""

import json
from pathlib import Path
from typing import Any

import numpy
import pytest
import pyvips
from placeholders import from_blurhash, from_thumbhash
from rendering import drawn, rendered, saved

from variants import source
from variants.description import attention, described
from variants.findings import Findings, Found
from variants.notation import url

RED, BLUE = (220, 30, 30), (30, 60, 200)
PIXELS = "palette:4;average;dominant-color;dominant-colors;blurhash;thumbhash"
FACES = (Found(0.1, 0.2, 0.3, 0.6, 0.98765, "face"), Found(0.5, 0.1, 0.7, 0.4, 0.8, "face"))
OBJECTS = (Found(0, 0.25, 1, 1, 0.7, "dog"),)


@pytest.fixture(scope="module")
def halves(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two thirds red, then blue; 120 x 80, as a JPEG that lies on its side: stored 80 x 120."""
    array = numpy.full((80, 120, 3), RED, "uint8")
    array[:, 80:] = BLUE
    image = drawn(array).rot270().copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", 6)
    return saved(image, tmp_path_factory.mktemp("halves") / "halves.jpg", Q=100)


def told(path: Path, options: str) -> Any:
    return json.loads(rendered(path, f"format=json,{options}", "json").body)


def seen(path: Path, include: str, findings: Findings) -> Any:
    """The members about the original, where a look at it found this."""
    original = source.opened(str(path), animated=False, most=10**8)
    (options,) = url.parse(f"format=json,include={include}").chain
    return json.loads(described(original, original.first_frame(), options, findings))["original"]


def near(colour: str, wanted: tuple[int, ...], levels: int = 6) -> bool:
    return bool(abs(numpy.array([*bytes.fromhex(colour[1:])]) - wanted).max() <= levels)


def test_nothing_but_sizes_unless_asked_for(halves: Path) -> None:
    assert set(told(halves, "width=60")) == {"width", "height", "original"}
    assert set(told(halves, "width=60")["original"]) == {"file_size", "width", "height", "format"}


def test_colours(halves: Path) -> None:
    about = told(halves, f"include={PIXELS}")
    assert (about["width"], about["height"]) == (120, 80)
    first, second = about["palette"][:2]
    assert near(first["color"], RED) and near(second["color"], BLUE)
    assert (first["share"], second["share"]) == pytest.approx((2 / 3, 1 / 3), abs=0.04)
    assert near(about["dominant_color"], RED) and near(about["average"], (183, 43, 122), 8)
    assert near(about["dominant_colors"]["vibrant"], RED) and about["dominant_colors"]["light_muted"] is None


def test_placeholders_are_upright(halves: Path) -> None:
    about = told(halves, f"include={PIXELS}")
    blurred, shown = from_blurhash(about["blurhash"], 90, 60), from_thumbhash(about["thumbhash"])
    assert shown.shape[1] > shown.shape[0] and (shown[..., 3] == 255).all()
    for pixels in (blurred, shown):
        height, width, _ = pixels.shape
        assert abs(pixels[height // 2, width // 4, :3] - RED).max() < 60
        assert abs(pixels[height // 2, width * 9 // 10, :3] - BLUE).max() < 60


def test_pixels_are_those_of_the_result(halves: Path) -> None:
    """What the options cut off or hide shows in no colour and in no placeholder."""
    about = told(halves, f"width=40,height=80,fit=cover,gravity=right,include={PIXELS}")
    assert [near(tone["color"], BLUE) for tone in about["palette"] if tone["share"] > 0.1] == [True]
    assert abs(from_blurhash(about["blurhash"], 60, 60)[8:-8, 8:-8] - BLUE).max() < 30
    grey = told(halves, "saturation=0,include=dominant-color")["dominant_color"]
    assert max(bytes.fromhex(grey[1:])) - min(bytes.fromhex(grey[1:])) <= 2


def test_what_is_transparent(tmp_path: Path) -> None:
    array = numpy.full((60, 60, 4), (*RED, 255), "uint8")
    array[:, 30:] = 0
    about = told(saved(array, tmp_path / "hole.png"), f"include={PIXELS}")
    assert about["palette"] == [{"color": "#dc1e1e", "share": 1.0}] and about["average"] == "#dc1e1e"
    assert from_thumbhash(about["thumbhash"])[:, 20:, 3].max() < 80
    nothing = told(saved(array * 0, tmp_path / "nothing.png"), f"include={PIXELS}")
    assert (nothing["palette"], nothing["average"], nothing["dominant_color"]) == ([], None, None)


@pytest.mark.parametrize("array", [numpy.full((5, 7), 90, "uint8"), numpy.full((5, 7, 2), 40_000, "uint16")])
def test_grey_and_deep_pictures(array: Any, tmp_path: Path) -> None:
    about = told(saved(array, tmp_path / "grey.png"), f"include={PIXELS}")
    grey = bytes.fromhex(about["average"][1:])
    assert len(set(grey)) == 1 and grey[0] in (90, 155, 156)


def test_the_first_frame_of_an_animation(tmp_path: Path) -> None:
    frames = [drawn(numpy.full((20, 20, 3), colour, "uint8")) for colour in (BLUE, RED)]
    strip = pyvips.Image.arrayjoin(frames, across=1)
    strip.set_type(pyvips.GValue.gint_type, "page-height", 20)
    about = told(saved(strip, tmp_path / "a.gif"), "include=average")
    assert near(about["average"], BLUE) and about["original"]["frames"] == 2


def test_boxes(halves: Path) -> None:
    about = seen(halves, "detections", Findings(faces=FACES, objects=OBJECTS))
    assert about["faces"][0] == {
        "left": 0.1,
        "top": 0.2,
        "width": 0.2,
        "height": 0.4,
        "score": 0.9877,
        "label": "face",
    }
    assert about["objects"] == [{"left": 0, "top": 0.25, "width": 1, "height": 0.75, "score": 0.7, "label": "dog"}]
    assert len(about["faces"]) == 2


def test_nothing_found_is_not_the_same_as_not_looked(halves: Path) -> None:
    assert seen(halves, "detections", Findings(faces=()))["faces"] == []
    missing = seen(halves, "detections;saliency", Findings(missing=frozenset({"faces", "objects", "saliency"})))
    assert (missing["faces"], missing["objects"], missing["saliency"]) == (None, None, None)


@pytest.mark.parametrize("size", [(8, 6), (48, 36), (17, 40)])
def test_saliency(size: tuple[int, int], halves: Path) -> None:
    width, height = size
    grid = numpy.full((height, width), 0.001, "float32")
    grid[height * 3 // 4, width // 4] = 0.5
    found = seen(halves, "saliency", Findings(saliency=pyvips.Image.new_from_array(grid)))["saliency"]
    assert found["x"] == pytest.approx((width // 4 + 0.5) / width, abs=1e-4)
    assert found["y"] == pytest.approx((height * 3 // 4 + 0.5) / height, abs=1e-4)
    rows = numpy.array(found["grid"])
    assert max(rows.shape) <= 16 and rows.max() == 1 and rows.min() >= 0
    y, x = numpy.unravel_index(rows.argmax(), rows.shape)
    assert abs((x + 0.5) / rows.shape[1] - found["x"]) <= 0.5 / rows.shape[1] + 1e-4
    assert abs((y + 0.5) / rows.shape[0] - found["y"]) <= 0.5 / rows.shape[0] + 1e-4


def test_the_focal_point(halves: Path) -> None:
    """A person's choice before faces, faces before saliency, libvips' attention where there is neither."""
    peak = numpy.zeros((10, 10), "float32")
    peak[7, 2] = 1
    everything = Findings(faces=FACES, saliency=pyvips.Image.new_from_array(peak), point=(0.9, 0.1))

    def focal(findings: Findings) -> Any:
        return seen(halves, "focal-point", findings)["focal_point"]

    assert focal(everything) == {"x": 0.9, "y": 0.1, "by": "hand"}
    assert focal(Findings(faces=FACES, saliency=everything.saliency)) == {"x": 0.4, "y": 0.35, "by": "faces"}
    assert focal(Findings(faces=(), saliency=everything.saliency)) == {"x": 0.25, "y": 0.75, "by": "saliency"}
    assert focal(Findings())["by"] == "attention"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_attention_looks_at_the_upright_original(orientation: int, tmp_path: Path) -> None:
    """A strong red dot on grey, at 3/4 from the left and 1/4 from the top."""
    y, x = numpy.mgrid[0:240, 0:320]
    array = numpy.full((240, 320, 3), 128, "uint8")
    array[(x - 240) ** 2 + (y - 60) ** 2 < 300] = (255, 20, 20)
    image = drawn(array)
    # What autorot undoes, so that all eight files show the same.
    stored = {
        1: image,
        2: image.fliphor(),
        3: image.rot180(),
        4: image.flipver(),
        5: image.rot90().fliphor(),
        6: image.rot270(),
        7: image.rot270().fliphor(),
        8: image.rot90(),
    }[orientation].copy()
    stored.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    path = saved(stored, tmp_path / "dot.jpg")
    assert attention(source.opened(str(path), animated=False, most=10**8)) == pytest.approx((0.75, 0.25), abs=0.05)
