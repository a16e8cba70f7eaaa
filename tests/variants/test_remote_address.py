"""The forms of /cdn-cgi/image/<options>/<source>."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from variants.errors import BadOption, SourceMalformed, SourceNotFound, VariantFault
from variants.remote_address import PREFIX, parse


@pytest.mark.parametrize(
    ("rest", "query", "url"),
    [
        ("w=80/uploads/a.jpg", "", "/uploads/a.jpg"),
        ("w=80//uploads/a.jpg", "", "/uploads/a.jpg"),
        ("w=80///evil.com/a.jpg", "", "/evil.com/a.jpg"),
        ("w=80/uploads/a.jpg", "v=1&x", "/uploads/a.jpg?v=1&x"),
        ("w=80/https://a.com/b.jpg", "", "https://a.com/b.jpg"),
        ("w=80/http://a.com:81/b.jpg", "", "http://a.com:81/b.jpg"),
        ("w=80/https:/a.com/b.jpg", "", "https://a.com/b.jpg"),
        ("w=80/HTTPS://A.com/B.jpg", "", "https://a.com/B.jpg"),
        ("w=80/https%3A%2F%2Fa.com%2Fb.jpg", "", "https://a.com/b.jpg"),
        ("w=80/https%3A%2F%2Fa.com%2Fb%2520c.jpg%3Fx%3D1", "", "https://a.com/b%20c.jpg?x=1"),
        ("w=80/https://a.com/b.jpg%3Fx=1", "", "https://a.com/b.jpg?x=1"),
        ("w=80/https://a.com/b.jpg%3Fx=1", "y=2", "https://a.com/b.jpg?x=1&y=2"),
        ("w=80/https://a.com/b.jpg", "y=2%26", "https://a.com/b.jpg?y=2%26"),
        ("w=80/https://a.com/%C3%A9%20%23.jpg", "", "https://a.com/%C3%A9%20%23.jpg"),
        ("w=80/https://a.com/100%25.jpg", "", "https://a.com/100%25.jpg"),
        ("w=80/https://a.com", "", "https://a.com/"),
        ("w=80/https://a.com?x=1", "", "https://a.com/?x=1"),
        ("w=80/https://a.com", "x=1", "https://a.com/?x=1"),
        ("w=80/https://a.com/x?u=../y", "", "https://a.com/x?u=../y"),
        ("flow/w=80/https://a.com/b.jpg", "", "https://a.com/b.jpg"),
        ("w%3D80/https://a.com/b.jpg", "", "https://a.com/b.jpg"),
        ("w=80/ftp://a.com/b.jpg", "", "/ftp://a.com/b.jpg"),
        ("w=80/https://[::1]:80/b.jpg", "", "https://[::1]:80/b.jpg"),
    ],
)
def test_sources(rest: str, query: str, url: str) -> None:
    options, source = parse(PREFIX + rest, query)
    assert (options in ("w=80", "w%3D80"), source.url) == (True, url)


@pytest.mark.parametrize("rest", ["", "/", "/https://a.com/b.jpg", "https://a.com/b.jpg", "flow/https://a.com/b.jpg"])
def test_options_are_needed(rest: str) -> None:
    with pytest.raises(BadOption):
        parse(PREFIX + rest, "")


@pytest.mark.parametrize("adapter", ["fastly", "akamai"])
def test_other_adapters_are_not_there(adapter: str) -> None:
    with pytest.raises(SourceNotFound):
        parse(f"{PREFIX}{adapter}/w=80/a.jpg", "")


@pytest.mark.parametrize(
    "rest",
    [
        "w=80",
        "w=80/",
        "w=80/%2F",
        "w=80/a/../b.jpg",
        "w=80/a/%2e%2e/b.jpg",
        "w=80/a/%252e%252E/b.jpg",
        "w=80/https://a.com/..",
        "w=80/https://user:word@a.com/b.jpg",
        "w=80/https://user@a.com/b.jpg",
        "w=80/https://a.com:99999/b.jpg",
        "w=80/https://a.com:x/b.jpg",
        "w=80/https://:80/b.jpg",
        "w=80/https://[::1/b.jpg",
        "w=80/https://a%2520b.com/b.jpg",
        "w=80/a%5Cb.jpg",
        "w=80/a%0Ab.jpg",
        "w=80/a%00b.jpg",
        "w=80/a%FFb.jpg",
        "w=80/é.jpg",
        "w=80/" + "a" * 5000,
    ],
)
def test_what_is_no_source(rest: str) -> None:
    with pytest.raises(SourceMalformed):
        parse(PREFIX + rest, "")


@given(st.text(max_size=60), st.text(max_size=20))
def test_anything(rest: str, query: str) -> None:
    try:
        _, source = parse(PREFIX + "w=1/" + rest, query)
    except VariantFault:
        return
    assert source.url.isascii() and source.path.startswith("/")
    assert source.origin.startswith(("http://", "https://")) or not source.path.startswith("//")
