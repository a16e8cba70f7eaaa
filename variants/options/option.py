"""One option, and a checked set of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, get_args

from variants.errors import BadOption

Group = Literal["transform", "draw", "output", "delivery", "variant"]
Section = Literal["Size", "Crop & turn", "Colour", "Effects", "Frame", "Overlays", "Output", "Delivery"]
SECTIONS: tuple[Section, ...] = get_args(Section)
# Where people look for an option that does not say so itself.
USUAL: dict[Group, Section] = {
    "transform": "Effects",
    "draw": "Overlays",
    "output": "Output",
    "delivery": "Delivery",
    "variant": "Delivery",
}


class Kind(Protocol):
    """What an option takes. ``parse`` and ``check`` raise ``ValueError`` for anything else."""

    def parse(self, text: str) -> Any:
        """The value that ``text`` of a URL means; forgiving where the meaning is plain."""

    def check(self, value: object) -> Any:
        """The same from JSON; exact, for a variant is written once and used for years."""

    def write(self, value: Any) -> str:
        """The one canonical text of ``value``, fit for a URL path; ``parse`` gives ``value`` back."""

    def expected(self) -> str:
        """What is taken, as the end of "expected …"."""

    def schema(self) -> dict[str, Any]:
        """JSON Schema of what ``check`` takes."""


@dataclass(frozen=True, slots=True)
class Option:
    """One setting. ``example`` is a value as JSON writes it.

    ``group`` is who reads it, ``heading`` the section of forms and manual in which people find it.
    ``label`` is what people call it, where that is not its name.
    ``protects``: the option hides something, so a malformed value is refused and never ignored.
    """

    name: str
    kind: Kind
    help: str
    example: Any
    aliases: tuple[str, ...] = ()
    default: Any = None
    group: Group = "transform"
    protects: bool = False
    section: Section | None = None
    label: str = ""

    @property
    def heading(self) -> Section:
        """The section it stands in; without a word of its own, the usual one of its group."""
        return self.section or USUAL[self.group]

    @property
    def title(self) -> str:
        """``Trim border color`` for ``trim.border.color``, or its label."""
        return self.label or self.name.translate(str.maketrans("._-", "   ")).capitalize()

    def parse(self, text: str) -> Any:
        """The value of decoded URL text. Raises ``BadOption``."""
        try:
            return self.kind.parse(text)
        except ValueError:
            raise BadOption(self.name, text, self.kind.expected()) from None

    def check(self, value: object) -> Any:
        """The value of a JSON value. Raises ``BadOption``."""
        try:
            return self.kind.check(value)
        except ValueError:
            raise BadOption(self.name, value, self.kind.expected()) from None


# Names of options by the attribute that reads them: a rendition reads some two hundred.
_names: dict[str, str] = {}


class Options(Mapping[str, Any]):
    """All checked settings of one transformation, frozen.

    As a mapping it holds what was set to something else than its default; as attributes
    (``options.blur``, ``options.trim_border_color`` for ``trim.border.color``, ``options.min_width`` for ``min-width``)
    every option is there.
    Made by ``variants.table.make``.
    """

    __slots__ = ("_defaults", "_hash", "_values")

    def __init__(self, values: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
        self._values = {name: values[name] for name in sorted(values) if values[name] != defaults[name]}
        self._defaults = defaults
        self._hash = hash(tuple(self._values.items()))

    def other(self, values: Mapping[str, Any]) -> "Options":
        """Other settings of the same options."""
        return Options(values, self._defaults)

    def __getattr__(self, attribute: str) -> Any:
        name = _names.get(attribute)
        if name is None:
            name = _names[attribute] = self._name_of(attribute)
        return self._values[name] if name in self._values else self._defaults[name]

    def _name_of(self, attribute: str) -> str:
        """The option that Python spells so. Raises ``AttributeError``."""
        if attribute.startswith("_"):
            raise AttributeError(attribute)
        for name in (attribute, attribute.replace("_", "."), attribute.replace("_", "-")):
            if name in self._defaults:
                return name
        raise AttributeError(f"no option is named {attribute}")

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Options) and self._values == other._values

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"Options({self._values})"


def merged(chain: tuple[Options, ...]) -> Options:
    """What holds for the result of a chain: format, quality and the like, where the last word counts."""
    if len(chain) == 1:
        return chain[0]
    values: dict[str, Any] = {}
    for options in chain:
        values.update(options)
    return Options(values, chain[0]._defaults)
