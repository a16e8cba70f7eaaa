"""What a description is asked to tell: its form in URLs and in JSON."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from variants.description import UNHEARD_WARNING, advice, needs
from variants.errors import BadOption
from variants.notation import body, url
from variants.options.include import ITEMS, TOGETHER, Include, Item
from variants.options.option import Options, merged

KIND = Include()
ONE = st.one_of(
    st.sampled_from([*ITEMS, *TOGETHER, "dominant_color", "focal_point"]),
    st.integers(2, 256).map("palette:{}".format),
    st.tuples(st.integers(1, 9), st.integers(1, 9)).map(lambda pair: "blurhash:{}x{}".format(*pair)),
)
LISTS = st.lists(ONE, min_size=1, max_size=10, unique_by=lambda text: text.partition(":")[0].replace("_", "-"))


def options(text: str) -> Options:
    return merged(url.parse(text).chain)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("thumbhash", "thumbhash"),
        ("thumbhash;faces", "faces;thumbhash"),
        ("detections", "faces;objects"),
        ("detections;faces", "faces;objects"),
        ("palette", "palette:8"),
        ("palette:12; blurhash", "palette:12;blurhash:4x3"),
        ("dominant_colors;dominant_color", "dominant-color;dominant-colors"),
        ("blurhash:9x1", "blurhash:9x1"),
    ],
)
def test_text(text: str, canonical: str) -> None:
    assert KIND.write(KIND.parse(text)) == canonical
    assert KIND.check(text.split(";")) == KIND.parse(text) == KIND.parse(canonical)


@given(LISTS)
def test_what_is_written_is_read(texts: list[str]) -> None:
    value = KIND.check(texts)
    assert KIND.parse(KIND.write(value)) == value and {item.name for item in value} <= set(ITEMS)
    chain = body.check_chain({"include": texts, "format": "json"})
    assert url.parse(url.write(chain)).chain == chain


@pytest.mark.parametrize(
    "text",
    [
        "",
        "everything",
        "faces;",
        "palette:1",
        "palette:257",
        "palette:4x3",
        "palette:",
        "palette:4;palette:5",
        "blurhash:4",
        "blurhash:0x3",
        "blurhash:10x3",
        "blurhash:4x3x2",
        "faces:3",
        "detections:2",
        "palette:\u0664",
        "faces;" * 30,
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(BadOption, match="palette:8"):
        body.check({"include": text})


@pytest.mark.parametrize("value", [None, 3, [], ["faces", 3], {"palette": 3}])
def test_other_json_is_refused(value: object) -> None:
    with pytest.raises(BadOption):
        body.check({"include": value})


def test_what_must_be_looked_for() -> None:
    assert needs(options("format=json,include=palette;thumbhash")) == frozenset()
    assert needs(options("format=json,include=detections")) == {"faces", "objects"}
    assert needs(options("format=json,include=focal-point")) == {"faces", "saliency"}
    assert needs(options("include=detections,format=webp")) == frozenset() == needs(options("format=json"))


def test_pictures_tell_nothing() -> None:
    assert advice(options("include=faces,width=3")) == (UNHEARD_WARNING,)
    assert advice(options("include=faces,format=json")) == () == advice(options("width=3"))


def test_numbers_go_with_their_items() -> None:
    assert options("include=blurhash:3x2;palette").include == (Item("palette", (8,)), Item("blurhash", (3, 2)))
