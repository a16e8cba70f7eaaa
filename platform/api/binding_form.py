"""The form of ``/transform``, checked: which pictures, which operations, which output."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.parts import FormMalformed, Part
from variants import needs
from variants.errors import BadOption
from variants.needs import Sights
from variants.notation import url
from variants.notation.body import flat
from variants.operations.overlay import DRAWN_ON
from variants.options.lettering import Lettering, Words
from variants.options.option import Group, Options
from variants.table import TABLE, make, option

FORMATS = {
    "image/jpeg": "jpeg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "rgb": "rgb",
    "rgba": "rgba",
}
PICTURES = {"image": "file", "text_input": "text", "draw_image": "file", "draw_text": "text"}
SINGLE = ("transforms", "output_format", "output_quality", "background", "anim")
MOST_PICTURES = 32
MOST_OPERATIONS = 128
EDGES = (("left", "right"), ("top", "bottom"))


@dataclass(frozen=True)
class Text:
    """A text that is a picture; ``font_url`` where its font is to be fetched."""

    words: Words
    font_url: str | None


@dataclass(frozen=True)
class Composition:
    """What is asked for: pictures by their numbers, operations in their order, the output."""

    pictures: tuple[Path | Text, ...]
    operations: tuple[dict[str, Any], ...]
    output: Options
    format: str
    animated: bool

    @property
    def files(self) -> tuple[Path, ...]:
        """The files among the pictures."""
        return tuple(picture for picture in self.pictures if isinstance(picture, Path))

    @property
    def fonts(self) -> tuple[str, ...]:
        """The addresses of fonts."""
        return tuple(one.font_url for one in self.pictures if isinstance(one, Text) and one.font_url)

    @property
    def sights(self) -> tuple[tuple[Path, Sights], ...]:
        """The files that must be looked at, under the number of the picture, and what for."""
        found = []
        for number, picture in enumerate(self.pictures):
            own = (one["options"] for one in self.operations if one["target"] == number and "options" in one)
            sights = needs.of_steps(str(number), [url.parse(text).chain[0] for text in own])
            if sights and isinstance(picture, Path):
                found.append((picture, sights))
        return tuple(found)

    def arguments(self, fonts: Mapping[str, tuple[int, str]]) -> dict[str, Any]:
        """For ``variants.composition.job``; ``fonts``: place among the files and family, by address."""
        places = {file: at for at, file in enumerate(self.files)}
        return {
            "inputs": [_input(picture, places, fonts) for picture in self.pictures],
            "operations": list(self.operations),
            "output": url.write((self.output,)),
            "format": self.format,
            "animated": self.animated,
        }


def composition(parts: list[Part]) -> Composition:
    """Read the parts. Raises ``FormMalformed``, ``BadOption``."""
    pictures = [_picture(part) for part in parts if part.name in PICTURES]
    _require_base_first([part.name for part in parts if part.name in PICTURES])
    fields = {name: _single(parts, name) for name in SINGLE}
    if fields["transforms"] is None:
        raise FormMalformed("the part transforms is missing")
    form = FORMATS.get(fields["output_format"] or "")
    if form is None:
        raise BadOption("output_format", fields["output_format"], f"one of {', '.join(FORMATS)}")
    if fields["anim"] not in (None, "true", "false"):
        raise BadOption("anim", fields["anim"], "true or false")
    return Composition(
        pictures=tuple(pictures),
        operations=_operations(fields["transforms"], len(pictures)),
        output=_output(fields),
        format=form,
        animated=fields["anim"] != "false",
    )


def _require_base_first(names: list[str]) -> None:
    if not names or names[0] not in ("image", "text_input") or {"image", "text_input"} & set(names[1:]):
        raise FormMalformed("expected one part image or text_input before all that is drawn")
    if len(names) > MOST_PICTURES:
        raise FormMalformed(f"at most {MOST_PICTURES} pictures")


def _picture(part: Part) -> Path | Text:
    if PICTURES[part.name] == "file":
        if part.file is None:
            raise FormMalformed(f"{part.name}: expected a file part")
        return part.file
    given = _json(part.name, part.text)
    if not isinstance(given, dict):
        raise BadOption(part.name, given, "an object")
    return _text(part.name, {name: value for name, value in given.items() if value is not None})


def _text(name: str, given: dict[str, Any]) -> Text:
    font = given.pop("font", None)
    address = font.get("url") if isinstance(font, dict) else None
    if font is not None and not isinstance(address, str):
        raise BadOption(f"{name}.font", font, "an object with the url of a font")
    try:
        return Text(Lettering().check(given), address)
    except ValueError:
        raise BadOption(name, given, Lettering().expected()) from None


def _single(parts: list[Part], name: str) -> str | None:
    found = [part for part in parts if part.name == name]
    if len(found) > 1 or any(part.file for part in found):
        raise FormMalformed(f"{name}: expected one part with text")
    return found[0].text if found else None


def _output(fields: Mapping[str, str | None]) -> Options:
    values = {}
    for field, name in (("output_quality", "quality"), ("background", "background")):
        text = fields[field]
        if text is not None:
            values[name] = TABLE[name].parse(text)
    return make(values)


def _operations(text: str, count: int) -> tuple[dict[str, Any], ...]:
    found = _json("transforms", text)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise FormMalformed("transforms: expected an array of objects")
    if len(found) > MOST_OPERATIONS:
        raise FormMalformed(f"transforms: at most {MOST_OPERATIONS} operations")
    return tuple(_operation(one, count) for one in found)


def _operation(given: dict[str, Any], count: int) -> dict[str, Any]:
    if "drawImageIndex" not in given:
        options = make(_values(given, "transform"))
        return {"target": _index(given, "imageIndex", count), "options": url.write((options,))}
    drawn, target = _index(given, "drawImageIndex", count), _index(given, "targetImageIndex", count)
    if drawn == target:
        raise FormMalformed("transforms: a picture cannot be drawn on itself")
    drawing = _values(given, "draw")
    for one, other in EDGES:
        if one in drawing and other in drawing:
            raise BadOption(one, drawing[one], f"{one} or {other}, not both")
    return {"target": target, "drawn": drawn, "drawing": drawing}


def _values(given: Mapping[str, Any], group: Group) -> dict[str, Any]:
    """Checked options of a group; names that are unknown, and what JavaScript left empty, are passed over."""
    values = {}
    for name, value in flat(given, ""):
        known = option(name)
        if known and known.group == group and known.name not in DRAWN_ON and value is not None:
            values[known.name] = known.check(value)
    return values


def _index(given: Mapping[str, Any], name: str, count: int) -> int:
    index = given.get(name)
    if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < count:
        raise FormMalformed(f"transforms: {name} must be the number of a picture, 0 to {count - 1}")
    return index


def _json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise FormMalformed(f"{name}: expected JSON") from None


def _input(picture: Path | Text, places: Mapping[Path, int], fonts: Mapping[str, tuple[int, str]]) -> dict[str, Any]:
    if isinstance(picture, Path):
        return {"file": places[picture]}
    if picture.font_url is None:
        return {"text": picture.words}
    place, family = fonts[picture.font_url]
    return {"text": picture.words._replace(font=family), "font_file": place}
