"""How long an answer of another server may be used."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from images.freshness import LEAST, MOST, Rules, rules_of

NOW = 1_700_000_000.0
DATE = "Tue, 14 Nov 2023 22:13:20 GMT"  # NOW
LATER = "Wed, 15 Nov 2023 00:13:20 GMT"  # two hours


@pytest.mark.parametrize(
    ("headers", "rules"),
    [
        ({}, Rules(LEAST)),
        ({"cache-control": "max-age=60"}, Rules(LEAST)),
        ({"cache-control": "max-age=7200"}, Rules(7200)),
        ({"cache-control": "max-age=60, s-maxage=7200"}, Rules(7200)),
        ({"cache-control": 'Public, Max-Age="9000"'}, Rules(9000)),
        ({"cache-control": "max-age=9000", "age": "1000"}, Rules(8000)),
        ({"cache-control": "max-age=9000, max-age=5000"}, Rules(9000)),
        ({"cache-control": "max-age=99999999999"}, Rules(MOST)),
        ({"cache-control": "max-age=-5"}, Rules(LEAST)),
        ({"cache-control": "max-age=60, must-revalidate"}, Rules(60, insists=True)),
        ({"cache-control": "must-revalidate"}, Rules(LEAST, insists=True)),
        ({"cache-control": "no-cache"}, Rules(0, insists=True)),
        ({"cache-control": "no-cache, max-age=60"}, Rules(0, insists=True)),
        ({"cache-control": "no-store"}, Rules(LEAST, kept=False)),
        ({"cache-control": "private, max-age=60"}, Rules(LEAST, kept=False)),
        ({"vary": "*"}, Rules(LEAST, kept=False)),
        ({"expires": LATER, "date": DATE}, Rules(7200)),
        ({"expires": LATER}, Rules(7200)),
        ({"expires": "0"}, Rules(LEAST)),
        ({"expires": LATER, "cache-control": "max-age=0, must-revalidate"}, Rules(0, insists=True)),
    ],
)
def test_rules(headers: dict[str, str], rules: Rules) -> None:
    assert rules_of(headers, NOW) == rules


@given(st.dictionaries(st.sampled_from(["cache-control", "expires", "date", "age", "vary"]), st.text(max_size=200)))
def test_any_headers(headers: dict[str, str]) -> None:
    assert 0 <= rules_of(headers, NOW).seconds <= MOST
