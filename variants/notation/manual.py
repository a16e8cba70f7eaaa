"""docs/options.md, written from the table: ``python -m variants.notation.manual``."""

from pathlib import Path

from variants.options.option import Group, Option
from variants.table import TABLE

PAGE = Path(__file__).resolve().parents[2] / "docs" / "options.md"
HEAD = """# Options

Written by `python -m variants.notation.manual` from the declarations in the code; `make docs` does it too.

In a URL options stand in the last path segment, separated by commas: `width=300,height=200,fit=cover`. The order
does not matter. A value is percent-encoded once where it holds a comma, a bracket or a `#`:
`background=%23ff8800`. Several transformations are joined by `~` and run one after the other. In the JSON of a
variant the same names are keys: `{"width": 300, "height": 200, "fit": "cover"}`; a name with a dot may be nested:
`{"trim": {"top": 20}}`.

A URL with an unknown name or a malformed value is served without that option and with a `warning` header; where
an option hides something (below: *strict*) a malformed value is refused. A variant is refused for either.
"""
TITLES: dict[Group, str] = {
    "transform": "Transforming the picture",
    "output": "Writing the result",
    "delivery": "Delivering the result",
    "variant": "Of variants only",
}


def page() -> str:
    """The whole page."""
    return HEAD + "".join(_section(group, title) for group, title in TITLES.items())


def _section(group: Group, title: str) -> str:
    rows = [_row(option) for option in TABLE.values() if option.group == group]
    head = "| option | takes | default | meaning | example |\n|---|---|---|---|---|\n"
    return f"\n## {title}\n\n{head}{''.join(rows)}"


def _row(option: Option) -> str:
    names = ", ".join(f"`{name}`" for name in (option.name, *option.aliases))
    kind = option.kind
    unset = option.default is None or option.default == ""
    default = "–" if unset else f"`{kind.write(option.default)}`"
    example = f"`{option.name}={kind.write(kind.check(option.example))}`"
    meaning = option.help + (" *Strict.*" if option.protects else "")
    return f"| {names} | {kind.expected()} | {default} | {meaning} | {example} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
