"""Options as JSON writes them: ``{"width": 200, "fit": "cover"}``, for variants; exact, where URLs are forgiving."""

from collections.abc import Iterator, Mapping

from variants.errors import BadOption
from variants.options.option import Options
from variants.table import TABLE, make, option

LONGEST_CHAIN = 8


def check_chain(body: object) -> tuple[Options, ...]:
    """One transformation as an object, or several as a list of objects, run one after the other.

    Raises ``BadOption``.
    """
    steps = body if isinstance(body, list) else [body]
    known = [step for step in steps if isinstance(step, Mapping)]
    if not 1 <= len(known) == len(steps) <= LONGEST_CHAIN:
        raise BadOption("options", body, f"an object of option names and values, or a list of 1 to {LONGEST_CHAIN}")
    return tuple(check(step) for step in known)


def check(body: Mapping[str, object]) -> Options:
    """The options of a JSON object; dotted ones may be nested: ``{"trim": {"top": 20}}``. Raises ``BadOption``."""
    values = {}
    for name, value in flat(body, ""):
        known = option(name)
        if known is None or known.group == "draw":
            raise BadOption(name, value, "the name of an option")
        if known.name in values:
            raise BadOption(name, value, f"{known.name} only once")
        values[known.name] = known.check(value)
    return make(values)


def flat(body: Mapping[str, object], prefix: str) -> Iterator[tuple[str, object]]:
    """Names and values; objects of parts of a dotted name are taken apart."""
    for key, value in body.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and any(known.startswith(f"{name}.") for known in TABLE):
            yield from flat(value, f"{name}.")
        else:
            yield name, value
