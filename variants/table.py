"""The one table of options, gathered from the files that read them; what else is asked of all of them together."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pyvips

from images import svg
from variants import description, explain, hints, negotiate, plan, serving, untouched
from variants.encoders import ENCODERS, encoder, writing
from variants.limits import Limits
from variants.operations import PIPELINE
from variants.operations.lettering import fonts
from variants.operations.overlay import nested
from variants.options.kinds import Number
from variants.options.option import Option, Options, merged
from variants.quality import search

YEAR = 31_536_000
# Read by delivery, which writes the headers; it says nothing of pixels and a URL cannot set it.
BROWSER_TTL = Option(
    "browser_ttl",
    Number(0, YEAR, whole=True),
    "Seconds for which browsers keep results of this variant.",
    example=86_400,
    group="variant",
    label="Browsers keep it for (seconds)",
)


def _gathered(*groups: tuple[Option, ...]) -> dict[str, Option]:
    table: dict[str, Option] = {}
    for option in (option for group in groups for option in group):
        if option.name in table:
            raise RuntimeError(f"two options are named {option.name}")
        table[option.name] = option
    return table


TABLE = _gathered(
    plan.OPTIONS,
    *(operation.options for operation in PIPELINE),
    negotiate.OPTIONS,
    encoder.OPTIONS,
    *(writer.options for writer in ENCODERS.values()),
    writing.OPTIONS,
    description.OPTIONS,
    untouched.OPTIONS,
    hints.OPTIONS,
    explain.OPTIONS,
    serving.OPTIONS,
    (BROWSER_TTL,),
)
DEFAULTS: Mapping[str, Any] = {name: option.default for name, option in TABLE.items()}
_NAMES = TABLE | {alias: option for option in TABLE.values() for alias in option.aliases}


def option(name: str) -> Option | None:
    """The option of that name or alias."""
    return _NAMES.get(name)


def make(values: Mapping[str, Any]) -> Options:
    """Checked values as ``Options``."""
    return Options(values, DEFAULTS)


def _libvips() -> str:
    try:
        return "libvips/" + version("pyvips-binary")  # names the codecs too: they are built in
    except PackageNotFoundError:
        return "libvips/" + ".".join(str(pyvips.version(part)) for part in range(3))


LIBVIPS = _libvips()
_STANDARD = Limits()


@lru_cache(maxsize=4096)
def versions(chain: tuple[Options, ...], format_: str, limits: Limits = _STANDARD) -> tuple[str, ...]:
    """What can change a byte of a result besides original and options: part of the key of a rendition."""
    passes = [*chain, *(drawing for options in chain for drawing in nested(options))]
    if format_ == negotiate.VECTOR:
        return (f"svg/{svg.VERSION}",)
    acting = [step for step in PIPELINE if any(step.acts(options) for options in passes)]
    writes = any(options.text or options.draw_detections or options.explain for options in passes)
    written = (f"fonts/{fonts()}",) if writes else ()
    return (
        f"plan/{plan.VERSION}",
        *(f"{step.name}/{step.version}" for step in acting),
        *written,
        *_of_writing(merged(chain), format_, limits),
        LIBVIPS,
    )


def _of_writing(options: Options, format_: str, limits: Limits) -> Iterator[str]:
    if format_ == description.FORMAT:
        yield f"{format_}/{description.VERSION}"
    for name, writer in ENCODERS.items():
        if format_ in (name, "best"):
            effort = f"-{limits.avif_effort}" if name == "avif" and options.effort is None else ""
            yield f"{name}/{writer.version}{effort}"
    if writing.tries(options):
        yield f"search/{search.VERSION}-{limits.search_max_area}"


__all__ = ["BROWSER_TTL", "DEFAULTS", "TABLE", "make", "merged", "option", "versions"]
