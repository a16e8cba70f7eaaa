"""Options, Accept and original → format."""

from dataclasses import replace

import pytest

from variants.errors import TooLarge
from variants.limits import Limits
from variants.negotiate import AVIF_WARNING, Source, Target, accepted, negotiate
from variants.notation.url import parse

PHOTO = Source("jpeg", 1000, 800, 1, False, 300_000)
LOGO = Source("png", 1000, 800, 1, True, 30_000)
LARGE = Source("jpeg", 6000, 4000, 1, False, 9_000_000)
LONG = Source("webp", 16_383, 2000, 1, False, 9_000_000)
LONGER = Source("avif", 20_000, 90, 1, False, 9_000)
ANIMATION = Source("gif", 200, 100, 10, True, 50_000)
HUGE_ANIMATION = Source("gif", 1000, 1000, 60, True, 5_000_000)

CHROME = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
OLD_CHROME = "image/webp,image/apng,image/*,*/*;q=0.8"
ANYTHING = "image/*,*/*"


def target(options: str, accept: str | None, source: Source) -> Target:
    return negotiate(parse(options).chain, accept, source, Limits())


@pytest.mark.parametrize(
    ("options", "accept", "source", "form"),
    [
        ("w=100", CHROME, PHOTO, "avif"),
        ("w=100", OLD_CHROME, PHOTO, "webp"),
        ("w=100", ANYTHING, PHOTO, "jpeg"),
        ("w=100", None, PHOTO, "jpeg"),
        ("w=100", "", LOGO, "png"),
        ("w=100", "image/avif;q=0,image/webp", PHOTO, "webp"),
        ("w=100", "image/avif;q=0.0, image/webp; q=0", PHOTO, "jpeg"),
        ("w=100", "image/avif;q=0.1,image/webp;q=0.9", PHOTO, "avif"),
        ("w=100", "IMAGE/WEBP", PHOTO, "webp"),
        ("f=auto,w=100", CHROME, LOGO, "avif"),
        ("f=webp", None, PHOTO, "webp"),
        ("f=png", CHROME, PHOTO, "png"),
        ("f=jpeg", CHROME, LOGO, "jpeg"),
        ("f=jpg", CHROME, LOGO, "jpeg"),
        ("f=baseline-jpeg", CHROME, LOGO, "jpeg"),
        ("f=gif", CHROME, PHOTO, "gif"),
        ("f=avif", None, PHOTO, "avif"),
        ("background=white", None, LOGO, "jpeg"),
        ("background=%23ffffff80", None, LOGO, "png"),
        ("background=%23ffffff80,fit=pad,w=5,h=5", None, PHOTO, "png"),
        ("background=white~background=%23ffffff80,fit=pad,w=5,h=5", None, LOGO, "png"),
        # the area of the result counts, not that of the original
        ("fit=scale-down", CHROME, LARGE, "webp"),
        ("w=1000", CHROME, LARGE, "avif"),
        ("f=avif", None, LARGE, "webp"),
        ("fit=scale-down", "image/avif", LARGE, "jpeg"),
        # a side that WebP cannot hold
        ("fit=scale-down", CHROME, LONG, "webp"),
        ("f=webp", None, LONGER, "jpeg"),
        ("fit=scale-down", CHROME, LONGER, "avif"),
    ],
)
def test_still(options: str, accept: str | None, source: Source, form: str) -> None:
    found = target(options, accept, source)
    assert (found.format, found.animated, found.untransformed) == (form, False, False)
    assert found.mime == "image/" + form
    assert found.negotiated == ("f=" not in options or "f=auto" in options)


@pytest.mark.parametrize(
    ("options", "accept", "form", "animated"),
    [
        ("w=100", CHROME, "webp", True),
        ("w=100", "image/avif", "gif", True),
        ("w=100", None, "gif", True),
        ("w=100,anim=false", CHROME, "avif", False),
        ("w=100,anim=false", None, "png", False),
        ("f=gif", CHROME, "gif", True),
        ("f=webp", None, "webp", True),
        ("f=avif", CHROME, "avif", False),
        ("f=png", CHROME, "png", False),
        ("f=jpeg", CHROME, "jpeg", False),
        ("w=50~anim=false", CHROME, "avif", False),
    ],
)
def test_animations(options: str, accept: str | None, form: str, animated: bool) -> None:
    found = target(options, accept, ANIMATION)
    assert (found.format, found.animated) == (form, animated)


def test_a_large_animation_is_delivered_as_it_is() -> None:
    found = target("w=100", CHROME, HUGE_ANIMATION)
    assert (found.format, found.mime, found.animated, found.copied) == ("gif", "image/gif", True, True)
    assert target("w=100,metadata=keep", CHROME, HUGE_ANIMATION).untransformed
    assert "animation too large to be transformed" in found.warnings
    assert not target("w=100,f=png", CHROME, HUGE_ANIMATION).copied
    assert not target("w=100,anim=false", CHROME, HUGE_ANIMATION).copied


def test_a_large_animation_is_not_delivered_where_something_is_to_be_hidden() -> None:
    with pytest.raises(TooLarge):
        target("w=100,blur=20", CHROME, HUGE_ANIMATION)


@pytest.mark.parametrize(
    ("options", "warnings"),
    [
        ("w=100,fit=cover", ("cover fit mode needs both width and height",)),
        ("w=100,h=100,fit=cover", ()),
        ("w=100,dpr=2", ()),
        ("w=100,dpr=2.5", ("dpr > 2 is rarely worth its bytes",)),
    ],
)
def test_warnings(options: str, warnings: tuple[str, ...]) -> None:
    assert target(options, None, PHOTO).warnings == warnings


def test_warning_of_a_fallback() -> None:
    assert target("fit=scale-down", CHROME, LARGE).warnings == (AVIF_WARNING,)
    assert AVIF_WARNING == "image too large for AVIF"
    assert target("fit=scale-down", OLD_CHROME, LARGE).warnings == ()


def test_what_may_not_be_rendered_is_refused_before_a_child_is_asked() -> None:
    with pytest.raises(TooLarge):
        target("w=12001,fit=contain", None, PHOTO)
    with pytest.raises(TooLarge):
        target("w=5000,fit=contain", None, replace(ANIMATION, frames=20))


@pytest.mark.parametrize("accept", ["", ";;;,,,q=", "image/avif;q=abc", "image/avif;q=", "x" * 5000])
def test_any_header_is_read(accept: str) -> None:
    assert accepted(accept) <= {"avif", "webp"}


TINY = Source("png", 15, 400, 1, False, 900)


@pytest.mark.parametrize(
    ("options", "accept", "source", "form"),
    [
        # AVIF begins at 16 pixels
        ("f=avif", CHROME, TINY, "webp"),
        ("fit=scale-down", "image/avif", TINY, "jpeg"),
        ("w=15,h=15", "image/avif", LOGO, "png"),
        ("w=16,h=16,fit=cover", "image/avif", LOGO, "avif"),
        # what is written quickest
        ("compression=fast", CHROME, PHOTO, "jpeg"),
        ("compression=fast,f=avif", CHROME, PHOTO, "jpeg"),
        ("compression=fast,f=webp", CHROME, LOGO, "png"),
        ("compression=fast", CHROME, ANIMATION, "webp"),
        # what keeps every pixel
        ("lossless=true", CHROME, PHOTO, "webp"),
        ("lossless=true", "image/avif", PHOTO, "png"),
        ("lossless=true", None, PHOTO, "png"),
        ("lossless=true,f=avif", CHROME, PHOTO, "avif"),
        ("lossless=true,f=jpeg", CHROME, PHOTO, "jpeg"),
        ("near-lossless=60", CHROME, PHOTO, "webp"),
        ("f=json", CHROME, PHOTO, "json"),
        ("f=json", CHROME, HUGE_ANIMATION, "json"),
        # too large to be tried: as auto
        ("f=best", CHROME, LARGE, "webp"),
        ("f=best,w=1000", CHROME, LARGE, "best"),
    ],
)
def test_options_of_writing(options: str, accept: str | None, source: Source, form: str) -> None:
    assert target(options, accept, source).format == form


@pytest.mark.parametrize(
    ("options", "accept", "source", "formats"),
    [
        ("f=best", CHROME, PHOTO, ("jpeg", "webp", "avif", "png")),
        ("f=best", OLD_CHROME, PHOTO, ("jpeg", "webp", "png")),
        ("f=best", None, PHOTO, ("jpeg", "png")),
        ("f=best", CHROME, LOGO, ("webp", "avif", "png")),
        ("f=best", "image/avif", LOGO, ("avif", "png")),
        ("f=best,background=white", None, LOGO, ("jpeg", "png")),
        ("f=best", CHROME, ANIMATION, ("webp", "gif")),
        ("f=best,anim=false", CHROME, ANIMATION, ("webp", "avif", "png")),
        ("f=best,lossless=true", CHROME, PHOTO, ("webp", "png")),
        ("f=best", CHROME, TINY, ("jpeg", "webp", "png")),
    ],
)
def test_best_may_be(options: str, accept: str | None, source: Source, formats: tuple[str, ...]) -> None:
    found = target(options, accept, source)
    assert (found.format, found.formats, found.searched, found.negotiated) == ("best", formats, True, True)


def test_where_only_one_format_is_left_it_is_that() -> None:
    found = target("f=best", None, LOGO)
    assert (found.format, found.mime, found.formats) == ("png", "image/png", ())


@pytest.mark.parametrize(
    ("options", "searched"), [("w=5", False), ("q=80", False), ("q=high", True), ("max-bytes=900,f=webp", True)]
)
def test_what_has_to_be_told_by_the_result(options: str, searched: bool) -> None:
    assert target(options, CHROME, PHOTO).searched is searched
