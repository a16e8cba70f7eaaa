"""An original and a chain of options become the bytes of a rendition. No Django, no settings, no network."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyvips

from images.errors import ImageFault
from variants import plan as planning
from variants import source
from variants.encoders import ENCODERS
from variants.errors import CannotDecode, CannotEncode, TooLarge
from variants.geometry import ORIENTATIONS, Box
from variants.limits import Limits
from variants.notation import url
from variants.operations import PIPELINE
from variants.operations.trim import border_of
from variants.options.option import Options, merged
from variants.plan import Plan
from variants.trimming import finds_border

PLAIN_WARNING = "nothing but border was found, it was not trimmed"
ANIMATION_FIELDS = ("page-height", "n-pages", "delay", "loop", "gif-delay", "gif-loop")


@dataclass(frozen=True, slots=True)
class Rendered:
    """The bytes of a rendition and what they show."""

    body: bytes
    width: int
    height: int
    frames: int
    warnings: tuple[str, ...] = ()


def render(
    original: str | Path, chain: tuple[Options, ...], target_format: str, animated: bool, limits: Limits
) -> Rendered:
    """Read ``original``, run ``chain`` over it and write it as ``target_format``, a key of ``ENCODERS``.

    Raises ``CannotDecode``, ``CannotEncode``, ``TooLarge``.
    """
    warnings: list[str] = []
    with _named_errors():
        frames = _pixels(source.opened(str(original), animated=animated), chain, limits, warnings)
        image = _joined(frames)
        body = ENCODERS[target_format].save(image, merged(chain), limits)
    return Rendered(body, image.width, frames[0].height, len(frames), tuple(warnings))


def job(arguments: dict[str, Any], original: str) -> tuple[dict[str, Any], bytes]:
    """The box's job: ``render`` with plain values. ``arguments``: chain (canonical text), format, animated, limits."""
    chain = url.parse(arguments["chain"]).chain
    done = render(original, chain, arguments["format"], arguments["animated"], Limits(**arguments["limits"]))
    facts = {"width": done.width, "height": done.height, "frames": done.frames, "warnings": list(done.warnings)}
    return facts, done.body


def _pixels(
    original: source.Original, chain: tuple[Options, ...], limits: Limits, warnings: list[str]
) -> list[pyvips.Image]:
    """The frames after all transformations; the first one reads the file, the others what came out before."""
    if original.size.width * original.size.height * original.frames > limits.max_pixels:
        raise TooLarge(f"the picture has more than {limits.max_pixels} pixels")
    options, *others = chain
    border = _border(original.first_frame, options, warnings)
    upright = border and ORIENTATIONS[original.orientation].box(border, original.stored)
    plan = planning.plan(*original.size, options, orientation=original.orientation, border=upright)
    planning.check(plan, original.frames, limits)
    frames = [_through(frame, options, plan) for frame in source.frames(original, plan)]
    for step in others:
        frames = _again([frame.copy_memory() for frame in frames], step, limits, warnings)
    return frames


def _again(frames: list[pyvips.Image], options: Options, limits: Limits, warnings: list[str]) -> list[pyvips.Image]:
    """Another transformation of frames in memory."""
    border = _border(lambda: frames[0], options, warnings)
    plan = planning.plan(frames[0].width, frames[0].height, options, border=border)
    planning.check(plan, len(frames), limits)
    return [_through(frame, options, plan) for frame in frames]


def _border(read: Callable[[], pyvips.Image], options: Options, warnings: list[str]) -> Box | None:
    """What lies inside the border, as stored, when the options ask for it."""
    if not finds_border(options):
        return None
    inside = border_of(read, options)
    if inside is None:
        warnings.append(PLAIN_WARNING)
    return inside


def _through(image: pyvips.Image, options: Options, plan: Plan) -> pyvips.Image:
    for operation in PIPELINE:
        if operation.acts(options):
            image = operation.run(image, options, plan)
    return image


def _joined(frames: list[pyvips.Image]) -> pyvips.Image:
    """One picture, or the frames below each other with times and loop as they were."""
    if len(frames) > 1:
        # One after the other in memory: libvips takes half as long again for hundreds of pipelines in one.
        strip = pyvips.Image.arrayjoin([frame.copy_memory() for frame in frames], across=1)
        strip.set_type(pyvips.GValue.gint_type, "page-height", frames[0].height)
        return strip
    image = frames[0].copy()
    for field in ANIMATION_FIELDS:
        if image.get_typeof(field):
            image.remove(field)
    return image


@contextmanager
def _named_errors() -> Iterator[None]:
    """Faults of the file as ours. Pixels are decoded while they are written, so the text tells the two apart."""
    try:
        yield
    except ImageFault as fault:
        raise CannotDecode(str(fault)) from fault
    except pyvips.Error as error:
        lines = [line.strip() for line in error.detail.splitlines() if line.strip()] or ["unknown reason"]
        fault_class = CannotEncode if any("save" in line.partition(":")[0] for line in lines) else CannotDecode
        raise fault_class(lines[0][:200]) from error
