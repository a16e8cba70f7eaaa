"""Drawings, compared with Porter and Duff's formulas."""

import json
from pathlib import Path
from typing import Any

import numpy
import pytest
import pyvips
from rendering import checks, drawn, pixels, saved

from variants.errors import BadOption, OverlayNotFound, TooLarge
from variants.limits import Limits
from variants.notation import body, drawings, url
from variants.options.option import Options
from variants.render import render
from variants.table import TABLE, versions

DRAW = [option for option in TABLE.values() if option.group == "draw"]
Array = numpy.ndarray[Any, Any]


def ramp(width: int, height: int) -> Array:
    """Colours and every degree of transparency."""
    array = checks(width, height, bands=4)
    array[..., 3] = numpy.linspace(0, 255, width * height).reshape(height, width).astype("uint8")
    return array


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    saved(checks(40, 30), tmp_path / "base.png")
    saved(ramp(40, 30), tmp_path / "sheer.png")
    saved(ramp(10, 8), tmp_path / "logo.png")
    saved(numpy.full((4, 6, 3), (255, 0, 0), "uint8"), tmp_path / "red.png")
    return tmp_path


def made(folder: Path, options: Any, base: str = "base", form: str = "png", **more: Any) -> Array:
    chain = url.parse(options).chain if isinstance(options, str) else body.check_chain(options)
    pictures = {file.stem: str(file) for file in folder.glob("*.png")}
    done = render(folder / f"{base}.png", chain, form, more.pop("animated", False), Limits(), pictures)
    return pixels(done)


def on(folder: Path, base: str = "base", **drawing: Any) -> Array:
    return made(folder, {"draw": [{"image": "logo", **drawing}]}, base)


# Factors of source and backdrop, from the alphas of both.
FACTORS = {
    "over": lambda s, b: (1, 1 - s),
    "in": lambda s, b: (b, 0),
    "atop": lambda s, b: (b, 1 - s),
    "out": lambda s, b: (1 - b, 0),
    "xor": lambda s, b: (1 - b, 1 - s),
    "lighter": lambda s, b: (1, 1),
}


def mixed(source: Array, backdrop: Array, mode: str, opacity: float = 1) -> Array:
    """Straight alpha, 0 to 255, four channels."""
    source_alpha, alpha = source[..., 3:] / 255 * opacity, backdrop[..., 3:] / 255
    one, other = FACTORS[mode](source_alpha, alpha)
    whole = numpy.minimum(source_alpha * one + alpha * other, 1)
    colour = source[..., :3] * source_alpha * one + backdrop[..., :3] * alpha * other
    colour = numpy.minimum(colour, 255 * (1 if mode == "lighter" else whole))
    straight = numpy.divide(colour, whole, out=numpy.zeros_like(colour), where=whole > 0)
    return numpy.concatenate([numpy.minimum(straight, 255), whole * 255], axis=-1)


def same(found: Array, expected: Array) -> bool:
    """Within a level of rounding; colours count by what shows of them."""
    alpha = expected[..., 3:] / 255
    return bool(
        (abs(found[..., 3:] - expected[..., 3:]) <= 1).all()
        and (abs(found[..., :3] - expected[..., :3]) * alpha <= 1.01).all()
    )


@pytest.mark.parametrize("opacity", [1, 0.3])
@pytest.mark.parametrize("mode", FACTORS)
def test_modes_inside_the_box_alone(folder: Path, mode: str, opacity: float) -> None:
    found = on(folder, "sheer", left=5, top=3, composite=mode, opacity=opacity).astype(float)
    expected = ramp(40, 30).astype(float)
    expected[3:11, 5:15] = mixed(ramp(10, 8), expected[3:11, 5:15], mode, opacity)
    assert same(found, expected)


@pytest.mark.parametrize("mode", FACTORS)
def test_modes_on_an_opaque_picture(folder: Path, mode: str) -> None:
    found = on(folder, left=5, top=3, composite=mode).astype(float)
    assert found.shape[2] == (4 if mode in ("in", "out", "xor") else 3)
    expected = numpy.dstack([checks(40, 30), numpy.full((30, 40), 255)]).astype(float)
    expected[3:11, 5:15] = mixed(ramp(10, 8), expected[3:11, 5:15], mode)
    assert same(numpy.dstack([found, numpy.full((30, 40), 255)])[..., :4] if found.shape[2] == 3 else found, expected)


def test_colours_are_mixed_as_they_are_written(folder: Path) -> None:
    saved(numpy.full((4, 4, 3), 255, "uint8"), folder / "white.png")
    saved(numpy.zeros((4, 4, 3), "uint8"), folder / "black.png")
    found = made(folder, {"draw": [{"image": "black", "opacity": 0.5}]}, "white")
    assert (found == 128).all()


@pytest.mark.parametrize(
    ("place", "left", "top"),
    [
        ({}, 15, 11),
        ({"left": 0}, 0, 11),
        ({"top": 0}, 15, 0),
        ({"right": 0, "bottom": 0}, 30, 22),
        ({"right": 3, "top": 4}, 27, 4),
        ({"left": 0.25, "bottom": 0.1}, 10, 19),
        ({"left": -4, "top": -2}, -4, -2),
        ({"right": -7, "bottom": -5}, 37, 27),
        ({"left": 100}, 100, 0),
    ],
)
def test_places(folder: Path, place: dict[str, Any], left: int, top: int) -> None:
    canvas = numpy.zeros((100, 200, 4))
    canvas[..., :3], canvas[..., 3] = 0, 0
    expected = numpy.dstack([checks(40, 30), numpy.full((30, 40), 255)]).astype(float)
    y, x = numpy.mgrid[0:30, 0:40]
    inside = (x >= left) & (x < left + 10) & (y >= top) & (y < top + 8)
    logo = ramp(10, 8)[numpy.clip(y - top, 0, 7), numpy.clip(x - left, 0, 9)]
    expected[inside] = mixed(logo, expected, "over")[inside]
    assert same(numpy.dstack([on(folder, **place), numpy.full((30, 40), 255)]).astype(float), expected)


@pytest.mark.parametrize("repeat", [True, "x", "y"])
@pytest.mark.parametrize("place", [{}, {"left": 3, "top": 5}, {"right": 1, "bottom": 2}])
def test_tiles_start_from_the_offset_and_extend_both_ways(folder: Path, repeat: Any, place: dict[str, int]) -> None:
    once, found = on(folder, **place), on(folder, repeat=repeat, **place)
    base = numpy.dstack([checks(40, 30), numpy.full((30, 40), 255)]).astype(float)
    changed = numpy.argwhere((once != checks(40, 30)).any(axis=2))
    assert len(changed)
    left = place.get("left", 40 - 10 - place["right"] if "right" in place else 15)
    top = place.get("top", 30 - 8 - place["bottom"] if "bottom" in place else 11)
    y, x = numpy.mgrid[0:30, 0:40]
    inside = numpy.ones((30, 40), bool)
    if repeat == "x":
        inside = (y >= top) & (y < top + 8)
    if repeat == "y":
        inside = (x >= left) & (x < left + 10)
    expected = base.copy()
    expected[inside] = mixed(ramp(10, 8)[(y - top) % 8, (x - left) % 10], base, "over")[inside]
    assert same(numpy.dstack([found, numpy.full((30, 40), 255)]).astype(float), expected)


def test_space_between_tiles(folder: Path) -> None:
    found = made(folder, {"draw": [{"image": "red", "repeat": True, "left": 0, "top": 0, "spacing": {"x": 2, "y": 3}}]})
    y, x = numpy.mgrid[0:30, 0:40]
    red = (x % 8 < 6) & (y % 7 < 4)
    assert (found[red] == (255, 0, 0)).all()
    assert (found[~red] == checks(40, 30)[~red]).all()


def test_a_drawing_is_transformed_first(folder: Path) -> None:
    found = made(
        folder, {"draw": [{"image": "red", "width": 0.5, "rotate": 90, "fit": "contain", "left": 0, "top": 0}]}
    )
    assert (found[:30, :20] == (255, 0, 0)).all()
    assert (found[:, 20:] == checks(40, 30)[:, 20:]).all()


def test_drawings_on_drawings_and_their_order(folder: Path) -> None:
    blue = {"image": "red", "width": 2, "height": 2, "fit": "squeeze", "negative": True, "left": 1, "top": 1}
    found = made(folder, {"draw": [{"image": "red", "left": 0, "top": 0, "draw": [blue]}, {"image": "red", "left": 3}]})
    assert (found[1:3, 1:3] == (0, 255, 255)).all()
    assert (found[0, :6] == (255, 0, 0)).all()
    assert (found[13:17, 3:9] == (255, 0, 0)).all()


def test_it_is_the_finished_picture_that_is_drawn_on(folder: Path) -> None:
    step = {"width": 20, "blur": 5, "background": "white", "draw": [{"image": "red", "left": 0, "top": 0}]}
    found = made(folder, [step, {"width": 40, "fit": "contain"}])
    assert found.shape == (30, 40, 3)
    assert (found[1:6, 1:10] == (255, 0, 0)).all()


def test_on_every_frame_at_the_same_place(folder: Path) -> None:
    frames = drawn(numpy.concatenate([checks(40, 30), 255 - checks(40, 30), checks(40, 30, 4)])).copy()
    frames.set_type(pyvips.GValue.gint_type, "page-height", 30)
    frames.write_to_file(str(folder / "film.webp"), lossless=True)
    chain = body.check_chain({"draw": [{"image": "red", "right": 0, "bottom": 0}], "quality": 100})
    done = render(folder / "film.webp", chain, "webp", True, Limits(), {"red": str(folder / "red.png")})
    assert done.frames == 3
    strip = pyvips.Image.new_from_buffer(done.body, "", n=-1).numpy()
    for at in range(3):
        assert (strip[at * 30 + 26 : at * 30 + 30, 34:, :3] == (255, 0, 0)).all()


@pytest.mark.parametrize(
    ("position", "place"),
    [
        ("ce", {}),
        ("no;5;3", {"top": 3}),
        ("soea;2;1", {"right": 2, "bottom": 1}),
        ("nowe;0.1;0.2", {"left": 0.1, "top": 0.2}),
        ("we;-3", {"left": -3}),
        ("re;2;3", {"repeat": True, "left": 0, "top": 0, "spacing.x": 2, "spacing.y": 3}),
        ("sowe;0;0;0.5", {"left": 0, "bottom": 0, "width": 0.5, "height": 0.5, "fit": "contain"}),
        ("ce;0;0;1", {"width": 40, "height": 30, "fit": "contain"}),
    ],
)
def test_a_watermark_is_a_drawing_of_few_words(folder: Path, position: str, place: dict[str, Any]) -> None:
    found = made(folder, f"watermark=logo;0.5;{position}")
    assert (found == on(folder, opacity=0.5, **place)).all()


def test_a_text(folder: Path) -> None:
    words = {"text": "<b>Tintype</b> & ü", "size": 14, "color": "#ff0000"}
    saved(numpy.zeros((30, 200, 3), "uint8"), folder / "dark.png")
    found = made(folder, {"draw": [{"text": words, "left": 0}]}, "dark")
    assert found[..., 0].max() == 255 and found[..., 1:].max() == 0
    larger = made(folder, {"draw": [{"text": words | {"size": 20}, "left": 0}]}, "dark")
    assert numpy.argwhere(larger[..., 0]).max(axis=0)[1] > numpy.argwhere(found[..., 0]).max(axis=0)[1]
    sheer = made(folder, {"draw": [{"text": words | {"color": "#ff000080"}, "left": 0}]}, "dark")
    assert sheer[..., 0].max() == 128


def test_a_text_may_not_grow_without_bound(folder: Path) -> None:
    for words in ({"text": "W" * 200, "size": 100}, {"text": "W" * 1000, "size": 1000}):
        with pytest.raises(TooLarge, match="4096"):
            made(folder, {"draw": [{"text": words}]})


def test_an_image_that_is_not_there(folder: Path) -> None:
    with pytest.raises(OverlayNotFound, match="gone"):
        made(folder, {"draw": [{"image": "gone"}]})


@pytest.mark.parametrize(
    ("drawing", "option"),
    [
        ({}, "draw"),
        ({"image": "a", "text": "b"}, "draw"),
        ({"image": ""}, "draw.image"),
        ({"image": "a", "left": 1, "right": 1}, "draw.left"),
        ({"image": "a", "top": 1, "bottom": 0}, "draw.top"),
        ({"image": "a", "opacity": 2}, "draw.opacity"),
        ({"image": "a", "repeat": "z"}, "draw.repeat"),
        ({"image": "a", "composite": "under"}, "draw.composite"),
        ({"image": "a", "width": 1.5}, "draw.width"),
        ({"image": "a", "format": "png"}, "draw.format"),
        ({"image": "a", "w": 3, "width": 3}, "draw.width"),
        ({"image": "a", "draw": []}, "draw.draw"),
        ({"image": "a", "draw": [{"image": "a", "draw": [{"image": "a", "draw": [{"image": "a"}]}]}]}, "draw.draw"),
        ({"text": {"text": "a", "font": {"url": "x"}}}, "draw.text"),
        ({"text": "a" * 1001}, "draw.text"),
        ({"text": " "}, "draw.text"),
        ({"text": "a\0b"}, "draw.text"),
        (3, "draw"),
    ],
)
def test_refused(drawing: Any, option: str) -> None:
    with pytest.raises(BadOption) as caught:
        body.check({"draw": [drawing]})
    assert caught.value.option == option


@pytest.mark.parametrize(
    "text", ["draw=[", "draw=" + "[" * 1500, "draw=%5B%5D", "watermark=", "watermark=a;2", "draw=3"]
)
def test_a_malformed_drawing_is_never_left_out(text: str) -> None:
    with pytest.raises(BadOption):
        url.parse(f"width=10,{text}")


def test_options_of_a_drawing_are_nothing_elsewhere() -> None:
    assert url.parse("opacity=0.5,width=3").chain == url.parse("width=3").chain
    with pytest.raises(BadOption):
        body.check({"opacity": 0.5})


@pytest.mark.parametrize("option", DRAW, ids=lambda option: option.name)
def test_the_example_of_every_option_changes_the_result(folder: Path, option: Any) -> None:
    beside: dict[str, Any] = {"image": "logo", "left": 0, "top": 0}
    beside |= {"repeat": True} if option.name.startswith("spacing") else {}
    if option.name in ("bottom", "right", "text"):
        del beside[{"bottom": "top", "right": "left", "text": "image"}[option.name]]
    with_it = beside | {option.name: option.example}
    (drawing,) = drawings.check([with_it])
    assert drawings.check([drawings.plain(drawing)]) == (drawing,)
    if option.name in ("text", "image"):
        return
    if option.name == "composite":
        assert (on(folder, "sheer", **beside) != on(folder, "sheer", **with_it)).any()
    else:
        assert (on(folder, **beside) != on(folder, **with_it)).any()


STRANGE = ["a,b", "~", "a(b", "[", "x=y", "%2C", "é\u200d😀", 'a"b', "\\", "a;b", "a/b"]


@pytest.mark.parametrize("name", STRANGE)
def test_any_id_survives_the_way_through_a_url(name: str) -> None:
    nested: dict[str, Any] = {"draw": [{"image": name, "left": 0.5, "draw": [{"text": name}]}]}
    marked = {"watermark": {"image": name.replace(";", "")}}
    for chain in (body.check_chain(nested), body.check_chain(marked), body.check_chain([nested, marked, nested])):
        assert url.parse(url.write(chain)).chain == chain
    assert json.loads(url.unquote(url.write(body.check_chain(nested)))[5:].rstrip(","))


def test_drawings_together_are_no_larger_than_a_picture_may_be(folder: Path) -> None:
    large = {"text": "x", "width": 100, "height": 90, "fit": "squeeze"}
    small = {"text": "x", "width": 10, "height": 10, "fit": "squeeze"}

    def render_with(*steps: Any) -> None:
        chain = body.check_chain([{"draw": list(drawn)} for drawn in steps])
        render(folder / "red.png", chain, "png", False, Limits(max_pixels=10_000))

    render_with([large, *[small] * 7])
    render_with([large], [large])  # one after the other
    for drawn_here in ([large, large], [large, {**small, "draw": [large]}], [small, {**large, "draw": [large]}]):
        with pytest.raises(TooLarge, match="together"):
            render_with(drawn_here)


def test_versions_name_what_drawings_use() -> None:
    def of(**drawing: Any) -> tuple[str, ...]:
        return versions(body.check_chain({"draw": [drawing]}), "png")

    assert any(text.startswith("draw/") for text in of(image="a"))
    assert any(text.startswith("blur/") for text in of(image="a", draw=[{"image": "b", "blur": 3}]))
    assert any(text.startswith("fonts/") for text in of(text="a")) and not any(
        "fonts" in text for text in of(image="a")
    )


def test_options_are_options() -> None:
    (step,) = body.check_chain({"draw": [{"image": "a"}]})
    assert isinstance(step.draw[0], Options) and hash(step)
