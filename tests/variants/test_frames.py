"""Frames of animations: put together as another decoder does it, and each one treated like a picture of its own."""

import io
from pathlib import Path
from typing import Any

import corpus
import numpy
import pytest
import pyvips
from PIL import Image, ImageSequence
from rendering import LIMITS, checks, drawn, picture, rendered, saved

from variants import source
from variants.notation import url
from variants.options.option import Option
from variants.table import TABLE
from variants.transform import Scene, from_file

SIZE = (48, 32)
DELAYS = [100, 40, 20, 500]


def with_pillow(body: bytes) -> list["numpy.ndarray[Any, Any]"]:
    """Every frame as it is seen, RGBA, by a decoder that is not libvips'."""
    with Image.open(io.BytesIO(body)) as image:
        return [numpy.asarray(frame.convert("RGBA")) for frame in ImageSequence.Iterator(image)]


def seen(frame: "numpy.ndarray[Any, Any]") -> "numpy.ndarray[Any, Any]":
    """Over grey: the colour of what is transparent says nothing."""
    alpha = frame[..., 3:].astype(float) / 255
    over: numpy.ndarray[Any, Any] = frame[..., :3] * alpha + 128 * (1 - alpha)
    return over


def partial(disposal: int, loop: int | None) -> bytes:
    """A GIF of four frames, each of which draws one quarter and leaves the rest transparent."""
    frames = []
    for number, colour in enumerate(["red", "lime", "blue", "yellow"]):
        frame = Image.new("RGBA", SIZE, (0, 0, 0, 0))
        frame.paste(colour, (number * 12, number * 8, number * 12 + 12, number * 8 + 8))
        frames.append(frame)
    file = io.BytesIO()
    kept = {} if loop is None else {"loop": loop}
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], disposal=disposal, duration=DELAYS, **kept)
    return file.getvalue()


@pytest.mark.parametrize("disposal", [0, 1, 2, 3])
@pytest.mark.parametrize("form", ["gif", "webp"])
def test_disposal(disposal: int, form: str, tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    path.write_bytes(partial(disposal, 0))
    made = rendered(path, "q=100", form, animated=True)
    expected, found = with_pillow(path.read_bytes()), with_pillow(made.body)
    assert len(found) == len(expected) == made.frames
    for one, other in zip(found, expected, strict=True):
        assert abs(seen(one) - seen(other)).max() <= 1
    assert picture(made, "n=-1").get("delay") == DELAYS


def test_animations_of_the_corpus_look_the_same(shared: Path) -> None:
    folder = shared / "corpus/good"
    entries = [entry for entry in corpus.entries(folder) if entry["file"].startswith("gen-anim-")]
    assert len(entries) > 5
    for entry in entries:
        made = rendered(folder / entry["file"], "q=100", "webp", animated=True)
        expected, found = with_pillow((folder / entry["file"]).read_bytes()), with_pillow(made.body)
        if len(found) == len(expected):  # the same frame twice may become one that is shown for longer
            off = [abs(seen(one) - seen(other)).max() for one, other in zip(found, expected, strict=True)]
            assert max(off) <= 2, entry["file"]


@pytest.mark.parametrize(("loop", "played"), [(None, 1), (0, 0), (1, 2), (5, 6)])
def test_it_is_played_as_often(loop: int | None, played: int, tmp_path: Path) -> None:
    """GIF counts repetitions after the first time; WebP and libvips count how often it is played, 0 for ever."""
    path = tmp_path / "a.gif"
    path.write_bytes(partial(1, loop))
    with Image.open(io.BytesIO(rendered(path, "w=24", "webp", animated=True).body)) as found:
        assert found.info["loop"] == played
    with Image.open(io.BytesIO(rendered(path, "w=24", "gif", animated=True).body)) as found:
        assert found.info.get("loop") == loop


# What looks at the first frame decides for all of them: no frame may jump.
BY_THE_FIRST = ("trim.border", "gravity")
NEEDS_PICTURES = ("draw", "watermark")
# Refused for animations: test_moving.py.
NEEDS_LOOKS = ("segment", "blur-detections", "pixelate-detections")
EXAMPLES = {"trim": "trim=5;3;2;1"}


@pytest.mark.parametrize(
    "option",
    [
        option
        for option in TABLE.values()
        if option.group == "transform" and not option.name.startswith((*BY_THE_FIRST, *NEEDS_PICTURES, *NEEDS_LOOKS))
    ],
    ids=lambda option: option.name,
)
def test_every_option_treats_every_frame_like_a_picture(option: Option, tmp_path: Path) -> None:
    pictures = [numpy.roll(checks(40, 30, bands=4), shift, axis=1) for shift in (0, 9, 20)]
    strip = drawn(numpy.concatenate(pictures)).copy()
    strip.set_type(pyvips.GValue.gint_type, "page-height", 30)
    animation = saved(strip, tmp_path / "a.webp", lossless=True)
    text = EXAMPLES.get(option.name) or f"{option.name}={option.kind.write(option.kind.check(option.example))}"
    together = frames(animation, text)
    assert len(together) == 3
    for number, array in enumerate(pictures):
        (alone,) = frames(saved(array, tmp_path / f"{number}.png"), text)
        assert together[number].shape == alone.shape
        assert abs(together[number].astype(int) - alone).max() <= 1


def frames(path: Path, text: str) -> list["numpy.ndarray[Any, Any]"]:
    chain = url.parse(text).chain
    opened = source.opened(str(path), animated=True, most=LIMITS.max_pixels)
    return [frame.numpy() for frame in from_file(opened, chain, Scene(LIMITS)).images]
