"""SVG: read with limits, and written anew with nothing in it but what draws.

What is not in the tables of ``svg_rules`` does not come out, whatever it is called. No Django here; it runs in a child
of the box.
"""

import html
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import ParseError  # noqa: S405 - the class alone; defusedxml parses

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from images.errors import CannotDecode, NotAnImage, PictureTooLarge
from images.svg_rules import (
    ANIMATIONS,
    ELEMENTS,
    PREFIXED,
    REFERENCES,
    SVG,
    XLINK,
    animates_safely,
    is_harmless,
    is_kept,
    refers_outside,
)

VERSION = 2  # goes up with every change that alters a byte of what is delivered
LONGEST = 16 * 2**20  # bytes, after unpacking
DEEPEST = 100  # elements inside each other
MOST = 250_000  # elements
MOST_DRAWN = 500_000  # elements, with each copy that <use> makes
MOST_LOOKED = 500_000  # references that are followed to count them
GZIP = b"\x1f\x8b"
STEP = 2**16


@dataclass
class _Open:
    """An element that was begun: its name in the result ("" when it is dropped), and what <use> copies with it."""

    name: str
    empty: bool = True
    style: list[str] | None = None
    drawn: int = 1
    used: dict[str, int] = field(default_factory=dict)


def sanitised(path: str) -> bytes:
    """The SVG at ``path`` as it may be delivered: UTF-8, unpacked, without anything that runs or refers outside.

    Raises ``NotAnImage`` when it is no SVG, ``CannotDecode`` when it is not well-formed or declares entities,
    ``PictureTooLarge`` when it is too long, too deep or draws too many elements.
    """
    writer = _Writer()
    parser = DefusedXMLParser(target=writer, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    text = _unpacked(Path(path).read_bytes())
    try:
        for at in range(0, len(text), STEP):
            parser.feed(text[at : at + STEP])
        body: bytes = parser.close()
    except DefusedXmlException:
        raise CannotDecode("The SVG declares entities. Save it anew without a document type and upload that.") from None
    except (ParseError, ValueError, LookupError) as error:
        raise CannotDecode(f"The SVG is damaged and cannot be read ({str(error)[:200]}).") from error
    return body


def _unpacked(data: bytes) -> bytes:
    if data.startswith(GZIP):
        packer = zlib.decompressobj(wbits=31)
        try:
            data = packer.decompress(data, LONGEST + 1)
        except zlib.error as error:
            raise CannotDecode("The packed SVG is damaged and cannot be unpacked.") from error
        if not packer.eof and len(data) <= LONGEST:
            raise CannotDecode("The packed SVG is cut off.")
    if len(data) > LONGEST:
        raise PictureTooLarge(f"The SVG has more than {LONGEST} bytes.")
    return data


class _Writer:
    """The target of the parser: hears of elements and text in order, writes those that may stay."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._open: list[_Open] = []
        self._dropped = 0  # how many of the open elements lie in one that is dropped
        self._count = 0
        self._named: dict[str, _Open] = {}
        self._root: _Open | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins; ``tag`` is ``{namespace}name``."""
        self._count += 1
        if not self._open and tag not in ("svg", f"{{{SVG}}}svg"):
            raise NotAnImage("The XML file is no SVG: its outermost element is not svg.")
        if len(self._open) >= DEEPEST or self._count > MOST:
            raise PictureTooLarge(f"The SVG has more than {MOST} elements, or more than {DEEPEST} inside each other.")
        name = tag.removeprefix(f"{{{SVG}}}")
        in_style = bool(self._open) and self._open[-1].style is not None  # a style sheet is text alone
        if self._dropped or in_style or not _may_stay(name, attributes):
            self._dropped += 1
            self._open.append(_Open(""))
            return
        self._close_start_tag()
        self._open.append(_Open(name, style=[] if name == "style" else None))
        self._note(self._open[-1], attributes)
        self._parts.append(f"<{name}{_written(name, attributes, root=len(self._open) == 1)}")

    def data(self, text: str) -> None:
        """Text between elements."""
        if self._dropped or not self._open:
            return
        style = self._open[-1].style
        if style is not None:
            style.append(text)
            return
        self._close_start_tag()
        self._parts.append(_escaped(text))

    def end(self, tag: str) -> None:
        """The innermost element ends."""
        ended = self._open.pop()
        if self._dropped:
            self._dropped -= 1
            return
        if ended.style is not None:
            self._write_style(ended, "".join(ended.style))
        self._parts.append("/>" if ended.empty else f"</{ended.name}>")
        self._count_drawn(ended)

    def close(self) -> bytes:
        """The result."""
        if self._root is None:
            raise ParseError("no element found")
        if _drawn(self._root, self._named, MOST_DRAWN) > MOST_DRAWN:
            raise PictureTooLarge(f"The SVG draws more than {MOST_DRAWN} elements: its <use> elements multiply them.")
        return "".join(self._parts).encode()

    def _close_start_tag(self) -> None:
        if self._open and self._open[-1].empty:
            self._open[-1].empty = False
            self._parts.append(">")

    def _write_style(self, element: _Open, sheet: str) -> None:
        if sheet and is_harmless(sheet):
            self._parts.append(f">{_escaped(sheet)}")
            element.empty = False

    def _note(self, element: _Open, attributes: dict[str, str]) -> None:
        """Remember an element by its id, and what it copies. Of two with one id the first counts."""
        if "id" in attributes:
            self._named.setdefault(attributes["id"], element)
        if element.name == "use":
            element.used = {attributes[key].strip()[1:]: 1 for key in REFERENCES & attributes.keys()}

    def _count_drawn(self, ended: _Open) -> None:
        """What an element draws, its parent draws."""
        if not self._open:
            self._root = ended
            return
        parent = self._open[-1]
        parent.drawn += ended.drawn
        for target, times in ended.used.items():
            parent.used[target] = parent.used.get(target, 0) + times


def _may_stay(name: str, attributes: dict[str, str]) -> bool:
    if name not in ELEMENTS:
        return False
    if name == "a":
        return True  # a link that leads outside loses its target, not what it surrounds
    return not refers_outside(name, attributes) and (name not in ANIMATIONS or animates_safely(attributes))


def _written(name: str, attributes: dict[str, str], *, root: bool) -> str:
    """The attributes that may stay, as text that begins with a space."""
    kept = [("xmlns", SVG), ("xmlns:xlink", XLINK)] if root else []
    for attribute, value in attributes.items():
        if attribute in REFERENCES:
            if not refers_outside(name, {attribute: value}):
                kept.append((PREFIXED.get(attribute, attribute), value))
        elif is_kept(attribute, value):
            kept.append((PREFIXED.get(attribute, attribute), value))
    return "".join(f' {attribute}="{_quoted(value)}"' for attribute, value in kept)


def _escaped(text: str) -> str:
    return html.escape(text, quote=False).replace("\r", "&#13;")


def _quoted(value: str) -> str:
    return html.escape(value).replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;")


def _drawn(root: _Open, elements: dict[str, _Open], most: int) -> int:
    """How many elements ``root`` draws, with all copies; more than ``most`` stands for any larger number.

    A <use> inside of what it copies is an error that every renderer passes over: it counts nothing here. What such a
    circle was left out of is counted anew wherever it is copied, for there it may draw more.
    """
    known: dict[str, int] = {}
    looked = circles = 0

    def cost(element: _Open, above: tuple[str, ...]) -> int:
        nonlocal looked, circles
        total = element.drawn
        looked += len(element.used)
        if looked > MOST_LOOKED:
            return most + 1
        for target, times in element.used.items():
            if target in above:
                circles += 1
            elif target in elements:
                total += times * copies(target, above)
        return min(total, most + 1)

    def copies(target: str, above: tuple[str, ...]) -> int:
        if target in known:
            return known[target]
        if len(above) > DEEPEST:
            return most + 1
        before = circles
        drawn = cost(elements[target], (*above, target))
        if circles == before:
            known[target] = drawn
        return drawn

    return cost(root, ())
