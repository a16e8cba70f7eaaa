"""EXIF orientation, flip and rotate."""

from pathlib import Path

import numpy
import pytest
import pyvips
from rendering import checks, drawn, pixels, rendered, saved

ARRAY = checks(48, 32)
# EXIF orientation → how the stored pixels of the upright ARRAY look.
STORED = {
    1: ARRAY,
    2: ARRAY[:, ::-1],
    3: ARRAY[::-1, ::-1],
    4: ARRAY[::-1],
    5: ARRAY.transpose(1, 0, 2),
    6: numpy.rot90(ARRAY, 1),
    7: numpy.rot90(ARRAY, 2).transpose(1, 0, 2),
    8: numpy.rot90(ARRAY, -1),
}


def oriented(orientation: int, path: Path) -> Path:
    image = drawn(numpy.ascontiguousarray(STORED[orientation])).copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    return saved(image, path)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation(orientation: int, tmp_path: Path) -> None:
    path = oriented(orientation, tmp_path / "a.png")
    upright = saved(ARRAY, tmp_path / "upright.png")
    assert (pixels(rendered(path, "fit=scale-down")) == ARRAY).all()
    for options in ("w=24", "w=20,h=30,fit=cover,gravity=0.1x0.9", "trim=2;4;6;8", "w=90,h=50,fit=cover,g=left"):
        found, wanted = pixels(rendered(path, options)), pixels(rendered(upright, options))
        assert found.shape == wanted.shape and abs(found.astype(int) - wanted).max() <= 2, options


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_orientation_is_applied_once(orientation: int, tmp_path: Path) -> None:
    path = oriented(orientation, tmp_path / "a.jpg")
    made = rendered(path, "metadata=keep", "jpeg")
    again = saved_bytes(made.body, tmp_path / "b.jpg")
    assert pixels(rendered(again, "fit=scale-down")).shape == ARRAY.shape


def saved_bytes(body: bytes, path: Path) -> Path:
    path.write_bytes(body)
    return path


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ("flip=h", ARRAY[:, ::-1]),
        ("flip=v", ARRAY[::-1]),
        ("flip=hv", ARRAY[::-1, ::-1]),
        ("rotate=90", numpy.rot90(ARRAY, -1)),
        ("rotate=180", numpy.rot90(ARRAY, 2)),
        ("rotate=270", numpy.rot90(ARRAY, 1)),
        ("flip=h,rotate=90", numpy.rot90(ARRAY[:, ::-1], -1)),
        ("flip=v,rotate=270", numpy.rot90(ARRAY[::-1], 1)),
        ("rotate=90,trim=0;0;0;16", numpy.rot90(ARRAY[:, 16:], -1)),
        ("flip=h,w=10,h=32,fit=crop,gravity=left", ARRAY[:, ::-1][:, :10]),
        ("rotate=90,w=32,h=10,fit=crop,gravity=top", numpy.rot90(ARRAY, -1)[:10]),
        ("rotate=90~rotate=90", ARRAY[::-1, ::-1]),
        ("flip=h~rotate=90", numpy.rot90(ARRAY[:, ::-1], -1)),
    ],
)
def test_turns(options: str, wanted: "numpy.ndarray[object, object]", tmp_path: Path) -> None:
    found = pixels(rendered(saved(ARRAY, tmp_path / "a.png"), options))
    assert found.shape == wanted.shape and (found == wanted).all()
