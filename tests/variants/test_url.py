"""Options in a URL: forgiving to read, canonical to write."""

from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from variants.cutout import MODES
from variants.errors import BadOption
from variants.notation.url import parse, write
from variants.options.amounts import Marked
from variants.options.compass import EDGES
from variants.options.gravity import BOX_CENTER, SIDES, SOUGHT
from variants.options.numbers import tidy
from variants.options.objects import Objects, Position
from variants.options.option import Options
from variants.plan import FITS
from variants.table import TABLE, make


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("width=200,fit=cover", "fit=cover,width=200"),
        ("quality=80,w=301,h=200,f=webp,fit=cover", "fit=cover,format=webp,height=200,quality=80,width=301"),
        ("fit=scale-down,width=80", "width=80"),
        ("dpr=1,blur=0,w=5", "width=5"),
        (" w = 300.5 , h=20 ", "height=20,width=301"),
        ("w=10,w=20", "width=20"),
        ("q=high", "quality=high"),
        ("q=400", "quality=100"),
        ("q=0", "quality=1"),
        ("dpr=1.50,w=5", "dpr=1.5,width=5"),
        ("f=jpg", "format=jpeg"),
        ("gravity=0.50x0,w=1", "gravity=top,width=1"),
        ("g=.25x1", "gravity=0.25x1"),
        ("rotate=360,w=1", "width=1"),
        ("anim=false", "anim=false"),
        ("trim=20;30;20;0", "trim=20;30;20;0"),
        ("trim=20%3B30%3B20%3B0", "trim=20;30;20;0"),
        ("blur%3D5,w=9", "blur=5,width=9"),
        ("trim=0.1;1.0;1;.25", "trim=0.1;1;1;0.25"),
        ("background=%23FF0000", "background=%23ff0000"),
        ("background=%23f00,w=1", "background=%23ff0000,width=1"),
        ("background=red", "background=%23ff0000"),
        ("background=rgb%28240%2C40%2C145%29", "background=%23f02891"),
        ("width=80,background=rgb%28240%2C40%2C145%29", "background=%23f02891,width=80"),
        ("width=80,background=rgb(240,40,145),h=5", "background=%23f02891,height=5,width=80"),
        ("background=rgb%28240%2040%20145%20/%2050%25%29", "background=%23f0289180"),
        ("width%3D20%2Cheight%3D30", "height=30,width=20"),
        ("width=20%2Cheight=30", "height=30,width=20"),
        ("w=20~blur=3,w=10", "width=20~blur=3,width=10"),
        ("fit=scale-down", "fit=scale-down"),
    ],
)
def test_canonical_text(text: str, canonical: str) -> None:
    read = parse(text)
    assert write(read.chain) == canonical
    assert parse(canonical).chain == read.chain


BORDER = f"border ignored: expected {TABLE['border'].kind.expected()}"


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        ("public=undefined,w=100,fit=cover", ["unknown option public"]),
        ("public%3Fexp=1%26sig,w=100", ["unknown option publicexp"]),
        ("%0d%0aset-cookie=1,w=1", ["unknown option set-cookie"]),
        ("é=1,w=1", ["unknown option "]),
        ("browser_ttl=5,w=1", ["unknown option browser_ttl"]),
        ("border=[object Object],w=1", [BORDER]),
        ("w=abc,h=20", ["width ignored: expected a whole number from 1 to 12000, auto"]),
        ("w=auto,h=20", []),
        ("h=auto,w=20", ["height ignored: expected a whole number from 1 to 12000"]),
        ("w=0,h=20", ["width ignored: expected a whole number from 1 to 12000, auto"]),
        ("w=1e3,h=20", ["width ignored: expected a whole number from 1 to 12000, auto"]),
        ("w=-5,h=20", ["width ignored: expected a whole number from 1 to 12000, auto"]),
        ("sharpen=11,h=20", ["sharpen ignored: expected a number from 0 to 10"]),
        ("w,h=20", ["width ignored: expected a whole number from 1 to 12000, auto"]),
        ("w=1,dpr=4", ["dpr > 3 should never be used"]),
        ("w=1,dpr=2.5", []),
        (",,w=1,", []),
    ],
)
def test_warnings(text: str, warnings: list[str]) -> None:
    found = parse(text).warnings
    assert list(found) == warnings
    assert all(warning.isascii() and warning.isprintable() for warning in found)


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("w=abc", "width"),
        ("toString=1", "options"),
        ("", "options"),
        ("~~", "options"),
        ("blur=x,w=100", "blur"),
        ("blur=300,w=100", "blur"),
        ("w=100,blur%3Dx", "blur"),
        ("w=100~blur=", "blur"),
        ("w=100,segment=background", "segment"),
        ("w=100,blur-detections=20;", "blur-detections"),
        ("w=100,blur-detections=person", "blur-detections"),
        ("w=100,pixelate-detections=8;face;face", "pixelate-detections"),
        ("w=1," * 2000, "options"),
        ("~".join(["w=1"] * 9), "options"),
    ],
)
def test_refused(text: str, option: str) -> None:
    with pytest.raises(BadOption) as caught:
        parse(text)
    assert caught.value.option == option
    assert caught.value.expected in str(caught.value)


amounts = st.one_of(st.integers(0, 5000), st.integers(1, 9999).map(lambda number: number / 10_000))
shares = st.integers(0, 10_000).map(lambda number: number / 10_000)
lengths = st.integers(0, 3)
colours = st.from_regex(r"#[0-9a-f]{6}([0-9a-e]{2})?", fullmatch=True)
labels = st.sampled_from(["all", "face", "person", "hot dog", "größe", "a+b", "o'neil", "x-1.2"])
named = st.sets(labels, min_size=1).map(sorted).map(tuple)
VALUES = {
    "width": st.integers(1, 1_000_000),
    "height": st.integers(1, 12_000),
    "dpr": st.integers(1000, 30_000).map(lambda number: number / 10_000),
    "fit": st.sampled_from(FITS),
    "gravity": st.one_of(
        st.sampled_from([*SIDES.values(), *SOUGHT]),
        st.tuples(shares, shares),
        st.tuples(shares, shares, st.just(BOX_CENTER)),
        st.dictionaries(labels, st.integers(0, 30).map(lambda number: tidy(number / 10)), max_size=4).map(
            lambda weights: Objects(tuple(sorted(weights.items())))
        ),
    ),
    "zoom": shares,
    "objects-mode": st.sampled_from(MODES),
    "objects-position": st.one_of(
        st.sampled_from([Position(word) for word in EDGES]),
        st.builds(Position, st.sampled_from([*EDGES]), st.integers(-90, 90), st.integers(-90, 90)),
        st.builds(Position, st.just("point"), shares, shares),
        st.just(Position("prop")),
    ),
    "crop-objects": st.builds(Marked, st.integers(1, 9), named),
    "blur-detections": st.builds(Marked, st.integers(0, 250), named),
    "draw-detections": st.one_of(st.just(()), named),
    "trim": st.one_of(st.just("border"), st.tuples(amounts, amounts, amounts, amounts)),
    "trim.left": amounts,
    "trim.border": st.booleans(),
    "trim.border.color": st.from_regex(r"#[0-9a-f]{6}", fullmatch=True),
    "background": st.from_regex(r"#[0-9a-f]{6}([0-9a-e]{2})?", fullmatch=True),
    "blur": st.integers(0, 2_500_000).map(lambda number: number / 10_000),
    "rotate": st.integers(0, 3_599_999).map(lambda number: tidy(number / 10_000)),
    "flip": st.sampled_from(["h", "v", "hv"]),
    "min-width": st.integers(1, 12_000),
    "offset": st.tuples(st.integers(-300, 300), st.integers(-300, 300)),
    "padding": st.tuples(lengths, lengths, lengths, lengths),
    "radius": st.one_of(st.just("max"), st.tuples(lengths, lengths, lengths, lengths)),
    "border": st.tuples(lengths, lengths, lengths, lengths, colours),
    "duotone": st.tuples(colours, colours),
    "gradient": st.tuples(colours, st.sampled_from(["top", "bottom", "left", "right"]), shares, shares),
    "unsharp": st.tuples(st.integers(1, 50), shares, st.integers(0, 255)),
    "anim": st.booleans(),
    "quality": st.integers(1, 100),
    "metadata": st.sampled_from(["keep", "copyright", "none"]),
}
steps = st.fixed_dictionaries({}, optional=VALUES).map(make)


@given(st.lists(steps, min_size=1, max_size=4).map(tuple))
def test_what_is_written_is_read(chain: tuple[Options, ...]) -> None:
    text = write(chain)
    assert parse(text).chain == chain
    assert parse(text).warnings == ()
    assert write(parse(text).chain) == text


@given(steps)
def test_encoding_everything_once_more_changes_nothing(options: Options) -> None:
    text = write((options,))
    assert parse(quote(text, safe="")).chain == (options,)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    _parsed_or_refused(text)


@settings(deadline=None)  # the library of colours is loaded with the first one
@given(st.sampled_from(list(TABLE)), st.text(max_size=30))
def test_any_value_is_read_or_refused(name: str, value: str) -> None:
    _parsed_or_refused(f"{name}={quote(value)},width=5")


def _parsed_or_refused(text: str) -> None:
    try:
        read = parse(text)
    except BadOption as fault:
        assert fault.expected
    else:
        assert all(warning.isascii() and warning.isprintable() for warning in read.warnings)
        assert parse(write(read.chain)).chain == read.chain
