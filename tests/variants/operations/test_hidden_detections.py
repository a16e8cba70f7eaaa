"""blur-detections and pixelate-detections: what they cover, what is left of it, and that they fail closed."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy
import pytest
from rendering import checks, pixels, rendered, saved
from seen import boxes, everything

from variants.errors import NotSeen
from variants.findings import Findings

WIDTH, HEIGHT = 240, 160
PLACE = (0.25, 0.25, 0.5, 0.625)  # 60 to 120, 40 to 100
COVERED = (51, 31, 129, 109)  # 15 % of 60 more on each side
SEEN = Findings(faces=boxes(PLACE), objects=boxes((0.6, 0.1, 0.9, 0.4), label="person"))
OPTIONS = ("blur-detections=2", "pixelate-detections=1")
Array = numpy.ndarray[Any, Any]


def noise(bands: int = 3) -> Array:
    return numpy.random.default_rng(7).integers(0, 256, (HEIGHT, WIDTH, bands), "uint8")


def stripes(period: int) -> Array:
    x = numpy.mgrid[0:HEIGHT, 0:WIDTH][1]
    return numpy.repeat(((x // (period // 2)) % 2 * 255)[..., None], 3, axis=2).astype("uint8")


def inside(array: Array, box: tuple[int, ...] = COVERED) -> Array:
    left, top, right, bottom = box
    return array[top:bottom, left:right].astype(float)


@pytest.mark.parametrize("options", OPTIONS)
def test_the_box_and_a_margin_change_and_nothing_else(options: str, tmp_path: Path) -> None:
    array = noise()
    found = pixels(rendered(saved(array, tmp_path / "a.png"), options, seen=SEEN))
    around = numpy.ones((HEIGHT, WIDTH), bool)
    left, top, right, bottom = COVERED
    around[top:bottom, left:right] = False
    assert (found[around] == array[around]).all()
    assert (abs(inside(found) - inside(array)).max(axis=2) > 20).mean() > 0.8


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("size", [1, 4])
def test_only_a_few_details_are_left_however_large_the_face(options: str, size: int, tmp_path: Path) -> None:
    large = numpy.kron(noise()[: HEIGHT // 4, : WIDTH // 4], numpy.ones((4 * size, 4 * size, 1), "uint8"))
    found = inside(pixels(rendered(saved(large, tmp_path / "a.png"), options, seen=SEEN)), shape(size))
    before = inside(large, shape(size))
    spectrum = abs(numpy.fft.fft2(found.mean(axis=2)))
    whole = abs(numpy.fft.fft2(before.mean(axis=2)))
    rows, columns = (abs(numpy.fft.fftfreq(length) * length) for length in spectrum.shape)
    fine = numpy.hypot(rows[:, None], columns) > 12  # waves in the box
    assert spectrum[fine].sum() < 0.25 * whole[fine].sum()
    assert numpy.corrcoef(smoothed(found).ravel(), smoothed(before).ravel())[0, 1] < 0.35


def shape(size: int) -> tuple[int, ...]:
    return tuple(edge * size for edge in COVERED)


def smoothed(array: Array) -> Array:
    """What is finer than a twelfth of the box, by which faces are told apart."""
    grey = array.mean(axis=2)
    spectrum = numpy.fft.fft2(grey)
    rows, columns = (abs(numpy.fft.fftfreq(length) * length) for length in grey.shape)
    spectrum[numpy.hypot(rows[:, None], columns) < 6] = 0
    return numpy.fft.ifft2(spectrum).real


@pytest.mark.parametrize("period", [4, 8, 12, 20])
def test_stripes_of_a_quarter_of_the_box_vanish(period: int, tmp_path: Path) -> None:
    found = inside(pixels(rendered(saved(stripes(period), tmp_path / "a.png"), "blur-detections=1", seen=SEEN)))
    assert found[10:-10, 20:-20].std() < 0.05 * stripes(period).std()


def test_a_radius_may_ask_for_more(tmp_path: Path) -> None:
    path = saved(checks(WIDTH, HEIGHT, 32), tmp_path / "a.png")
    less, more = (inside(pixels(rendered(path, f"blur-detections={radius}", seen=SEEN))) for radius in (1, 120))
    assert more.std(axis=(0, 1)).sum() < 0.5 * less.std(axis=(0, 1)).sum()


@pytest.mark.parametrize(("side", "squares"), [(0.5, 6), (13, 6), (20, 4), (500, 1)])
def test_squares(side: float, squares: int, tmp_path: Path) -> None:
    found = inside(pixels(rendered(saved(noise(), tmp_path / "a.png"), f"pixelate-detections={side}", seen=SEEN)))
    assert len(numpy.unique(found.reshape(-1, 3), axis=0)) == squares**2


@pytest.mark.parametrize("options", OPTIONS)
def test_classes(options: str, tmp_path: Path) -> None:
    array = noise()
    path = saved(array, tmp_path / "a.png")
    changed = {
        classes: (pixels(rendered(path, f"{options};{classes}", seen=SEEN)) != array).any(axis=2)
        for classes in ("face", "person", "all", "car", "all;face", "PERSON")
    }
    face, person = changed["face"][70, 90], changed["person"][40, 180]
    assert face and person and not changed["face"][40, 180] and not changed["person"][70, 90]
    assert (changed["all"] == changed["person"]).all() and (changed["PERSON"] == changed["person"]).all()
    assert not changed["car"].any()
    assert (changed["all;face"] == changed["face"] | changed["person"]).all()


@pytest.mark.parametrize("options", OPTIONS)
def test_a_small_box_on_a_large_one_shows_no_more_of_it(options: str, tmp_path: Path) -> None:
    path = saved(noise(), tmp_path / "a.png")
    alone = pixels(rendered(path, options, seen=SEEN))
    both = pixels(rendered(path, options, seen=Findings(faces=boxes((0.3, 0.4, 0.33, 0.45), PLACE))))
    assert (both == alone).all()


@pytest.mark.parametrize("options", OPTIONS)
def test_boxes_at_the_edge(options: str, tmp_path: Path) -> None:
    array = noise()
    places = [(0, 0, 0.1, 0.1), (0.95, 0.9, 1, 1), (0.999, 0.3, 1, 0.301), (0, 0.5, 1, 0.6)]
    found = pixels(rendered(saved(array, tmp_path / "a.png"), options, seen=Findings(faces=boxes(*places))))
    for y, x in ((0, 0), (HEIGHT - 1, WIDTH - 1), (88, 5)):
        assert (found[y, x] != array[y, x]).any()


@pytest.mark.parametrize("options", OPTIONS)
def test_it_follows_the_picture(options: str, tmp_path: Path) -> None:
    """Turned, cut, scaled and in a second step the same part is hidden."""
    array = numpy.full((HEIGHT, WIDTH, 3), 90, "uint8")
    array[40:100, 60:120] = noise()[40:100, 60:120] // 2 + 127  # a bright face
    path = saved(array, tmp_path / "a.png")
    for before in ("rotate=90", "flip=h", "w=120", "trim=20;10;5;30", "w=100,h=100,fit=cover", "gravity=face,zoom=0.7"):
        for text in (f"{before},{options}", f"{before}~{options}", f"{before},{options}~{options}"):
            hidden = pixels(rendered(path, text, seen=SEEN)).astype(int)
            plain = pixels(rendered(path, before, seen=SEEN)).astype(int)
            bright = plain.mean(axis=2) > 110
            assert bright.sum() > 500
            assert (
                abs(numpy.diff(hidden, axis=1))[bright[:, 1:]].mean()
                < 0.6 * abs(numpy.diff(plain, axis=1))[bright[:, 1:]].mean()
            ), text


@pytest.mark.parametrize("options", OPTIONS)
def test_nothing_is_left_below_transparent_pixels(options: str, tmp_path: Path) -> None:
    array = noise(4)
    array[..., 3] = 0
    array[:, ::2, 3] = 255
    found = pixels(rendered(saved(array, tmp_path / "a.png"), options, seen=SEEN))
    clear = inside(array)[..., 3] == 0
    assert abs(inside(found)[clear][:, :3] - inside(array)[clear][:, :3]).mean() > 40


@pytest.mark.parametrize("options", OPTIONS)
def test_it_hides_before_anything_else_is_made_of_the_pixels(options: str, tmp_path: Path) -> None:
    array = noise()
    other = array.copy()
    left, top, right, bottom = (60, 40, 120, 100)
    other[top:bottom, left:right] = 255 - other[top:bottom, left:right]
    beside = "sharpen=5,unsharp=3,saturation=2,contrast=2,blur=3"
    shown = [
        inside(pixels(rendered(saved(one, tmp_path / f"{number}.png"), f"{options},{beside}", seen=SEEN)))
        for number, one in enumerate((array, other))
    ]
    plain = [inside(pixels(rendered(tmp_path / f"{number}.png", beside, seen=SEEN))) for number in range(2)]
    assert smoothed(shown[0] - shown[1]).std() < 0.3 * smoothed(plain[0] - plain[1]).std()


@pytest.mark.parametrize("options", OPTIONS)
def test_without_a_look_there_is_no_picture(options: str, tmp_path: Path) -> None:
    path = saved(noise(), tmp_path / "a.png")
    with pytest.raises(NotSeen, match="faces"):
        rendered(path, options)
    with pytest.raises(NotSeen, match="objects"):
        rendered(path, f"{options};person", seen=replace(everything(), objects=None))
    with pytest.raises(NotSeen, match="faces"):
        rendered(path, f"{options};person;face", seen=replace(everything(), faces=None))
    drawing = f'draw=[{{"image":"logo","{options.split("=")[0]}":5}}]'
    with pytest.raises(NotSeen):
        rendered(path, drawing, pictures={"logo": str(path)}, seen=everything())


@pytest.mark.parametrize("name", ["blur-detections", "pixelate-detections"])
def test_nobody_there_or_nothing_asked(name: str, tmp_path: Path) -> None:
    array = noise()
    path = saved(array, tmp_path / "a.png")
    assert (pixels(rendered(path, f"{name}=9", seen=Findings(faces=()))) == array).all()
    assert (pixels(rendered(path, f"{name}=0", seen=SEEN)) == array).all()
    assert (pixels(rendered(path, f"{name}=0")) == array).all()


@pytest.mark.parametrize("options", OPTIONS)
def test_what_may_be_a_face_is_hidden_too(options: str, tmp_path: Path) -> None:
    path = saved(noise(), tmp_path / "a.png")
    sure = Findings(faces=boxes(PLACE), objects=())
    doubtful = Findings(faces=(), objects=(), doubtful=boxes(PLACE))
    for text in (options, f"trim=20;10;5;30,{options}", f"rotate=90~{options}", f"{options};all;face"):
        assert (pixels(rendered(path, text, seen=doubtful)) == pixels(rendered(path, text, seen=sure))).all()
    assert (pixels(rendered(path, f"{options};person", seen=doubtful)) == noise()).all()
    for text in ("draw-detections=true", "gravity=face,zoom=1,width=50,height=50,fit=cover"):
        nobody = pixels(rendered(path, text, seen=Findings(faces=())))
        assert (pixels(rendered(path, text, seen=doubtful)) == nobody).all()
