"""segment=foreground: alpha and colours against a composite of which both are known, and what goes with it."""

from pathlib import Path
from typing import Any

import numpy
import pytest
import pyvips
from rendering import LIMITS, checks, pixels, rendered, saved
from seen import everything, mask_of

from variants.errors import NotSeen
from variants.findings import Findings
from variants.negotiate import Source, negotiate
from variants.notation.url import parse

WIDTH, HEIGHT, CELLS = 640, 480, 320
GREEN = numpy.array([0.0, 1.0, 0.0])
SCENES = ("smooth", "textured", "alike")
Array = numpy.ndarray[Any, Any]


def alpha_of(hairs: bool) -> Array:
    """A subject with soft edges, wavy ones or with hairs."""
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
    angle, far = numpy.arctan2(y - HEIGHT / 2, x - WIDTH / 2), numpy.hypot(x - WIDTH / 2, y - HEIGHT / 2)
    edge = HEIGHT * (0.3 + 0.03 * numpy.sin(5 * angle) + (0.02 * numpy.sin(50 * angle) if hairs else 0))
    return numpy.clip((edge - far) / 2 + 0.5, 0, 1)


def texture(colour: tuple[float, ...], amplitude: float, seed: int) -> Array:
    """A colour with spots of light and shade."""
    noise = numpy.random.default_rng(seed).normal(size=(HEIGHT, WIDTH))
    noise = pyvips.Image.new_from_array(noise).gaussblur(3).numpy()
    return numpy.clip(numpy.array(colour) + amplitude * (noise / noise.std())[..., None], 0, 1)


def composed(scene: str, hairs: bool) -> tuple[Array, Array, Array]:
    """A picture with its alpha and the colours of its foreground."""
    alpha = alpha_of(hairs)
    amplitude = 0.0 if scene == "smooth" else 0.05
    front = texture((0.8, 0.55, 0.4), amplitude, 1)
    back = texture((0.55, 0.5, 0.45) if scene == "alike" else (0.2, 0.4, 0.6), amplitude, 2)
    picture = alpha[..., None] * front + (1 - alpha[..., None]) * back
    return (picture * 255).round().astype("uint8"), alpha, front


def as_a_model_sees(alpha: Array) -> pyvips.Image:
    """On few cells, of which no edge is quite where it should be, and blurred."""
    small = pyvips.Image.new_from_array(alpha.astype("float32"))
    small = small.resize(CELLS / WIDTH, vscale=CELLS / HEIGHT, kernel="linear")
    rough = numpy.random.default_rng(5).normal(size=(2, CELLS, CELLS))
    off = [pyvips.Image.new_from_array(one).gaussblur(6).numpy() for one in rough]
    places = numpy.mgrid[0:CELLS, 0:CELLS][::-1] + numpy.array([0.8 * one / one.std() for one in off])
    moved = small.mapim(pyvips.Image.new_from_array(numpy.moveaxis(places, 0, -1).astype("float32")))
    return mask_of(numpy.clip(moved.gaussblur(1.2).numpy(), 0, 1))


def plainly(mask: pyvips.Image) -> Array:
    """The mask enlarged with Catmull-Rom, which is what is done without the picture."""
    return numpy.clip(mask.resize(WIDTH / CELLS, vscale=HEIGHT / CELLS, kernel="cubic").numpy() / 255, 0, 1)


def near_the_edge(alpha: Array) -> Array:
    soft = pyvips.Image.new_from_array(((alpha > 0) & (alpha < 1)) * 255.0)
    return soft.gaussblur(4).numpy() > 5


def on_green(alpha: Array, colours: Array) -> Array:
    return alpha[..., None] * colours + (1 - alpha[..., None]) * GREEN


@pytest.mark.parametrize("hairs", [False, True], ids=["wavy", "hairs"])
@pytest.mark.parametrize("scene", SCENES)
def test_edges_are_nearer_to_the_truth(scene: str, hairs: bool, tmp_path: Path) -> None:
    picture, alpha, front = composed(scene, hairs)
    mask = as_a_model_sees(alpha)
    path = saved(picture, tmp_path / "a.png")
    found = pixels(rendered(path, "segment=foreground", seen=Findings(mask=mask))) / 255.0
    edge, plain = near_the_edge(alpha), plainly(mask)
    assert abs(found[..., 3] - alpha)[edge].mean() < 0.7 * abs(plain - alpha)[edge].mean()
    truth = on_green(alpha, front)
    mine, theirs = on_green(found[..., 3], found[..., :3]), on_green(plain, picture / 255.0)
    assert abs(mine - truth)[edge].mean() < 0.6 * abs(theirs - truth)[edge].mean()


@pytest.mark.parametrize("scene", SCENES)
def test_soft_edges_have_the_colours_of_the_foreground(scene: str, tmp_path: Path) -> None:
    picture, alpha, front = composed(scene, False)
    path = saved(picture, tmp_path / "a.png")
    found = pixels(rendered(path, "segment=foreground", seen=Findings(mask=mask_of(alpha)))) / 255.0
    soft = (alpha > 0.05) & (alpha < 0.95) & (found[..., 3] > 0)
    assert soft.sum() > 500
    assert abs(found[..., :3] - front)[soft].mean() < 0.5 * abs(picture / 255.0 - front)[soft].mean()


def test_inside_nothing_changes_and_outside_nothing_is_left(tmp_path: Path) -> None:
    picture, alpha, _ = composed("textured", False)
    path = saved(picture, tmp_path / "a.png")
    found = pixels(rendered(path, "segment=foreground", seen=Findings(mask=as_a_model_sees(alpha))))
    far = ~near_the_edge(alpha)
    inside, outside = far & (alpha == 1), far & (alpha == 0)
    assert (found[inside][:, 3] == 255).mean() > 0.99
    assert abs(found[inside][:, :3].astype(int) - picture[inside]).mean() < 0.5
    assert (found[outside][:, 3] == 0).mean() > 0.99
    assert (found[found[..., 3] == 0] == 0).all()


@pytest.mark.parametrize("width", [8, 20, 40])
def test_where_colours_tell_nothing_the_mask_stays(width: int, tmp_path: Path) -> None:
    """A bar in front of what looks the same, which a line through colours would level out."""
    alpha = numpy.zeros((HEIGHT, WIDTH))
    alpha[:, 300 : 300 + width] = 1
    mask = as_a_model_sees(alpha)
    path = saved(checks(WIDTH, HEIGHT, 6), tmp_path / "a.png")
    found = pixels(rendered(path, "segment=foreground", seen=Findings(mask=mask)))[..., 3] / 255
    part = numpy.s_[:, 280 : 320 + width]
    assert abs(found - alpha)[part].mean() < 1.1 * abs(plainly(mask) - alpha)[part].mean()


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (70, 2), (2300, 40)])
@pytest.mark.parametrize("cells", [(1, 1), (7, 300), (64, 64)])
def test_of_any_size(size: tuple[int, int], cells: tuple[int, int], tmp_path: Path) -> None:
    path = saved(checks(*size), tmp_path / "a.png")
    for value in (0, 1):
        seen = Findings(mask=mask_of(numpy.full(cells, value)))
        found = pixels(rendered(path, "segment=foreground", seen=seen))
        assert found.shape == (size[1], size[0], 4) and (found[..., 3] == 255 * value).all()
        assert not value or (found[..., :3] == checks(*size)).all()


def test_alpha_that_is_there_stays(tmp_path: Path) -> None:
    array = numpy.dstack([checks(90, 60), numpy.full((60, 90), 255, "uint8")])
    array[:20] = (255, 0, 255, 0)
    array[20:40, :, 3] = 100
    seen = Findings(mask=mask_of(numpy.repeat([[1] * 9 + [0] * 9], 12, axis=0)))
    found = pixels(rendered(saved(array, tmp_path / "a.png"), "segment=foreground", seen=seen))
    assert (found[:20] == 0).all() and (found[:, 70:] == 0).all()
    assert (found[22:38, 5:30, 3] == 100).all() and (found[42:, 5:30, 3] == 255).all()
    assert abs(found[42:, 5:30, :3].astype(int) - array[42:, 5:30, :3]).max() <= 1


def test_what_goes_with_it(tmp_path: Path) -> None:
    path = saved(checks(480, 320), tmp_path / "a.png")
    blue = pixels(rendered(path, "segment=foreground,background=blue", seen=everything()))
    assert blue.shape[2] == 3 and (blue[5:300, 300:] == (0, 0, 255)).all()
    framed = pixels(rendered(path, "w=240,segment=foreground,padding=10,rotate=90", seen=everything()))
    assert framed.shape == (380, 260, 4) and (framed[5, 5] == 0).all()
    turned = pixels(rendered(path, "rotate=90,segment=foreground", seen=everything()))
    assert (turned[250:, :, 3] == 0).all() and (turned[:150, :, 3] == 255).all()
    cut = pixels(rendered(path, "w=100,h=100,fit=cover,gravity=right,segment=foreground", seen=everything()))
    assert (cut[:, 25:, 3] == 0).all() and (cut[:, :4, 3] == 255).all()
    jpeg = pixels(rendered(path, "segment=foreground", "jpeg", seen=everything()))
    assert (jpeg[:, 300:] >= 250).all()
    text = '[{"text":{"text":"Tintype","size":40,"color":"red"},"right":5,"bottom":5}]'
    drawn = pixels(rendered(path, f"segment=foreground,draw={text}", seen=everything()))
    assert (drawn[250:, 300:, 3] > 0).any() and (drawn[:200, 300:, 3] == 0).all()


@pytest.mark.parametrize(
    ("options", "form"),
    [("segment=foreground", "png"), ("segment=foreground,background=red", "jpeg"), ("w=9~segment=foreground", "png")],
)
def test_the_format_holds_it(options: str, form: str) -> None:
    source = Source("jpeg", 480, 320, 1, False, 9000)
    assert negotiate(parse(options).chain, None, source, LIMITS).format == form


def test_without_a_look_there_is_no_picture(tmp_path: Path) -> None:
    path = saved(checks(30, 20), tmp_path / "a.png")
    with pytest.raises(NotSeen, match="subject"):
        rendered(path, "segment=foreground", seen=Findings(faces=()))
