"""Levels, bisections, and that a half-empty picture keeps its detail."""

import itertools
import math
from pathlib import Path

import numpy
import pytest
import pyvips
from hypothesis import given
from hypothesis import strategies as st
from rendering import drawn, picture, rendered, saved

from variants.limits import Limits
from variants.quality.dssim import dssim
from variants.quality.levels import AUTO, LEVELS, TYPICAL, Goal, goal_of, searches, typical
from variants.quality.score import Score
from variants.quality.search import fitting, halving, lowest
from variants.table import make

SIDE = 256


def detail(seed: int = 1) -> numpy.ndarray:
    """Waves and grain: what lossy formats lose first."""
    y, x = numpy.mgrid[0:SIDE, 0:SIDE]
    grain = numpy.random.default_rng(seed).normal(0, 12, (SIDE, SIDE))
    waves = 120 + 50 * numpy.sin(x / 9) * numpy.cos(y / 7) + grain
    return numpy.clip(numpy.stack([waves, waves * 0.8 + 20, 255 - waves], -1), 0, 255).astype("uint8")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved(detail(), tmp_path_factory.mktemp("full") / "full.png")


@pytest.fixture(scope="module")
def half_empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same detail beside three times as much white."""
    white = numpy.full((SIDE, 3 * SIDE, 3), 255, "uint8")
    return saved(numpy.hstack([detail(), white]), tmp_path_factory.mktemp("half") / "half.png")


def score_of(path: Path, body: bytes) -> float:
    return Score(pyvips.Image.new_from_file(str(path))).of(picture(body))


@pytest.mark.parametrize("form", ["jpeg", "webp", "avif"])
@pytest.mark.parametrize("level", LEVELS)
def test_a_level_is_the_lowest_quality_that_keeps_its_loss(level: str, form: str, full: Path) -> None:
    made = rendered(full, f"q={level}", form)
    goal = LEVELS[level]
    assert made.quality is not None and goal.low <= made.quality <= goal.high
    assert made.body == rendered(full, f"q={made.quality}", form).body
    if made.quality < goal.high:
        assert score_of(full, made.body) <= goal.target + goal.error
    if made.quality > goal.low:
        below = rendered(full, f"q={made.quality - 1}", form).body
        assert score_of(full, below) > goal.target + goal.error


def test_levels_are_ordered_and_start_where_photographs_end() -> None:
    goals = list(LEVELS.values())
    assert [goal.target for goal in goals] == sorted(goal.target for goal in goals)
    for goal in goals:
        assert goal.low < goal.start < goal.high
        assert typical(goal.target) == goal.start
    assert [loss for loss, _ in TYPICAL] == sorted(loss for loss, _ in TYPICAL)


@pytest.mark.parametrize("form", ["jpeg", "webp", "avif"])
def test_half_empty_is_as_good_as_full(form: str, full: Path, half_empty: Path) -> None:
    options = "auto-quality=dssim;0.03;5;98"
    alone, beside = (rendered(path, options, form) for path in (full, half_empty))
    assert alone.quality is not None and beside.quality is not None
    assert abs(alone.quality - beside.quality) <= 4
    plain = lowest(
        lambda quality: dssim(
            pyvips.Image.new_from_file(str(half_empty)), picture(rendered(half_empty, f"q={quality}", form))
        ),
        Goal(0.03, 5, 98, 50),
    )
    assert plain < alone.quality - 8  # what a plain mean makes of it


def test_the_score_of_one_detail_does_not_depend_on_what_is_empty() -> None:
    sharp = detail()
    blurred = drawn(sharp).gaussblur(1.2).numpy()
    alone = Score(drawn(sharp)).of(drawn(blurred))
    white = numpy.full((SIDE, SIDE, 3), 255, "uint8")
    beside = Score(drawn(numpy.hstack([sharp, white]))).of(drawn(numpy.hstack([blurred, white])))
    assert beside == pytest.approx(alone, rel=0.1)
    assert dssim(drawn(numpy.hstack([sharp, white])), drawn(numpy.hstack([blurred, white]))) < 0.6 * alone


def test_the_worst_blocks_weigh_more() -> None:
    sharp = detail()
    evenly = Score(drawn(sharp)).of(drawn(sharp).gaussblur(0.6))
    partly = sharp.copy()
    partly[:, :64] = drawn(sharp).gaussblur(3).numpy()[:, :64]
    score, plain = Score(drawn(sharp)).of(drawn(partly)), dssim(drawn(sharp), drawn(partly))
    assert score > 1.3 * plain
    assert evenly < 1.3 * dssim(drawn(sharp), drawn(sharp).gaussblur(0.6))


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (5, 5), (11, 11), (16, 200), (40, 23)])
def test_a_score_of_any_size(size: tuple[int, int]) -> None:
    array = numpy.random.default_rng(3).integers(0, 255, (*size, 3)).astype("uint8")
    assert Score(drawn(array)).of(drawn(array)) == pytest.approx(0, abs=1e-6)
    assert 0 <= Score(drawn(array)).of(drawn(255 - array)) <= 1


def test_plain_pictures_have_a_score() -> None:
    grey = numpy.full((64, 64, 3), 90, "uint8")
    assert Score(drawn(grey)).of(drawn(grey)) == 0
    assert Score(drawn(grey)).of(drawn(grey + 60)) > 0.01


@given(st.integers(1, 100), st.integers(0, 99), st.integers(1, 100), st.integers(0, 100))
def test_bisection_finds_the_lowest(low: int, more: int, start: int, truth: int) -> None:
    high = min(100, low + more)
    tried: list[int] = []

    def loss(quality: int) -> float:
        tried.append(quality)
        return 0.01 if quality >= truth else 0.5

    found = lowest(loss, Goal(0.01, low, high, min(max(start, low), high), 0))
    assert found == min(max(truth, low), high)
    assert all(low <= quality <= high for quality in tried)
    assert len(tried) <= 1 + math.ceil(math.log2(high - low + 1)) and len(set(tried)) == len(tried)


@given(st.integers(1, 100), st.integers(1, 120))
def test_bytes_are_the_most_that_fit(quality: int, most: int) -> None:
    fits = min(quality, most)
    assert fitting(lambda tried: tried, quality, most) == fits
    assert 1 <= (halving(lambda tried: tried, quality, most) or 1) <= fits
    assert fitting(lambda tried: tried + 500, quality, most) is None
    assert halving(lambda tried: tried + 500, quality, most) is None


def test_auto_quality_fills_what_is_left_out() -> None:
    assert goal_of(AUTO.kind.parse("dssim"), (60, 91)) == Goal(0.02, 60, 91, 85)
    assert goal_of(AUTO.kind.parse("dssim;0.5;;40;0.01"), (60, 91)) == Goal(0.5, 60, 60, 60, 0.01)
    assert goal_of(AUTO.kind.parse("dssim;0.05;20;60"), (64, 95)) == Goal(0.05, 20, 60, 50)
    assert AUTO.kind.write(AUTO.kind.parse("dssim;0.03")) == "dssim;0.03"


@pytest.mark.parametrize("text", ["ml", "dssim;0", "dssim;0.6", "dssim;x", "dssim;0.1;5;6;0.1;7", "dssim;0.1;-1"])
def test_auto_quality_refuses(text: str) -> None:
    with pytest.raises(ValueError):
        AUTO.kind.parse(text)


def test_a_lower_target_needs_a_higher_quality(full: Path) -> None:
    made = [rendered(full, f"auto-quality=dssim;{target};1;99", "webp").quality for target in (0.01, 0.03, 0.08)]
    assert made == sorted(made, reverse=True) and len(set(made)) == 3
    assert rendered(full, "auto-quality=dssim;0.0011;20;40", "webp").quality == 40
    assert rendered(full, "auto-quality=dssim;0.5;20;40", "webp").quality == 20


def test_no_search_above_a_number_of_pixels(full: Path) -> None:
    limits = Limits(search_max_area=SIDE * SIDE - 1)
    made = rendered(full, "q=low", "webp", limits=limits)
    assert made.quality == LEVELS["low"].start and "search" in made.warnings[0]
    assert made.body == rendered(full, "q=35", "webp").body
    assert not rendered(full, "q=low", "webp", limits=Limits(search_max_area=SIDE * SIDE)).warnings


@pytest.mark.parametrize("options", ["q=low,lossless=true", "auto-quality=dssim;0.1,near-lossless=60"])
def test_no_search_without_loss(options: str, full: Path) -> None:
    made = rendered(full, options, "webp")
    assert made.quality is None and not made.warnings


def test_no_search_for_animations(tmp_path: Path) -> None:
    frames = [drawn(detail(seed)[:64, :64]) for seed in range(3)]
    strip = pyvips.Image.arrayjoin(frames, across=1)
    strip.set_type(pyvips.GValue.gint_type, "page-height", 64)
    path = saved(strip, tmp_path / "a.webp", lossless=True)
    made = rendered(path, "q=low", "webp", animated=True)
    assert (made.quality, made.frames) == (35, 3)
    assert made.body == rendered(path, "q=35", "webp", animated=True).body


def test_png_takes_the_number_of_a_level_and_no_search(full: Path) -> None:
    assert rendered(full, "q=low").body == rendered(full, "q=35").body
    assert rendered(full, "auto-quality=dssim;0.1").body == rendered(full, "fit=scale-down").body


def test_one_quality_for_one_format(full: Path) -> None:
    options = "q=80,quality.webp=20,quality.jpeg=low"
    assert rendered(full, options, "webp").body == rendered(full, "q=20", "webp").body
    assert rendered(full, options, "jpeg").body == rendered(full, "q=low", "jpeg").body
    assert rendered(full, options, "avif").body == rendered(full, "q=80", "avif").body
    assert rendered(full, "auto-quality=dssim,quality.webp=20", "webp").quality == 20


def test_what_searches() -> None:
    searching = [{"quality": "low"}, {"quality.avif": "high"}, {"auto-quality": ("dssim", 0.02, 0, 0, 0.001)}]
    for values, expected in itertools.chain(
        ((values, True) for values in searching), [({"quality": 80, "quality.jpeg": 3}, False), ({}, False)]
    ):
        assert searches(make(values)) is expected
