"""docs/options.md, written from the table: ``python -m variants.notation.manual``."""

import json
from collections.abc import Iterable
from pathlib import Path

from variants.options.drawing import Draws
from variants.options.option import SECTIONS, Option, Section
from variants.table import TABLE

PAGE = Path(__file__).resolve().parents[2] / "docs" / "options.md"
HEAD = """# Options

Written by `python -m variants.notation.manual` from the declarations in the code; `make docs` does it too.

In a URL options stand in the last path segment, separated by commas: `width=300,height=200,fit=cover`. The order
does not matter. A value is percent-encoded once where it holds a comma, a bracket or a `#`:
`background=%23ff8800`. Several transformations are joined by `~` and run one after the other. In the JSON of a
variant the same names are keys: `{"width": 300, "height": 200, "fit": "cover"}`; a name with a dot may be nested:
`{"trim": {"top": 20}}`. Several transformations are a list of such objects, up to 8.

A URL with an unknown name or a malformed value is served without that option and with a `warning` header; where
an option hides something (below: *strict*) a malformed value is refused. A variant is refused for either.
"""
DRAWINGS = """
### Of drawings only

`draw` is a list of up to 8 drawings; each is an `image` of the account or a `text`, with the options of this table and
all of the sections above, which act on the drawing before it is laid on. `width` and `height` may be a decimal below 1
there: a share of that side of the picture below. A drawing may have drawings of its own, three lists deep. What is
drawn lies on the finished picture, acts inside its own box alone, and is the same on every frame of an animation.
All drawings of a transformation together have at most as many pixels as one picture may (MAX_PIXELS).

```json
{"width": 800, "draw": [
  {"image": "logo", "width": 0.2, "right": 10, "bottom": 10, "opacity": 0.6},
  {"text": {"text": "Tintype", "font": "sans bold", "size": 32, "color": "white"}, "top": 20, "left": 20}
]}
```

In a URL the list is percent-encoded JSON (`draw=%5B%7B%22image%22%3A…`), in which `~`, `(`, `)`, `[` and `]` inside
strings are written as `\\u007e` and so on; for one image `watermark` is shorter. A private image is drawn by a variant
of the account or by a signed URL only; one that is deleted makes the picture answer 404 (9404).

Texts are set by Pango with the fonts that are installed where Tintype renders (no font comes with it; Debian:
`fonts-dejavu-core`, `fonts-noto`); `font` names one of them, and a name that is not installed gets the nearest one.
At most 1000 characters, at most 4096 pixels wide and high.
"""
COLUMNS = "| option | takes | default | meaning | example |\n|---|---|---|---|---|\n"


def page() -> str:
    """The whole page."""
    return HEAD + "".join(_section(section) for section in SECTIONS)


def _section(section: Section) -> str:
    found = [option for option in TABLE.values() if option.heading == section]
    drawn = [option for option in found if option.group == "draw"]
    text = f"\n## {section}\n\n{_table(option for option in found if option.group != 'draw')}"
    return f"{text}{DRAWINGS}\n{_table(drawn)}" if drawn else text


def _table(options: Iterable[Option]) -> str:
    return COLUMNS + "".join(map(_row, options))


def _row(option: Option) -> str:
    names = ", ".join(f"`{name}`" for name in (option.name, *option.aliases))
    kind = option.kind
    only = option.group == "variant"
    unset = option.default is None or option.default == ""
    default = "–" if unset else f"`{kind.write(option.default)}`"
    example = _example(option)
    meaning = option.help + (" *Strict.*" if option.protects else "") + (" *Variants only.*" if only else "")
    return f"| {names} | {kind.expected()} | {default} | {meaning} | {example} |\n"


def _example(option: Option) -> str:
    if option.group == "draw" or isinstance(option.kind, Draws):
        return f"`{json.dumps({option.name: option.example})}`"
    return f"`{option.name}={option.kind.write(option.kind.check(option.example))}`"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
