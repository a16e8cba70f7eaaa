"""What was seen travels with the pixels: a box stays around what it was around, whatever is done to the picture."""

from pathlib import Path
from typing import Any

import numpy
import pytest
import pyvips
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from rendering import LIMITS, drawn

from variants import source
from variants.errors import TooLarge
from variants.findings import Findings, Found
from variants.notation import url
from variants.transform import Scene, from_file

WIDTH, HEIGHT = 240, 160
SPOT = (150, 40, 180, 60)  # left, top, right, bottom
POINT = (165 / WIDTH, 50 / HEIGHT)
STEPS = (
    "rotate=90",
    "rotate=270,flip=h",
    "flip=v,w=120",
    "flip=hv",
    "trim=10;20;30;40",
    "w=100,h=100,fit=cover,gravity=0.6x0.3;box-center",
    "w=100,h=120,fit=cover,gravity=right",
    "w=300,h=300,fit=pad",
    "padding=10;20;30;40",
    "border=7;#00f",
    "rotate=30,background=#fff",
    "w=180,h=60,fit=squeeze",
    "padding=5,border=3;#00f,rotate=-20,background=#fff",
    "gravity=face,zoom=0.3",
    "gravity=face,zoom=0.6,w=90,h=60,fit=cover",
    "rotate=90,gravity=face,zoom=0.2,w=100,h=100,fit=pad",
)


def saved(folder: Path, orientation: int) -> Path:
    """White with a black spot, stored so that it is upright after ``orientation``."""
    array = numpy.full((HEIGHT, WIDTH, 3), 255, "uint8")
    left, top, right, bottom = SPOT
    array[top:bottom, left:right] = 0
    if orientation == 6:
        array = numpy.ascontiguousarray(numpy.rot90(array))
    image = drawn(array).copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    image.write_to_file(str(folder / "a.png"))
    return folder / "a.png"


def seen() -> Findings:
    left, top, right, bottom = SPOT
    box = Found(left / WIDTH, top / HEIGHT, right / WIDTH, bottom / HEIGHT, 0.9, "face")
    mask = numpy.zeros((HEIGHT // 2, WIDTH // 2), "uint8")
    mask[top // 2 : bottom // 2, left // 2 : right // 2] = 255
    return Findings(faces=(box,), mask=pyvips.Image.new_from_array(mask), point=POINT)


def result(path: Path, text: str) -> tuple["numpy.ndarray[Any, Any]", Findings]:
    """How dark each pixel is, and what is known of the picture then."""
    opened = source.opened(str(path), animated=False, most=10**8)
    done = from_file(opened, url.parse(text).chain, Scene(LIMITS), seen())
    image = done.images[0].colourspace("srgb")
    image = image.flatten(background=[255, 255, 255]) if image.hasalpha() else image
    return 255 - image.numpy().astype(float).max(axis=2), done.seen


def check(dark: "numpy.ndarray[Any, Any]", known: Findings) -> None:
    rows, columns = numpy.nonzero(dark > 128)
    height, width = dark.shape
    (face,) = known.faces or ()
    box = (face.left * width, face.top * height, face.right * width, face.bottom * height)
    spot = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert box == pytest.approx(spot, abs=2.5)
    x, y = known.point or (0, 0)
    assert (x * width, y * height) == pytest.approx((columns.mean(), rows.mean()), abs=2)
    assert known.mask is not None
    mask = known.mask.resize(width / known.mask.width, vscale=height / known.mask.height, kernel="linear").numpy()
    both = ((mask > 128) & (dark > 128)).sum() / ((mask > 128) | (dark > 128)).sum()
    assert both > 0.6


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("step", STEPS)
def test_the_spot_is_followed(step: str, orientation: int, tmp_path: Path) -> None:
    check(*result(saved(tmp_path, orientation), step))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(STEPS[:5] + STEPS[7:10]), min_size=2, max_size=3))
def test_through_a_chain(tmp_path_factory: pytest.TempPathFactory, steps: list[str]) -> None:
    path = saved(tmp_path_factory.mktemp("chain"), 1)
    try:
        dark, known = result(path, "~".join(steps))
    except TooLarge:  # several trims leave nothing
        reject()
    if not known.faces:  # cut off by the last of several trims
        assert dark.max() < 128
        return
    left, top, right, bottom = known.faces[0][:4]
    if min(left, top, 1 - right, 1 - bottom) > 0.01:
        check(dark, known)


def test_what_is_cut_off_is_gone_and_what_is_cut_through_ends_at_the_edge(tmp_path: Path) -> None:
    path = saved(tmp_path, 1)
    assert result(path, "trim=0;0;0;200")[1].faces == ()
    (face,) = result(path, "trim=0;0;0;165")[1].faces or ()
    assert (face.left, round(face.right * 75)) == (0, 15)
