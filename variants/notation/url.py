"""Options as a URL writes them: ``width=200,fit=cover``; several transformations joined by ``~`` make a chain.

Text is cut at raw commas first and each value is percent-decoded once, so that ``rgb%28240%2C40%2C145%29`` survives.
Unknown names and malformed values are ignored with a warning: links stay alive. Not so the values of options that
hide something.
"""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from variants.errors import BadOption
from variants.notation.body import LONGEST_CHAIN
from variants.options.option import Options
from variants.table import TABLE, make, option

LONGEST = 4000
DPR_WARNING = "dpr > 3 should never be used"


@dataclass(frozen=True, slots=True)
class Parsed:
    """A chain of one or more transformations, and what was ignored. Warnings are plain ASCII.

    ``named``: all options that were set, be it to what they are without.
    """

    chain: tuple[Options, ...]
    warnings: tuple[str, ...] = ()
    named: frozenset[str] = frozenset()


@lru_cache(maxsize=4096)
def parse(text: str, longest: int = LONGEST, most: int = LONGEST_CHAIN) -> Parsed:
    """Options of a raw path segment of at most ``longest`` characters and ``most`` transformations.

    Raises ``BadOption`` when none is usable, and for a malformed value of an option that hides something.
    """
    if len(text) > longest:
        raise BadOption("options", text[:40] + "…", f"at most {longest} characters")
    steps = text.split("~")
    if len(steps) > most:
        raise BadOption("options", len(steps), f"at most {most} transformations")
    warnings: list[str] = []
    faults: list[BadOption] = []
    read = [_step(step, warnings, faults) for step in steps]
    named: frozenset[str] = frozenset().union(*(names for _, names in read))
    if not named:
        raise faults[0] if faults else BadOption("options", text[:200], "at least one known option")
    return Parsed(tuple(options for options, _ in read), tuple(dict.fromkeys(warnings)), named)


def _step(text: str, warnings: list[str], faults: list[BadOption]) -> tuple[Options, frozenset[str]]:
    """One transformation, and the names of the options that were usable."""
    values = {}
    for name, value in _pairs(text):
        known = option(name)
        if known is None or known.group in ("variant", "draw"):
            warnings.append("unknown option " + _printable(name))
            continue
        try:
            values[known.name] = known.parse(value)
        except BadOption as fault:
            if known.protects:
                raise
            faults.append(fault)
            warnings.append(f"{known.name} ignored: expected {known.kind.expected()}")
            continue
        if known.name == "dpr" and value and float(value) > 3:
            warnings.append(DPR_WARNING)
    return make(values), frozenset(values)


def _pairs(text: str) -> list[tuple[str, str]]:
    if "=" not in text:
        text = unquote(text)  # all of it was encoded once more
    encoded = "%" in text
    if encoded and "," not in text and "%2c" in text.lower():
        text, encoded = unquote(text), False
    pairs = []
    for part in _split(text):
        name, equals, value = part.partition("=")
        if encoded and equals:
            name, value = unquote(name), unquote(value)
        elif encoded:
            name, _, value = unquote(part).partition("=")
        if name := name.strip():
            pairs.append((name, value.strip()))
    return pairs


def _split(text: str) -> list[str]:
    """Cut at commas, but not at those between brackets."""
    if "(" not in text and "[" not in text:
        return text.split(",")
    parts, depth = [""], 0
    for character in text:
        depth += (character in "([") - (character in ")]")
        if character == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _printable(name: str) -> str:
    """What a header may carry of a name that anybody can write."""
    return "".join(
        character for character in name[:40] if character.isascii() and (character.isalnum() or character in "._-")
    )


def write(chain: tuple[Options, ...]) -> str:
    """The canonical text: names in order, long forms, defaults left out. ``parse`` gives the chain back."""
    return "~".join(_written(options) or EMPTY for options in chain)


def _written(options: Options) -> str:
    text = ",".join(f"{name}={TABLE[name].kind.write(value)}" for name, value in options.items())
    # A lone value with an encoded comma would be taken for a list that was encoded whole: a raw comma says it is not.
    return f"{text}," if "%2C" in text and "," not in text else text


# A transformation that changes nothing has no text of its own; this one says so.
EMPTY = "fit=scale-down"
