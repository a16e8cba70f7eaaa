"""Delivery addresses: every shape of path, cut at raw slashes, decoded once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from variants.address import Site, is_delivery, parse, parse_on
from variants.errors import AddressMalformed

HASH = "cheeW4oKsx5ljh8e8BoL2A"


@pytest.mark.parametrize(
    ("path", "image_id", "wanted"),
    [
        (f"/{HASH}/id/public", "id", "public"),
        (f"/{HASH}/a/b/c/w=80", "a/b/c", "w=80"),
        (f"/{HASH}/a%2Fb%20c%25%C3%A9/public", "a/b c%é", "public"),
        (f"/{HASH}/a/b%20c%25%C3%A9/rgb%281%2C2%2C3%29=", "a/b c%é", "rgb%281%2C2%2C3%29="),
        (f"/{HASH}//x//public", "/x/", "public"),
    ],
)
def test_the_id_is_what_lies_between(path: str, image_id: str, wanted: str) -> None:
    for spelling in (path, "/cdn-cgi/imagedelivery" + path):
        found = parse(spelling)
        assert (found.account_hash, found.image_id, found.wanted) == (HASH, image_id, wanted)
        assert found.spellings[0] == spelling
        assert path in found.spellings


@pytest.mark.parametrize("rest", ["", "/", "/id", "/id/", "//public", "/%ff/public", "/é/public"])
def test_a_path_without_image_or_variant_is_malformed(rest: str) -> None:
    for path in (f"/{HASH}{rest}", f"/cdn-cgi/imagedelivery/{HASH}{rest}", "/cdn-cgi/imagedelivery/short/id/public"):
        with pytest.raises(AddressMalformed):
            parse(path)


@pytest.mark.parametrize(
    ("wanted", "options"), [("public", False), ("w=1", True), ("w%3D1", True), ("w%3d1", True), ("public%3Fexp", False)]
)
def test_options_hold_an_equals_sign(wanted: str, options: bool) -> None:
    assert parse(f"/{HASH}/id/{wanted}").names_options is options


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        (f"/{HASH}/x", True),
        ("/cdn-cgi/imagedelivery/x", True),
        ("/dashboard/", False),
        ("/client/v4/accounts", False),
        (f"/{HASH}x/y", False),
        (f"/{HASH}", True),
        ("//" + HASH, False),
        ("", False),
    ],
)
def test_which_paths_are_deliverys(path: str, answer: bool) -> None:
    assert is_delivery(path) is answer


@pytest.mark.parametrize(
    ("site", "path", "image_id", "wanted"),
    [
        (Site(HASH), "/id/public", "id", "public"),
        (Site(HASH), f"/{HASH}/id/public", "id", "public"),
        (Site(HASH, "/img"), "/img/a/b/w=5", "a/b", "w=5"),
        (Site(HASH, "/img"), f"/img/{HASH}/a/public", "a", "public"),
        (Site(HASH, "", "public"), "/a/b", "a/b", "public"),
        (Site(HASH, "", "public"), "/a/b/thumb", "a/b", "thumb"),
        (Site(HASH, "", "public"), "/a/b/w=3", "a/b", "w=3"),
    ],
)
def test_an_own_domain_needs_no_hash(site: Site, path: str, image_id: str, wanted: str) -> None:
    found = parse_on(site, path, {"public", "thumb"})
    assert (found.account_hash, found.image_id, found.wanted) == (HASH, image_id, wanted)
    assert path in found.spellings


def test_an_own_domains_signature_may_cover_the_path_with_the_hash() -> None:
    assert f"/{HASH}/a/public" in parse_on(Site(HASH, "/img"), "/img/a/public", {"public"}).spellings


@given(st.text(alphabet=st.characters(max_codepoint=255), max_size=60))
def test_any_path_is_read_or_refused_but_never_breaks(text: str) -> None:
    for read in (lambda: parse(f"/{HASH}/{text}"), lambda: parse_on(Site(HASH, "", "p"), f"/{text}", set())):
        try:
            read()
        except AddressMalformed:
            continue


def test_the_hash_alone_says_what_is_missing() -> None:
    with pytest.raises(AddressMalformed, match="expected"):
        parse(f"/{HASH}")
