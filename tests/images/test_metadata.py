"""Metadata in its three encodings."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from images import filenames, metadata
from images.errors import FieldInvalid

Fields = dict[str, list[str]]


def read(fields: Fields) -> Any:
    return metadata.from_fields(fields.items())


def dotted(value: Any, name: str = "metadata") -> Fields:
    """As the Python SDK writes it."""
    return flat(value, name, ".{}")


def bracketed(value: Any, name: str = "metadata") -> Fields:
    """As the Node SDK writes it."""
    return flat(value, name, "[{}]")


def flat(value: Any, name: str, form: str) -> Fields:
    if isinstance(value, dict):
        parts = [flat(part, name + form.format(key), form) for key, part in value.items()]
        return {key: texts for part in parts for key, texts in part.items()}
    if isinstance(value, list):
        return {f"{name}[]": [text_of(part) for part in value]}
    return {name: [text_of(value)]}


def text_of(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-1", -1),
        ("0", 0),
        ("1.50", 1.5),
        ("007", "007"),
        ("1e5", "1e5"),
        (".5", ".5"),
        ("+1", "+1"),
        (" 1", " 1"),
        ("1\n", "1\n"),
        ("１", "１"),
        ("123456789012345", 123456789012345),
        ("1234567890123456", "1234567890123456"),
        ("true", True),
        ("True", "True"),
        ("", ""),
        ("null", "null"),
    ],
)
def test_types_of_form_fields(text: str, value: object) -> None:
    found = read({"metadata.a": [text]})["a"]
    assert (found, type(found)) == (value, type(value))


def test_shapes() -> None:
    assert read({"file": ["x"], "metadatax": ["y"]}) is None
    assert read({"metadata.a.b[c]": ["1"]}) == {"a": {"b": {"c": 1}}}
    assert read({"metadata.l[]": ["1", "x"]}) == {"l": [1, "x"]}
    assert read({"metadata[l][][x]": ["1", "2"], "metadata[l][][y]": ["3"]}) == {"l": [{"x": 1}, {"x": 2, "y": 3}]}
    assert read({"metadata": ['{"a.b": 1}'], "metadata.c": ["2"]}) == {"a.b": 1}


KEYS = st.text(alphabet="abcXYZ_é -", min_size=1, max_size=5)
LEAVES = st.one_of(
    st.booleans(),
    st.integers(-(10**14), 10**14),
    st.text(alphabet="abc é/.=&", max_size=5).filter(lambda text: text not in {"true", "false"}),
)
LISTS = st.lists(LEAVES, min_size=1, max_size=3)
OBJECTS = st.dictionaries(
    KEYS, st.recursive(LEAVES | LISTS, lambda inner: st.dictionaries(KEYS, inner, min_size=1, max_size=3)), max_size=4
).filter(lambda value: len(json.dumps(value, ensure_ascii=False).encode()) <= 1024)


@given(OBJECTS.filter(bool))
def test_all_three_encodings_say_the_same(value: dict[str, Any]) -> None:
    assert read(dotted(value)) == read(bracketed(value)) == read({"metadata": [json.dumps(value)]}) == value


NAMES = st.text(alphabet="a.[]", max_size=12).map(lambda rest: f"metadata{rest}")


@given(st.lists(st.tuples(NAMES, st.lists(st.text(max_size=4), max_size=2)), max_size=5))
def test_any_fields_are_an_object_or_refused(fields: list[tuple[str, list[str]]]) -> None:
    try:
        found = metadata.from_fields(fields)
    except FieldInvalid:
        return
    assert found is None or isinstance(found, dict)


@given(st.text(max_size=50) | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(json.dumps))
def test_any_text_is_an_object_or_refused(text: str) -> None:
    with contextlib.suppress(FieldInvalid):
        assert isinstance(metadata.from_json(text), dict)


def test_limits() -> None:
    assert metadata.check({"a": "é" * 508})
    for value in ({"a": "é" * 509}, [], None, "x", {"a": float("inf")}, {"a": 10**400}, {"\0": 1}):
        with pytest.raises(FieldInvalid):
            metadata.check(value)
    with pytest.raises(FieldInvalid, match="levels"):
        read({"metadata" + ".a" * 5000: ["1"]})
    with pytest.raises(FieldInvalid):
        metadata.from_json('{"a":' * 100_000)


@given(st.text(alphabet=st.characters(codec=None, categories=None)))
def test_file_names_are_harmless(name: str) -> None:
    clean = filenames.clean(name)
    assert len(clean) <= 255
    assert clean not in {".", ".."} and not set(clean) & set("/\\\0\n\r\u202e")
    assert filenames.clean(clean) == clean
    clean.encode()
