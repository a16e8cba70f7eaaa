"""The function that the render children run."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy
import pytest
from rendering import checks, pixels, rendered, saved

from variants.errors import CannotDecode, TooLarge
from variants.limits import Limits
from variants.notation import url
from variants.render import job, render

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "good"
EVERY = 9


def sample() -> list[dict[str, Any]]:
    """Every ninth picture of the corpus, of every format."""
    if not CORPUS.is_dir():
        return []
    files = json.loads((CORPUS / "expected.json").read_text())["files"]
    return files[::EVERY]


def test_job_takes_and_gives_plain_values(tmp_path: Path) -> None:
    path = saved(checks(60, 40), tmp_path / "a.png")
    chain = url.parse("w=30,h=30,fit=cover~rotate=90,q=70").chain
    arguments = {"chain": url.write(chain), "format": "webp", "animated": False, "limits": asdict(Limits())}
    facts, body = job(json.loads(json.dumps(arguments)), str(path))
    told = {"width": 30, "height": 30, "frames": 1, "warnings": [], "format": "webp", "quality": 70}
    assert json.loads(json.dumps(facts)) == told
    assert body == render(path, chain, "webp", False, Limits()).body


def test_a_chain_runs_one_after_the_other(tmp_path: Path) -> None:
    path = saved(checks(60, 40), tmp_path / "a.png")
    two = pixels(rendered(path, "trim=0;0;0;20~w=20,h=40,fit=crop,gravity=right"))
    assert (two == checks(60, 40)[:, 40:]).all()


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.gif"])
def test_a_cut_file_is_refused(name: str, tmp_path: Path) -> None:
    noise = numpy.random.default_rng(2).integers(0, 255, (300, 300, 3), "uint8")
    path = saved(noise, tmp_path / name)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    for options in ("w=50", "w=400,fit=contain", "trim=1;1;1;1", "rotate=90", "trim=border"):
        with pytest.raises(CannotDecode):
            rendered(path, options)


@pytest.mark.parametrize("content", [b"", b"no picture", b"<svg><rect></svg>", b"II*\0" * 9])
def test_what_is_no_picture_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(CannotDecode):
        rendered(path, "w=5")


def test_limits_hold_before_pixels_are_read(tmp_path: Path) -> None:
    path = saved(checks(200, 100), tmp_path / "a.png")
    with pytest.raises(TooLarge):
        rendered(path, "w=10", limits=Limits(max_pixels=19_999))
    with pytest.raises(TooLarge, match="enlarged"):
        rendered(path, "w=300,fit=contain", limits=Limits(max_side=299))
    with pytest.raises(TooLarge, match="enlarged"):
        rendered(path, "w=100~w=300,fit=contain", limits=Limits(max_side=299))


def test_a_name_with_brackets_is_no_option_of_the_loader(tmp_path: Path) -> None:
    path = saved(checks(20, 10), tmp_path / "a.png").rename(tmp_path / "a[n=-1].png")
    assert rendered(path, "w=10").width == 10


@pytest.mark.parametrize("options", ["w=60", "w=300,fit=contain,trim=5;5;5;5", "rotate=90", "trim=border"])
def test_heic(options: str, tmp_path: Path) -> None:
    pillow_heif = pytest.importorskip("pillow_heif", reason="the extra heic is absent")
    array = checks(200, 120, size=40)
    pillow_heif.from_bytes("RGB", (200, 120), array.tobytes()).save(tmp_path / "a.heic", quality=95)
    png = saved(array, tmp_path / "a.png")
    found, wanted = pixels(rendered(tmp_path / "a.heic", options)), pixels(rendered(png, options))
    assert found.shape == wanted.shape and abs(found.astype(int) - wanted).mean() < 8


@pytest.mark.parametrize("file", sample(), ids=lambda file: file["file"])
def test_the_corpus(file: dict[str, Any], shared: Path) -> None:
    facts, path = file["facts"], shared / "corpus" / "good" / file["file"]
    animated = file["format"] in ("gif", "webp") and facts["frames"] > 1
    made = rendered(path, "w=64,h=64,fit=scale-down", "webp" if animated else "png", animated=animated)
    assert [made.width, made.height] == file["thumb64"]
    assert made.frames == (facts["frames"] if animated else 1)
    if not animated and "mean_tolerance" in facts:
        found = pixels(made).astype(float)
        alpha = found[..., 3:] / 255 if found.shape[2] in (2, 4) else 1
        over_white = found[..., : 3 if found.shape[2] > 2 else 1] * alpha + 255 * (1 - alpha)
        mean = over_white.reshape(-1, over_white.shape[2]).mean(axis=0)
        assert abs(mean - facts["mean_rgb"]).max() <= facts["mean_tolerance"]
