"""Which format a browser gets: options, Accept and the original decide; no pixel is touched."""

from dataclasses import dataclass
from functools import lru_cache

from images.formats import MIMES
from variants import description, moving, plan, untouched
from variants.encoders import ENCODERS
from variants.encoders.writing import tries
from variants.errors import BadOption, TooLarge, Unconvertible
from variants.geometry import Size
from variants.limits import Limits
from variants.operations import PIPELINE
from variants.options.colour import channels
from variants.options.kinds import Choice, Flag
from variants.options.option import Option, Options, merged

FORMATS = ("auto", "best", "avif", "webp", "jpeg", "baseline-jpeg", "png", "gif", "svg", description.FORMAT)
VECTOR = "svg"
AVIF_WARNING = "image too large for AVIF"
ANIMATION_WARNING = "animation too large to be transformed"

OPTIONS = (
    Option(
        "format",
        Choice(FORMATS, same=(("jpg", "jpeg"),)),
        "Format of the result; auto picks the newest one that the browser takes, best tries them all and sends the "
        "smallest, json describes original and result. An SVG stays one unless a format of "
        "pixels is named; nothing else becomes svg.",
        example="webp",
        aliases=("f",),
        default="auto",
        group="output",
    ),
    Option(
        "compression",
        Choice(("fast",)),
        "fast: what is written quickest, JPEG or PNG whatever format says.",
        example="fast",
        group="output",
    ),
    Option(
        "anim",
        Flag(),
        "false: only the first frame of an animation.",
        example=False,
        default=True,
        group="output",
        label="Animation",
    ),
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

    ``untransformed``: the original's own bytes are the answer. ``formats``: what the format ``best`` may turn out to
    be; its ``mime`` is empty. ``searched``: quality or format are told by the result. ``copied``: the frames of the
    original as they are, in a file without metadata.
    """

    format: str
    mime: str
    negotiated: bool
    animated: bool
    warnings: tuple[str, ...] = ()
    untransformed: bool = False
    formats: tuple[str, ...] = ()
    searched: bool = False
    copied: bool = False


def negotiate(chain: tuple[Options, ...], accept: str | None, source: Source, limits: Limits) -> Target:
    """The format for this browser, and what to warn of. Raises ``TooLarge`` for what may not be rendered,
    ``Unconvertible`` for pixels that are to become an SVG, ``BadOption`` for options that exclude each other."""
    options = merged(chain)
    hides = any(PROTECTING & step.keys() for step in chain)
    if options.explain and hides:
        raise BadOption("explain", "true", "no option beside it that hides something of the picture")
    if source.format != VECTOR and untouched.is_wanted(options, source.format, hides, accepted_of(accept)):
        varies = options.format == "auto" and source.format not in untouched.EVERYWHERE and not options.raw
        return Target(source.format, MIMES[source.format], varies, source.frames > 1, untransformed=True)
    if source.format == VECTOR and _stays_vector(chain, options):
        return Target(VECTOR, "image/svg+xml", False, False)
    if options.format == VECTOR:
        raise Unconvertible("only an SVG can be delivered as SVG, and only where nothing in it is to be hidden")
    plans = _plans(chain, source)
    warnings = tuple(text for step, made in zip(chain, plans, strict=True) for text in plan.advice(step, made))
    warnings += description.advice(options)
    if options.format == description.FORMAT:
        for made in plans:
            plan.check(made, 1, limits)
        return Target(description.FORMAT, description.MIME, False, False, warnings)
    wants_frames = source.frames > 1 and options.anim
    name, fell_back = _named(options, _wanted(options, accept, wants_frames), plans[-1].canvas, chain, source, limits)
    animated = wants_frames and ENCODERS[name].animates
    if animated:
        moving.check(chain)
    if animated and source.width * source.height * source.frames > limits.animated_max_area:
        return _as_it_is(chain, source, warnings)
    for made in plans:
        plan.check(made, source.frames if animated else 1, limits)
    warnings += (AVIF_WARNING,) if fell_back else ()
    negotiated, searched = options.format in ("auto", "best"), tries(options)
    size = plans[-1].canvas
    area = size.width * size.height * (source.frames if animated else 1)
    if options.format == "best" and area <= limits.search_max_area:
        names = _candidates(options, accept, animated, size, chain, source)
        if len(names) > 1:
            return Target("best", "", negotiated, animated, warnings, formats=names, searched=True)
    return Target(name, ENCODERS[name].mime, negotiated, animated, warnings, searched=searched)


def _candidates(
    options: Options,
    accept: str | None,
    animated: bool,
    size: Size,
    chain: tuple[Options, ...],
    source: Source,
) -> tuple[str, ...]:
    """What the browser takes and what can hold the result; the loss of the first one sets that of the others."""
    takes = accepted_of(accept)
    if animated:
        return tuple(name for name in ("webp", "gif") if name in takes | {"gif"})
    exact = options.lossless or options.near_lossless is not None
    plainly = {"png"} if exact or _needs_alpha(chain, source) else {"jpeg", "png"}
    names = takes - {"avif"} | plainly if exact else takes | plainly
    return tuple(name for name in ("jpeg", "webp", "avif", "png") if name in names and _holds(name, size))


def _holds(name: str, size: Size) -> bool:
    return max(size) <= ENCODERS[name].longest and min(size) >= ENCODERS[name].shortest


def _stays_vector(chain: tuple[Options, ...], options: Options) -> bool:
    """An SVG is passed on unless pixels are asked for, or something is to be hidden, which takes pixels."""
    hides = any(PROTECTING & step.keys() for step in chain)
    return options.format in ("auto", "best", VECTOR) and not hides


def _plans(chain: tuple[Options, ...], source: Source) -> list[plan.Plan]:
    """The plan of each transformation; border trimming, which needs pixels, is left out."""
    made, size = [], Size(source.width, source.height)
    for options in chain:
        made.append(plan.plan(*size, options))
        size = made[-1].canvas
    return made


def _wanted(options: Options, accept: str | None, animated: bool) -> tuple[str, ...]:
    """Formats to try, the best one first; "" stands for JPEG or PNG."""
    exact = options.lossless or options.near_lossless is not None
    if options.compression == "fast" and not animated:
        return ("",)
    if options.format in ("auto", "best"):
        takes = accepted_of(accept)
        best = ("webp",) if animated or exact else ("avif", "webp")
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
        elif name and _holds(name, size):
            return name, fell_back
    return ("png" if options.lossless or _needs_alpha(chain, source) else "jpeg"), fell_back


def _needs_alpha(chain: tuple[Options, ...], source: Source) -> bool:
    """Whether something shows through the result."""
    alpha = source.has_alpha
    for options in chain:
        opaque = options.background is not None and channels(options.background)[3] == 255
        alpha = not opaque and (alpha or any(step.transparent(options) for step in PIPELINE))
    return alpha


def accepted_of(accept: str | None) -> frozenset[str]:
    """``accepted`` for a header that may be absent, or longer than is read."""
    return accepted((accept or "")[:LONGEST_ACCEPT])


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
    """A large animation is delivered with the frames that were uploaded, unless the options hide something of it."""
    if any(PROTECTING & options.keys() for options in chain):
        pixels = source.width * source.height * source.frames
        raise TooLarge(f"all frames together have {pixels} pixels: too many to transform; anim=false takes the first")
    mime, warnings = ENCODERS[source.format].mime, (*warnings, ANIMATION_WARNING)
    if merged(chain).metadata == "keep":
        return Target(source.format, mime, False, True, warnings, untransformed=True)
    return Target(source.format, mime, False, True, warnings, copied=True)
