"""SVG: what is accepted, what comes out, what never comes out."""

import gzip
import re
import time
from pathlib import Path
from xml.etree import ElementTree

import corpus
import pytest
import pyvips
from hypothesis import given
from hypothesis import strategies as st

from images import svg, svg_rules, vector
from images.errors import CannotDecode, ImageFault, NotAnImage, PictureTooLarge
from images.probe import probe

START = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">'


def clean(inner: str, folder: Path) -> str:
    """What becomes of ``inner`` inside an SVG; the outermost element is left out."""
    file = folder / "a.svg"
    file.write_text(f"{START}{inner}</svg>")
    text = svg.sanitised(str(file)).decode()
    assert svg.sanitised(str(file)).decode() == text
    return re.sub(r"^<svg[^>]*?/?>|</svg>$", "", text)


@pytest.mark.parametrize(
    "inner",
    [
        '<rect x="1" width="3" fill="url(#a)" style="fill:rgb(1,2,3);filter:blur(2px)" class="b" id="c"/>',
        '<text xml:space="preserve"><tspan>a</tspan><tspan fill="red">b &amp; &lt;c&gt;</tspan></text>',
        '<text><textPath href="#p" startOffset="5%">along</textPath></text>',
        '<use xlink:href="#q" x="4"/><use href="#q"/>',
        "<style>rect &gt; .a:not(.b){fill:red;stroke:url(#g)} @media (min-width:5px){.a{fill:blue}}</style>",
        "<style>@font-face{font-family:X;src:url(data:font/woff2;base64,AAAA)}</style>",
        '<image href="data:image/png;base64,AAAA" width="3" height="3"/>',
        '<filter id="f"><feDropShadow dx="1"/><feImage xlink:href="#q"/></filter>',
        '<rect><animate attributeName="x" from="0" to="5" dur="1s" repeatCount="indefinite"/></rect>',
        '<animateTransform attributeName="transform" type="rotate" values="0;360" dur="1s"/>',
        '<linearGradient id="g" href="#h" gradientTransform="rotate(1)"><stop offset="0" stop-color="red"/>'
        "</linearGradient>",
        '<a href="#there"><rect aria-label="x" role="img"/></a>',
        '<switch><g systemLanguage="de"/><g paint-order="stroke"/></switch>',
    ],
)
def test_what_draws_stays_as_it_is(inner: str, tmp_path: Path) -> None:
    assert clean(inner, tmp_path) == inner


@pytest.mark.parametrize(
    ("inner", "left"),
    [
        ("<script>alert(1)</script><rect/>", "<rect/>"),
        ('<s:script xmlns:s="http://www.w3.org/2000/svg">x<g/></s:script>', ""),
        ('<script xmlns="http://www.w3.org/1999/xhtml">x</script>', ""),
        ('<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="javascript:x"/></foreignObject>', ""),
        ('<rect onclick="x" ONLOAD="x" data-x="1" href="#a" xml:base="http://x/"/>', '<rect href="#a"/>'),
        ('<a href="https://e.example/"><rect/></a>', "<a><rect/></a>"),
        ('<a xlink:href="javascript:alert(1)" target="_top">x</a>', "<a>x</a>"),
        ('<use href="a.svg#b"/><use href="data:image/svg+xml;base64,AA"/><use xlink:href="//h/#b"/>', ""),
        ('<use href="#a" xlink:href="http://h/#a"/>', ""),
        ('<image href="http://h/a.png"/><image href="a.png"/><image href="data:image/svg+xml;base64,AA"/>', ""),
        ('<feImage href="//h/a.png"/><pattern href="b#c"/>', ""),
        ('<rect fill="url(http://h/#a)" filter="url(//h)" mask="url( #m )"/>', '<rect mask="url( #m )"/>'),
        ('<rect style="background:image-set(\'http://h/a\' 1x)" fill="red"/>', '<rect fill="red"/>'),
        (r'<rect style="fill:u\72l(http://h/a)"/>', "<rect/>"),
        ('<rect style="fill:URL(http://h/a)"/>', "<rect/>"),
        ('<style>@import "http://h/a.css";</style>', "<style/>"),
        ("<style>@IMPORT url(#a);</style><style>.a{fill:url(b.svg#a)}</style>", "<style/><style/>"),
        ("<style>.a{src:url(data:text/css;base64,AAAA)}</style>", "<style/>"),
        ("<style>.a{fill:url(#a</style>", "<style/>"),
        ('<style><g>@import "http://h/a.css"</g></style>', "<style/>"),
        ('<style>@imp<g/>ort "http://h/a.css"</style><style>a{}<g>b</g>c{}</style>', "<style/><style>a{}c{}</style>"),
        ('<rect><set attributeName="onclick" to="x"/><animate attributeName="href" to="javascript:x"/></rect>',
         "<rect/>"),
        ('<animate attributeName="xlink:href" values="http://h/"/><set attributeName="style" to="x"/>', ""),
        ('<animate attributeName="fill" to="url(http://h/)" by="1"/>', '<animate attributeName="fill" by="1"/>'),
        ('<metadata><x:y xmlns:x="http://x/">z</x:y></metadata><!-- note --><?php x ?><title>t</title>',
         "<title>t</title>"),
    ],
)  # fmt: skip
def test_what_does_more_than_draw_goes(inner: str, left: str, tmp_path: Path) -> None:
    assert clean(inner, tmp_path) == left


@pytest.mark.parametrize(
    ("data", "fault", "says"),
    [
        (b"<html/>", NotAnImage, "no SVG"),
        (b"<svg><rect></svg>", CannotDecode, "mismatched tag"),
        (b"<svg>", CannotDecode, "damaged"),
        (b"<!-- svg -->", CannotDecode, "no element"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', CannotDecode, "entities"),
        (b'<!DOCTYPE svg [<!ENTITY % a SYSTEM "http://h/">]><svg/>', CannotDecode, "entities"),
        (b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>', CannotDecode, "entities"),
        (b"<svg>&nbsp;</svg>", CannotDecode, "undefined entity"),
        (b'<?xml version="1.0" encoding="UTF-7"?><svg/>', CannotDecode, "encoding"),
        (b"<svg>" + b"<g>" * 500 + b"</g>" * 500 + b"</svg>", PictureTooLarge, "inside each other"),
        (b"<svg>" + b"<g/>" * 250_001 + b"</svg>", PictureTooLarge, "250000 elements"),
        (b"<svg>" + b" " * svg.LONGEST + b"</svg>", PictureTooLarge, "bytes"),
        (gzip.compress(b"<svg>" + b" " * svg.LONGEST + b"</svg>"), PictureTooLarge, "bytes"),
        (gzip.compress(b"<svg/>")[:-5], CannotDecode, "cut off"),
        (b"\x1f\x8bxxxx", CannotDecode, "unpacked"),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes, fault: type[ImageFault], says: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(fault, match=says):
        svg.sanitised(str(tmp_path / "a"))


def test_copies_of_copies_are_counted(tmp_path: Path) -> None:
    def doubling(levels: int) -> str:
        return (
            "".join(f'<g id="a{n}"><use href="#a{n + 1}"/><use href="#a{n + 1}"/></g>' for n in range(levels))
            + f'<g id="a{levels}"/>'
        )

    clean(doubling(14), tmp_path)
    for inner in (
        doubling(20),
        doubling(1000),
        # the first element with an id is the one that is copied, whatever comes later or inside of it
        doubling(20).replace('<g id="a5">', '<g id="a5"><g id="a5"/>'),
        doubling(20).replace(' href="#a7"', ' href="#none" xlink:href="#a7"'),
    ):
        with pytest.raises(PictureTooLarge, match="multiply"):
            clean(inner, tmp_path)
    assert clean('<g id="a"><use href="#a"/></g>', tmp_path)


def test_circles_do_not_hide_copies(tmp_path: Path) -> None:
    def doubling(levels: int) -> str:
        """Every level copies the next one twice, and the one before: from the last one each is reached first."""
        uses = '<g id="a{n}"><use href="#a{before}"/><use href="#a{next}"/><use href="#a{next}"/></g>'
        return (
            '<use href="#a0"/>'
            + "".join(uses.format(n=n, before=n + 1, next=n - 1) for n in range(1, levels))
            + f'<g id="a{levels}"><use href="#a{levels - 1}"/><use href="#a{levels - 1}"/></g><use href="#a{levels}"/>'
            + '<g id="a0"><use href="#a1"/></g>'
        )

    clean(doubling(10), tmp_path)
    all_of_them = "".join(f'<use href="#a{n}"/>' for n in range(30))
    everywhere = "".join(f'<g id="a{n}">{all_of_them}</g>' for n in range(30))
    for inner in (doubling(30), everywhere):
        with pytest.raises(PictureTooLarge, match="multiply"):
            clean(inner, tmp_path)


def test_attributes_that_a_document_type_adds_are_looked_at_too(tmp_path: Path) -> None:
    (tmp_path / "a").write_text('<!DOCTYPE svg [<!ATTLIST svg onload CDATA "x" width CDATA "7">]><svg/>')
    text = svg.sanitised(str(tmp_path / "a")).decode()
    assert 'width="7"' in text and "onload" not in text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "latin-1"])
def test_other_encodings_become_utf8(encoding: str, tmp_path: Path) -> None:
    declared = '<?xml version="1.0" encoding="iso-8859-1"?>' if encoding == "latin-1" else '<?xml version="1.0"?>'
    for pack in (bytes, gzip.compress):
        (tmp_path / "a").write_bytes(pack(f"{declared}{START}<text>ä</text></svg>".encode(encoding)))
        assert "<text>ä</text>" in svg.sanitised(str(tmp_path / "a")).decode()


@pytest.mark.parametrize(
    "sheet",
    [
        "url(data:image/png;base64," + " " * 3_000_000,
        "(" + "a" * 3_000_000,
        "url(#" * 600_000,
        "url( " * 600_000,
        "@" * 3_000_000,
        "url(data:image/png;base64,AAAA" * 100_000,
    ],
)
def test_no_style_sheet_takes_long(sheet: str) -> None:
    started = time.monotonic()
    svg_rules.is_harmless(sheet)
    assert time.monotonic() - started < 5


@given(st.text(alphabet="<>&'\"=/ abcrectsvgxlink:hrefonstyleurl(#)@;-![]", max_size=300))
def test_what_comes_out_can_be_read_and_stays_the_same(tmp_path_factory: pytest.TempPathFactory, inner: str) -> None:
    file = tmp_path_factory.mktemp("a") / "a.svg"
    file.write_text(f"{START}{inner}</svg>")
    try:
        first = svg.sanitised(str(file))
    except ImageFault:
        return
    file.write_bytes(first)
    assert svg.sanitised(str(file)) == first
    for element in ElementTree.fromstring(first).iter():
        assert element.tag.removeprefix(f"{{{svg_rules.SVG}}}") in svg_rules.ELEMENTS


def test_good_files_look_the_same_afterwards(shared: Path) -> None:
    wrong = []
    for entry in corpus.entries(shared / "corpus/good"):
        if entry["format"] != "svg":
            continue
        file = shared / "corpus/good" / entry["file"]
        facts, picture = entry["facts"], probe(file)
        if (picture.format, picture.width, picture.height) != ("svg", facts["width"], facts["height"]):
            wrong.append((entry["file"], picture))
        image = vector.drawn(str(file)).flatten(background=255)
        mean = [image.extract_band(band).avg() for band in range(3)]
        expected = facts["mean_rgb"] or mean
        if max(abs(a - b) for a, b in zip(mean, expected, strict=True)) > entry.get("mean_tolerance", 6):
            wrong.append((entry["file"], mean))
    assert wrong == []


def test_bad_files_hold_nothing_forbidden_afterwards(shared: Path, tmp_path: Path) -> None:
    entries = [entry for entry in corpus.entries(shared / "corpus/bad") if entry["expect"] == "refuse_or_sanitise"]
    assert entries
    for entry in entries:
        (tmp_path / "a").write_bytes(corpus.bytes_of(shared / "corpus/bad", entry))
        try:
            text = svg.sanitised(str(tmp_path / "a")).decode()
        except ImageFault:
            continue
        assert not [word for word in entry["forbidden"] if word.lower() in text.lower()], entry["file"]


def test_one_without_a_size_has_that_of_browsers(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"<svg/>")
    picture = probe(tmp_path / "a")
    assert (picture.width, picture.height, picture.has_alpha, picture.frames) == (300, 150, True, 1)


def test_the_loader_is_closed_again(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(f"{START}<rect width='9' height='9'/></svg>")
    assert vector.drawn(str(tmp_path / "a"), 2).width == 18
    with pytest.raises(pyvips.Error):
        pyvips.Image.svgload_buffer((tmp_path / "a").read_bytes())
    with pytest.raises(pyvips.Error):
        pyvips.Image.new_from_file(str(tmp_path / "a"))
