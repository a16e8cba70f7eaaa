"""Filters and frames on animations: every frame as if it were alone."""

from pathlib import Path

import numpy
import pytest
import pyvips
from rendering import checks, drawn, picture, pixels, rendered, saved

EFFECTS = [
    "brightness=1.5,contrast=0.7,gamma=2",
    "saturation=2,sepia=0.5",
    "negative=true",
    "tint=red",
    "duotone=%23102030;%23fff0a0",
    "unsharp=4;2",
    "pixelate=7",
    "colorize=%23ff000066",
    "gradient=%23000000cc;right",
    "padding=3;5",
    "border=2;red,radius=12",
    "radius=max",
    "rotate=20",
    "w=20,h=30,fit=cover,offset=5",
    "max-width=30,min-height=20",
]


@pytest.fixture(scope="module")
def frames() -> "list[numpy.ndarray[object, object]]":
    board = checks(48, 40)
    return [board, board[::-1], board[:, ::-1]]


@pytest.mark.parametrize("options", EFFECTS)
def test_every_frame_alone(options: str, frames: "list[numpy.ndarray[object, object]]", tmp_path: Path) -> None:
    strip = drawn(numpy.concatenate(frames)).copy()
    strip.set_type(pyvips.GValue.gint_type, "page-height", 40)
    strip.set_type(pyvips.GValue.array_int_type, "delay", [50, 60, 70])
    path = saved(strip, tmp_path / "a.webp", lossless=True)
    made = rendered(path, f"{options},quality=100", "webp", animated=True)
    found = picture(made, "n=-1")
    assert made.frames == 3 and found.get("delay") == [50, 60, 70]
    height = found.get_page_height()
    for at, frame in enumerate(frames):
        alone = pixels(rendered(saved(frame, tmp_path / f"{at}.png"), options)).astype(int)
        here = found.crop(0, at * height, found.width, height).numpy().astype(int)
        if alone.shape[2] == 4:
            shown = alone[..., 3] > 0
            assert (abs(here[..., 3] - alone[..., 3]) <= 1).all()
            assert abs(here[shown] - alone[shown])[:, :3].max() <= 1
        else:
            assert abs(here[..., :3] - alone).max() <= 1
