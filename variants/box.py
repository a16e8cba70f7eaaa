"""Render in the box of ``images``: the same as ``render.render``, but what goes wrong costs a child process."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from images.box import Reply, run_async
from images.errors import BoxBusy, BoxDied, BoxTimeout, JobFailed
from variants.errors import Busy, CannotDecode, TimedOut
from variants.limits import Limits
from variants.negotiate import Source, Target
from variants.notation import url
from variants.options.option import Options
from variants.render import COPY, Rendered
from variants.sighted import NOTHING, Sight

ATTEMPTS = 2  # a child may have been killed for what another process did; one that dies twice dies of this picture


async def render(
    original: Path | bytes,
    chain: tuple[Options, ...],
    target: Target,
    limits: Limits,
    source: Source,
    quality: int | None = None,
    pictures: Mapping[str, Path | bytes] | None = None,
    sight: Sight = NOTHING,
    on_drawings: tuple[Options, ...] = (),
) -> Rendered:
    """Make the rendition of ``original`` that ``chain`` and ``target`` ask for; ``source`` are the original's facts.
    ``quality`` is what an earlier search came to; ``pictures`` the originals of the images that are drawn, by id;
    ``sight`` what is known of all of them; ``on_drawings`` is done to those that are drawn before anything else.

    Raises the faults of ``render.render``, ``Busy`` when no child is free in time, ``TimedOut``.
    """
    arguments = {
        "chain": url.write(chain),
        "format": COPY if target.copied else target.format,
        "animated": target.animated,
        "limits": asdict(limits),
        "formats": target.formats,
        "quality": quality,
        "pictures": list(pictures or ()),
        "on_drawings": url.write(on_drawings),
        **sight.arguments,
    }
    others = (*(pictures or {}).values(), *sight.notes.values())
    pixels = min(source.width * source.height * (source.frames if target.animated else 1), limits.max_pixels)
    try:
        reply = await _reply(arguments, original, others, pixels)
    except BoxBusy as fault:
        raise Busy(str(fault)) from fault
    except BoxTimeout as fault:
        raise TimedOut("Making this picture takes too long. Ask for a smaller one or another format.") from fault
    except (BoxDied, JobFailed) as fault:
        raise CannotDecode("The original makes the renderer fail.") from fault
    facts = reply.facts
    told = {name: facts[name] for name in ("width", "height", "frames", "format", "quality")}
    return Rendered(reply.body, **told, warnings=tuple(facts["warnings"]))


async def _reply(
    arguments: dict[str, object], original: Path | bytes, others: Sequence[Path | bytes], pixels: int
) -> Reply:
    for _ in range(ATTEMPTS - 1):
        try:
            return await run_async("variants.render:job", arguments, original, others=others, pixels=pixels)
        except BoxDied:
            continue
    return await run_async("variants.render:job", arguments, original, others=others, pixels=pixels)
