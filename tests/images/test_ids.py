"""Which ids may be chosen. The addresses that they lead to are tested in tests/platform/api and tests/wire."""

import unicodedata
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from images import ids
from images.errors import IdInvalid


@pytest.mark.parametrize(
    "good",
    [
        "a",
        "p/q",
        "a/b c%é",
        "a/b.jpg",
        "a/b.JPEG",
        "v1.2",
        ".hidden",
        "a.",
        "stats/a",
        "key",
        "blob",
        "a/keys",
    ],
)
def test_taken(good: str) -> None:
    assert ids.check(good) == good


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("", "1 to 1024"),
        ("x" * 1025, "1 to 1024"),
        (str(uuid.uuid4()), "Must not be UUID"),
        (str(uuid.uuid4()).upper(), "Must not be UUID"),
        ("083eb7b2-5392-4565-b69e-aff66acddd00", "Must not be UUID"),
        ("a/b.mp4", "non-image file name extension"),
        ("x.txt", "non-image file name extension"),
        ("x.HTML", "non-image file name extension"),
        ("x.php", "non-image file name extension"),
        ("/a", "slash"),
        ("a/", "slash"),
        ("a//b", "empty"),
        ("a/./b", "'.'"),
        ("..", "'..'"),
        ("a\nb", "control"),
        ("a\0", "control"),
        ("\ud800", "control"),
        ("a\ufffd", "UTF-8"),
        *((word, "word of the API") for word in ("stats", "keys", "variants", "config", "batch_token")),
        *((word, "word of the API") for word in ("direct_upload", "renditions", "keys/a", "variants/a/b")),
        ("a/blob", "word of the API"),
        ("a/renditions", "word of the API"),
    ],
)
def test_refused(bad: str, reason: str) -> None:
    with pytest.raises(IdInvalid, match=reason):
        ids.check(bad)


@given(st.text(alphabet=st.characters(codec=None, categories=None)))
def test_what_is_taken_can_be_kept_and_asked_for(text: str) -> None:
    try:
        ids.check(text)
    except IdInvalid as fault:
        assert str(fault).startswith("The Custom ID is invalid.")
    else:
        assert text.encode() and not any(unicodedata.category(char) == "Cc" for char in text)
        assert all(text.split("/"))


def test_made_ids_are_not_custom() -> None:
    assert not ids.is_custom(ids.make())
