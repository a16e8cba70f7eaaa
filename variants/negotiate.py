"""Which format a browser gets: options, Accept and the original decide; no pixel is touched."""

from dataclasses import dataclass
from functools import lru_cache

from variants import plan
from variants.encoders import ENCODERS
from variants.errors import TooLarge
from variants.geometry import Size
from variants.limits import Limits
from variants.operations import PIPELINE
from variants.options.colour import channels
from variants.options.kinds import Choice, Flag
from variants.options.option import Option, Options, merged

FORMATS = ("auto", "avif", "webp", "jpeg", "baseline-jpeg", "png", "gif")
AVIF_WARNING = "image too large for AVIF"
ANIMATION_WARNING = "animation too large to be transformed"

OPTIONS = (
    Option(
        "format",
        Choice(FORMATS, same=(("jpg", "jpeg"),)),
        "Format of the result; auto picks the best one that the browser takes.",
        example="webp",
        aliases=("f",),
        default="auto",
        group="output",
    ),
    Option("anim", Flag(), "false: only the first frame of an animation.", example=False, default=True, group="output"),
)
PROTECTING = frozenset(option.name for step in PIPELINE for option in step.options if option.protects)
LONGEST_ACCEPT = 1000  # characters of the header that are read


@dataclass(frozen=True, slots=True)
class Source:
    """Facts of an original; width and height are upright, size is in bytes."""

    format: str
    width: int
    height: int
    frames: int
    has_alpha: bool
    size: int


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be made. ``negotiated``: another Accept may get another format, so the answer varies with it.

    ``untransformed``: the original's own bytes are the answer.
    """

    format: str
    mime: str
    negotiated: bool
    animated: bool
    warnings: tuple[str, ...] = ()
    untransformed: bool = False


def negotiate(chain: tuple[Options, ...], accept: str | None, source: Source, limits: Limits) -> Target:
    """The format for this browser, and what to warn of. Raises ``TooLarge`` for what may not be rendered."""
    options, plans = merged(chain), _plans(chain, source)
    warnings = tuple(text for step, made in zip(chain, plans, strict=True) for text in plan.advice(step, made))
    wants_frames = source.frames > 1 and options.anim
    name, fell_back = _named(options, _wanted(options, accept, wants_frames), plans[-1].canvas, chain, source, limits)
    animated = wants_frames and ENCODERS[name].animates
    if animated and source.width * source.height * source.frames > limits.animated_max_area:
        return _as_it_is(chain, source, warnings)
    for made in plans:
        plan.check(made, source.frames if animated else 1, limits)
    warnings += (AVIF_WARNING,) if fell_back else ()
    return Target(name, ENCODERS[name].mime, options.format == "auto", animated, warnings)


def _plans(chain: tuple[Options, ...], source: Source) -> list[plan.Plan]:
    """The plan of each transformation; border trimming, which needs pixels, is left out."""
    made, size = [], Size(source.width, source.height)
    for options in chain:
        made.append(plan.plan(*size, options))
        size = made[-1].canvas
    return made


def _wanted(options: Options, accept: str | None, animated: bool) -> tuple[str, ...]:
    """Formats to try, the best one first; "" stands for JPEG or PNG."""
    if options.format == "auto":
        takes = accepted((accept or "")[:LONGEST_ACCEPT])
        best = ("webp",) if animated else ("avif", "webp")
        return (*(name for name in best if name in takes), "gif" if animated else "")
    if options.format == "avif":
        return "avif", "webp", ""
    return ("jpeg" if options.format == "baseline-jpeg" else options.format), ""


def _named(
    options: Options,
    wanted: tuple[str, ...],
    size: Size,
    chain: tuple[Options, ...],
    source: Source,
    limits: Limits,
) -> tuple[str, bool]:
    """The first format that can hold the result, and whether AVIF would have been wanted but takes too long."""
    fell_back = False
    for name in wanted:
        if name == "avif" and size.width * size.height > limits.avif_max_area:
            fell_back = True
        elif name and max(size) <= ENCODERS[name].longest:
            return name, fell_back
    return ("png" if _needs_alpha(chain, source) else "jpeg"), fell_back


def _needs_alpha(chain: tuple[Options, ...], source: Source) -> bool:
    """Whether something shows through the result."""
    alpha = source.has_alpha
    for options in chain:
        opaque = options.background is not None and channels(options.background)[3] == 255
        alpha = not opaque and (alpha or any(step.transparent(options) for step in PIPELINE))
    return alpha


@lru_cache(maxsize=1024)
def accepted(accept: str) -> frozenset[str]:
    """Which of avif and webp a browser names with a weight above 0; ``image/*`` and ``*/*`` promise neither."""
    names = set()
    for part in accept.lower().split(","):
        mime, *parameters = (text.strip() for text in part.split(";"))
        weights = [text[2:].strip() for text in parameters if text.startswith("q=")]
        if mime in ("image/avif", "image/webp") and not (weights and _is_zero(weights[0])):
            names.add(mime.removeprefix("image/"))
    return frozenset(names)


def _is_zero(weight: str) -> bool:
    try:
        return float(weight) == 0
    except ValueError:
        return False


def _as_it_is(chain: tuple[Options, ...], source: Source, warnings: tuple[str, ...]) -> Target:
    """A large animation is delivered as it was uploaded, unless the options hide something of it."""
    if any(PROTECTING & options.keys() for options in chain):
        pixels = source.width * source.height * source.frames
        raise TooLarge(f"all frames together have {pixels} pixels: too many to transform; anim=false takes the first")
    mime = ENCODERS[source.format].mime
    return Target(source.format, mime, False, True, (*warnings, ANIMATION_WARNING), untransformed=True)
