"""Which quality is asked for: a number, or a loss that may not be exceeded and for which a number has to be found.

Numbers are those of JPEG; AVIF's own scale is laid on them at equal loss, so one number means about the same for every
format. Losses are those of :mod:`variants.quality.score`.
"""

from dataclasses import dataclass
from typing import Any

from variants.options.kinds import Choice, Number
from variants.options.option import Option, Options
from variants.options.parts import Part, Parts

NUMBER = Number(1, 100, whole=True, clamp=True)


@dataclass(frozen=True, slots=True)
class Goal:
    """The lowest quality from ``low`` to ``high`` with a loss of at most ``target + error``; ``start`` is tried first.

    ``start`` depends on the goal alone and never on what other pictures came to: one key, the same bytes everywhere.
    """

    target: float
    low: int
    high: int
    start: int
    error: float = 0.001


# Chosen so that photographs come to ``start`` on average (docs/quality.md has the measurement).
LEVELS = {
    "high": Goal(0.0135, 75, 98, 90),
    "medium-high": Goal(0.036, 45, 83, 70),
    "medium-low": Goal(0.051, 25, 63, 50),
    "low": Goal(0.066, 15, 51, 35),
}
TARGET, ERROR = 0.02, 0.001
TYPICAL = ((0.0135, 90), (0.02, 85), (0.028, 80), (0.036, 70), (0.051, 50), (0.066, 35))  # loss → number


@dataclass(frozen=True, slots=True)
class Quality:
    """1 to 100, or the name of a level, which stays a name."""

    def parse(self, text: str) -> int | str:
        """A number, rounded and clamped, or a name."""
        return text if text in LEVELS else int(NUMBER.parse(text))

    def check(self, value: object) -> int | str:
        """A whole number or a name."""
        return value if isinstance(value, str) and value in LEVELS else int(NUMBER.check(value))

    def write(self, value: int | str) -> str:
        """Digits or the name."""
        return str(value)

    def expected(self) -> str:
        """The range and the names."""
        return ", ".join((NUMBER.expected(), *LEVELS))

    def schema(self) -> dict[str, Any]:
        """A number or a name."""
        return {"anyOf": [NUMBER.schema(), {"type": "string", "enum": list(LEVELS)}]}


OWN = Number(0, 100, whole=True)
AUTO = Option(
    "auto-quality",
    Parts(
        (
            Part("method", Choice(("dssim",)), "dssim"),
            Part("target", Number(0.001, 0.5), TARGET),
            Part("min", OWN, 0),
            Part("max", OWN, 0),
            Part("error", Number(0, 0.1), ERROR),
        )
    ),
    "Search the lowest quality from min to max (0: the format's own) with a loss of at most target + error, in place "
    "of a number; what is left out keeps its default, as in dssim;0.03.",
    example="dssim;0.05;20;60",
    group="output",
)


def goal_of(value: tuple[str, float, int, int, float], bounds: tuple[int, int]) -> Goal:
    """The goal of a value of ``auto-quality``; ``bounds`` are the format's own."""
    _, target, low, high, error = value
    low, high = low or bounds[0], high or bounds[1]
    high = max(low, high)
    return Goal(target, low, high, min(max(typical(target), low), high), error)


def typical(loss: float) -> int:
    """The number that photographs need for a loss."""
    return next((number for known, number in TYPICAL if loss <= known), 25)


def searches(options: Options) -> bool:
    """Whether any format's quality has to be found by trial."""
    given = (options.get(name) for name in options if name == "quality" or name.startswith("quality."))
    return options.auto_quality is not None or any(isinstance(value, str) for value in given)
