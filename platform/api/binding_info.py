"""``/info`` of the binding: what a picture is, and on demand what it looks like."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings

from api.parts import FormMalformed, Part
from images.box import the_box
from images.formats import HEAD_BYTES, MIMES, format_of
from variants import description, impression, lookers, needs, sight
from variants.notation import url
from variants.options.include import Items
from variants.options.option import Options
from variants.order import limits
from variants.sighted import Sight
from variants.table import TABLE, make

INCLUDE = TABLE["include"]


def facts(parts: list[Part], include: str | None = None) -> dict[str, Any]:
    """Format, bytes, width and height of the part ``image``; of an SVG the format alone. Besides, what the part
    ``include`` names, or the text ``include`` of the query, as the option of that name does.

    Raises ``FormMalformed``, ``BadOption``, and what is wrong with the picture.
    """
    told = [part.text for part in parts if part.name == "include" and part.file is None]
    pictures = [part.file for part in parts if part.name == "image" and part.file]
    if len(pictures) != 1 or len(told) > 1 or len(parts) != 1 + len(told):
        raise FormMalformed("expected one file part, image, and nothing besides but a text part, include")
    text = told[0] if told else include
    items = INCLUDE.parse(text) if text else ()
    return _sizes(pictures[0]) | (_members(pictures[0], items) if items else {})


def _sizes(file: Path) -> dict[str, Any]:
    with file.open("rb") as stream:
        form = format_of(stream.read(HEAD_BYTES))
    if form == "svg":
        return {"format": MIMES[form]}
    bounds = {
        "max_pixels": settings.MAX_PIXELS,
        "max_side": settings.MAX_SIDE,
        "max_animation_pixels": settings.MAX_ANIMATION_PIXELS,
    }
    found = the_box().run("images.decode:probe", bounds, file).facts
    size = {name: found[name] for name in ("width", "height")}
    return {"format": found["mime"], "file_size": file.stat().st_size, **size}


def _members(file: Path, items: Items) -> dict[str, Any]:
    """What ``format=json`` tells of a small rendition and of the original, side by side: here they are one picture."""
    side = {"width": impression.LONGEST, "height": impression.LONGEST}
    chain = (make({"format": description.FORMAT, "include": items, **side}),)
    seen = _seen(file, chain)
    arguments = {
        "chain": url.write(chain),
        "format": description.FORMAT,
        "animated": False,
        "limits": asdict(limits()),
        **seen.arguments,
    }
    told = json.loads(the_box().run("variants.render:job", arguments, file, others=[*seen.notes.values()]).body)
    return {item.member: {**told, **told["original"]}[item.member] for item in items}


def _seen(file: Path, chain: tuple[Options, ...]) -> Sight:
    looks = (lookers.looks(sights) for sights in needs.of_sight(chain))
    return Sight(sight.notes_of(file, tuple(look for several in looks for look in several), limits()))
