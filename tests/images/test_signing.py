"""Signed URLs: the documented vector, every accepted spelling, every way to be wrong."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from images.errors import SignatureExpired, SignatureMissing, SignatureWrong
from images.signing import sign, verify

KEY = "Oix0bbNaT8Rge9PuyxUBrjI6zrgnsyJ5="
PATH = "/cheeW4oKsx5ljh8e8BoL2A/bc27a117-9509-446b-8c69-c81bfeac0a01/mobile"
EXP = 1631289275
SIG = "72411885ee02134d38662f3e70ac8ff694f408e9d14b05125f6b022c3f403efa"
BEFORE, AFTER = EXP - 10, EXP + 10


def test_the_documented_vector_is_made_and_opened() -> None:
    assert sign(PATH, KEY, EXP) == f"{PATH}?exp={EXP}&sig={SIG}"
    assert verify(PATH, f"exp={EXP}&sig={SIG}", [KEY], BEFORE) == EXP


def test_scheme_and_host_are_kept_but_not_signed() -> None:
    assert sign(f"https://pictures.example{PATH}", KEY, EXP) == f"https://pictures.example{PATH}?exp={EXP}&sig={SIG}"


@pytest.mark.parametrize("query", [f"exp={EXP}&sig={SIG.upper()}", f"sig={SIG}&exp={EXP}"])
def test_upper_case_and_another_place_are_accepted(query: str) -> None:
    assert verify(PATH, query, [KEY], BEFORE) == EXP


def test_any_key_of_the_account_opens() -> None:
    assert verify(PATH, f"exp={EXP}&sig={SIG}", ["other", KEY, "third"], BEFORE) == EXP
    with pytest.raises(SignatureWrong):
        verify(PATH, f"exp={EXP}&sig={SIG}", ["other"], BEFORE)
    with pytest.raises(SignatureWrong):
        verify(PATH, f"exp={EXP}&sig={SIG}", [], BEFORE)


def test_without_exp_both_forms_never_expire() -> None:
    bare = sign(PATH, KEY).rpartition("sig=")[2]
    assert verify(PATH, f"sig={bare}", [KEY], AFTER) is None
    marked = hmac.new(KEY.encode(), f"{PATH}?".encode(), hashlib.sha256).hexdigest()
    assert verify(PATH, f"sig={marked}", [KEY], AFTER) is None


def test_other_parameters_are_part_of_what_is_signed() -> None:
    query = sign(f"{PATH}?a=x+y&b=%C3%A9", KEY, EXP).partition("?")[2]
    assert verify(PATH, query, [KEY], BEFORE) == EXP
    with pytest.raises(SignatureWrong):
        verify(PATH, query.replace("a=x", "a=z"), [KEY], BEFORE)


def test_a_query_that_travels_otherwise_than_a_browser_writes_it() -> None:
    query = sign(f"{PATH}?a=x+y", KEY, EXP).partition("?")[2]
    assert verify(PATH, query.replace("x+y", "x%20y"), [KEY], BEFORE) == EXP


def test_another_spelling_of_the_path_may_have_been_signed() -> None:
    long = "/cdn-cgi/imagedelivery" + PATH
    query = f"exp={EXP}&sig={SIG}"
    assert verify(long, query, [KEY], BEFORE, alternatives=(PATH,)) == EXP
    with pytest.raises(SignatureWrong):
        verify(long, query, [KEY], BEFORE)


def test_an_expired_signature_is_told_from_a_wrong_one() -> None:
    with pytest.raises(SignatureExpired):
        verify(PATH, f"exp={EXP}&sig={SIG}", [KEY], EXP)
    with pytest.raises(SignatureWrong):
        verify(PATH, f"exp={EXP}&sig={SIG.replace('7', '8')}", [KEY], AFTER)


@pytest.mark.parametrize("exp", ["", "1e9", "-5", "+5", " 5", "٥", "9" * 16, "1.0", "0x10"])
def test_exp_is_decimal_digits_even_when_rightly_signed(exp: str) -> None:
    query = sign(f"{PATH}?exp={exp}", KEY).partition("?")[2]
    with pytest.raises(SignatureWrong, match="exp"):
        verify(PATH, query, [KEY], 0)


@pytest.mark.parametrize("query", ["sig=", "sig=abc", f"sig={SIG}&sig={SIG}", f"sig={SIG}0", "sig=" + "é" * 64])
def test_a_malformed_signature_is_wrong(query: str) -> None:
    with pytest.raises(SignatureWrong):
        verify(PATH, query, [KEY], BEFORE)


@pytest.mark.parametrize("query", ["", f"exp={EXP}", "SIG=x"])
def test_no_signature_is_told_as_such(query: str) -> None:
    with pytest.raises(SignatureMissing):
        verify(PATH, query, [KEY], BEFORE)


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_query_is_opened_or_refused_but_never_breaks(path: str, query: str) -> None:
    with pytest.raises((SignatureMissing, SignatureWrong)):
        verify("/" + path, query, [KEY], BEFORE)
