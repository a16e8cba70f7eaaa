"""Options as JSON writes them: ``{"width": 200, "fit": "cover"}``, for variants; exact, where URLs are forgiving."""

from collections.abc import Iterator, Mapping

from variants.errors import BadOption
from variants.options.option import Options
from variants.table import TABLE, make, option


def check(body: Mapping[str, object]) -> Options:
    """The options of a JSON object; dotted ones may be nested: ``{"trim": {"top": 20}}``. Raises ``BadOption``."""
    values = {}
    for name, value in _flat(body, ""):
        known = option(name)
        if known is None:
            raise BadOption(name, value, "the name of an option")
        if known.name in values:
            raise BadOption(name, value, f"{known.name} only once")
        values[known.name] = known.check(value)
    return make(values)


def _flat(body: Mapping[str, object], prefix: str) -> Iterator[tuple[str, object]]:
    for key, value in body.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and any(known.startswith(f"{name}.") for known in TABLE):
            yield from _flat(value, f"{name}.")
        else:
            yield name, value
