"""Animations: every frame on its own, times and loop as they were."""

from pathlib import Path
from typing import Any

import numpy
import pytest
import pyvips
from rendering import drawn, picture, rendered, saved

from variants.errors import TooLarge
from variants.limits import Limits

DELAYS = [40, 120, 70, 200]
COLOURS = [(250, 0, 0), (0, 250, 0), (0, 0, 250), (250, 250, 0)]


def animation(path: Path, width: int = 80, height: int = 60, loop: int = 3, **settings: Any) -> Path:
    """Four frames: each a plain colour with a white stripe at its left."""
    frames = numpy.zeros((4, height, width, 3), "uint8")
    for frame, colour in zip(frames, COLOURS, strict=True):
        frame[:] = colour
        frame[:, :10] = 255
    image = drawn(frames.reshape(4 * height, width, 3)).copy()
    image.set_type(pyvips.GValue.gint_type, "page-height", height)
    image.set_type(pyvips.GValue.array_int_type, "delay", DELAYS)
    image.set_type(pyvips.GValue.gint_type, "loop", loop)
    return saved(image, path, **settings)


def frames_of(body: bytes) -> list["numpy.ndarray[Any, Any]"]:
    image = picture(body, "n=-1")
    height = image.get_page_height()
    return [image.crop(0, at, image.width, height).numpy() for at in range(0, image.height, height)]


@pytest.mark.parametrize("source", ["a.gif", "a.webp"])
@pytest.mark.parametrize("form", ["gif", "webp"])
@pytest.mark.parametrize("options", ["w=40", "w=40,h=40,fit=cover", "w=160,fit=contain", "rotate=90", "fit=scale-down"])
def test_frames_keep_their_times(source: str, form: str, options: str, tmp_path: Path) -> None:
    path = animation(tmp_path / source, **({"lossless": True} if source.endswith("webp") else {}))
    made = rendered(path, options, form, animated=True)
    found = picture(made, "n=-1")
    assert made.frames == found.get_n_pages() == 4
    assert (found.width, found.get_page_height()) == (made.width, made.height)
    assert found.get("delay") == DELAYS and found.get("loop") == 3
    for frame, colour in zip(frames_of(made.body), COLOURS, strict=True):
        assert abs(frame[-3:, -3:, :3].astype(int) - colour).max() <= 12


@pytest.mark.parametrize("options", ["h=15", "blur=20", "h=240,fit=contain", "sharpen=5,h=20"])
def test_no_frame_shines_into_the_next(options: str, tmp_path: Path) -> None:
    path = animation(tmp_path / "a.webp", lossless=True)
    for frame, colour in zip(
        frames_of(rendered(path, options + ",q=100", "webp", animated=True).body), COLOURS, strict=True
    ):
        edge = frame[[0, -1], -1, :3].astype(int)
        assert abs(edge - frame[frame.shape[0] // 2, -1, :3]).max() <= 1
        assert abs(edge - colour).max() <= 30


def test_flip_and_trim_act_on_every_frame(tmp_path: Path) -> None:
    path = animation(tmp_path / "a.gif")
    made = rendered(path, "trim=5;0;5;5,flip=h", "gif", animated=True)
    assert (made.width, made.height, made.frames) == (75, 50, 4)
    for frame, colour in zip(frames_of(made.body), COLOURS, strict=True):
        assert abs(frame[:, 0, :3].astype(int) - colour).max() <= 8 and (frame[:, -4:, :3] >= 247).all()


def test_two_transformations(tmp_path: Path) -> None:
    made = rendered(animation(tmp_path / "a.gif"), "w=40~rotate=90", "webp", animated=True)
    assert (made.width, made.height, made.frames) == (30, 40, 4)


def test_for_ever_stays_for_ever(tmp_path: Path) -> None:
    made = rendered(animation(tmp_path / "a.gif", loop=0), "w=40", "webp", animated=True)
    assert picture(made, "n=-1").get("loop") == 0


@pytest.mark.parametrize("form", ["gif", "webp"])
def test_very_often_is_not_for_ever(form: str, tmp_path: Path) -> None:
    path = animation(tmp_path / "a.gif", loop=65_536)
    assert picture(rendered(path, "w=40", form, animated=True), "n=-1").get("loop") >= 65_534


@pytest.mark.parametrize("form", ["jpeg", "png", "avif", "webp", "gif"])
@pytest.mark.parametrize("options", ["w=40", "w=200,h=100,fit=cover"])
def test_a_still_of_an_animation_is_its_first_frame(form: str, options: str, tmp_path: Path) -> None:
    made = rendered(animation(tmp_path / "a.gif"), options, form)
    image = picture(made)
    assert made.frames == 1 and (image.width, image.height) == (made.width, made.height)
    assert not image.get_typeof("n-pages") or image.get("n-pages") == 1
    assert abs(image.numpy()[-2, -2, :3].astype(int) - COLOURS[0]).max() <= 20


def test_a_still_asked_for_as_an_animation(tmp_path: Path) -> None:
    path = saved(numpy.full((20, 30, 3), 9, "uint8"), tmp_path / "a.png")
    assert rendered(path, "w=10", "webp", animated=True).frames == 1


def test_frames_count_together_when_enlarged(tmp_path: Path) -> None:
    path = animation(tmp_path / "a.gif")
    with pytest.raises(TooLarge):
        rendered(path, "w=800,fit=contain", "gif", animated=True, limits=Limits(max_pixels=1_000_000))
    with pytest.raises(TooLarge):
        rendered(path, "w=8", "gif", animated=True, limits=Limits(max_pixels=19_000))
