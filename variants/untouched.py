"""The original's own bytes as the answer: ``raw`` and ``skip-processing``. Neither hides what others hide."""

from dataclasses import dataclass
from typing import Any

from images.formats import MIMES
from variants.errors import BadOption
from variants.options.kinds import Flag
from variants.options.option import Option, Options

# What every browser shows. The others are sent as they are only to who takes them.
EVERYWHERE = frozenset({"jpeg", "png", "gif"})
SKIPPED = tuple(form for form in MIMES if form != "svg")


@dataclass(frozen=True, slots=True)
class Formats:
    """Formats of originals; the value is a tuple in the order of the alphabet."""

    def parse(self, text: str) -> tuple[str, ...]:
        """Names between semicolons."""
        return self._sorted([part.strip() for part in text.split(";")])

    def check(self, value: object) -> tuple[str, ...]:
        """The same text, or a list of names."""
        if isinstance(value, str):
            return self.parse(value)
        if not isinstance(value, list):
            raise ValueError(value)
        return self._sorted(value)

    @staticmethod
    def _sorted(names: list[Any]) -> tuple[str, ...]:
        found = {"jpeg" if name == "jpg" else name for name in names if isinstance(name, str)}
        if not found or len(names) > len(MIMES) or not found <= set(SKIPPED):
            raise ValueError(names)
        return tuple(sorted(found))

    def write(self, value: tuple[str, ...]) -> str:
        """Names between semicolons."""
        return ";".join(value)

    def expected(self) -> str:
        """All names."""
        return f"formats between semicolons, out of {', '.join(SKIPPED)}"

    def schema(self) -> dict[str, Any]:
        """Text or a list."""
        names = {"type": "array", "items": {"enum": [*SKIPPED, "jpg"]}, "minItems": 1}
        return {"anyOf": [{"type": "string", "pattern": "^[a-z]+(;[a-z]+)*$"}, names]}


OPTIONS = (
    Option(
        "raw",
        Flag(),
        "The original as it is, with everything in its file, to be saved rather than shown; an SVG is "
        "sanitised all the same. Not beside options "
        "that hide something; a private image needs a signature.",
        example=True,
        default=False,
        group="delivery",
    ),
    Option(
        "skip-processing",
        Formats(),
        "Originals of these formats are delivered as they are, unless another format is asked for or something is "
        "to be hidden.",
        example="gif;png",
        group="delivery",
    ),
)


def is_wanted(options: Options, form: str, hides: bool, accepted: frozenset[str]) -> bool:
    """Whether an original of the format ``form`` is to be delivered as it is. Raises ``BadOption``.

    ``hides``: some of the options protect what is in the picture. ``accepted`` are the formats a browser named.
    """
    if options.raw:
        if hides:
            raise BadOption("raw", "true", "no option beside it that hides something of the picture")
        return True
    if hides or form not in (options.skip_processing or ()):
        return False
    return options.format == form or (options.format == "auto" and form in EVERYWHERE | accepted)


def may_show(chain: tuple[Options, ...]) -> bool:
    """Whether ``chain`` may deliver an original as it is."""
    return any(options.raw or options.skip_processing for options in chain)
