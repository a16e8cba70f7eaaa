"""An original and a chain of options become the bytes of a rendition. No Django, no settings, no network."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyvips

from images import svg, vector
from images.decode import open_image, sniff
from images.errors import ImageFault
from variants import description, source
from variants.bare import bare
from variants.encoders.writing import written
from variants.errors import CannotDecode, CannotEncode
from variants.explain import explained
from variants.findings import NONE, Findings
from variants.limits import Limits
from variants.negotiate import VECTOR
from variants.notation import url
from variants.notation.body import LONGEST_CHAIN as MOST_STEPS
from variants.options.option import Options, merged
from variants.sighted import received
from variants.transform import Scene, from_file

LONGEST_CHAIN = 2**20  # characters: a variant may hold more than a URL
COPY = "copy"
MOST_LOOPS = 65_535  # more would be written as 0, which is for ever
ANIMATION_FIELDS = ("page-height", "n-pages", "delay", "loop", "gif-delay", "gif-loop")


@dataclass(frozen=True, slots=True)
class Rendered:
    """The bytes of a rendition and what they show. ``quality`` is the number taken, None where there is none."""

    body: bytes
    width: int
    height: int
    frames: int
    warnings: tuple[str, ...] = ()
    format: str = ""
    quality: int | None = None


def render(
    original: str | Path,
    chain: tuple[Options, ...],
    target_format: str,
    animated: bool,
    limits: Limits,
    pictures: Mapping[str, str] | None = None,
    findings: Mapping[str, Findings] | None = None,
    *,
    formats: Sequence[str] = (),
    quality: int | None = None,
    on_drawings: tuple[Options, ...] = (),
) -> Rendered:
    """Read ``original``, run ``chain`` over it and write it as ``target_format``: a key of ``ENCODERS``, "best" (one of
    ``formats``), or "json", which is text about both. ``quality`` is what an earlier search for the same came to.

    Or "svg" for an SVG that is only sanitised, or ``COPY`` for frames as they are: then ``chain`` does nothing.
    ``pictures`` are the files of the images that are drawn, by id; ``findings`` is what was seen in these images, and
    under "" in the original; ``on_drawings`` is done to these images before anything else. Raises ``CannotDecode``,
    ``CannotEncode``, ``TooLarge``, ``OverlayNotFound``, ``NotSeen``.
    """
    warnings: list[str] = []
    if target_format == VECTOR:
        return _sanitised(str(original))
    if target_format == COPY:
        return _copied(str(original))
    with named_errors():
        opened = source.opened(str(original), animated=animated, most=limits.max_pixels)
        seen = findings or {}
        scene = Scene(limits, pictures or {}, seen, warnings, on_drawings=on_drawings)
        frames, why = _frames(opened, chain, scene, seen.get("", NONE))
        width, height, options = frames[0].width, frames[0].height, merged(chain)
        if target_format == description.FORMAT:
            about = description.described(opened, frames[0], options, seen.get("", NONE), why)
            return Rendered(about, width, height, len(frames), tuple(warnings), target_format)
        made = written(joined(frames), options, formats or (target_format,), limits, quality)
    return Rendered(made.body, width, height, len(frames), (*warnings, *made.warnings), made.format, made.quality)


def _frames(
    opened: source.Original, chain: tuple[Options, ...], scene: Scene, seen: Findings
) -> tuple[list[pyvips.Image], dict[str, Any]]:
    """The frames; where it is to be explained, one that shows why the picture is cut so, and the same in words."""
    if not merged(chain).explain:
        return from_file(opened, chain, scene, seen).images, {}
    image, why = explained(opened, chain[0], scene, seen)
    return [image], why


def _copied(original: str) -> Rendered:
    with named_errors():
        form = sniff(original)
        body, opened = bare(Path(original).read_bytes(), form), open_image(original, form, animated=True)
        return Rendered(body, opened.width, opened.get_page_height(), opened.get_n_pages(), format=form)


def _sanitised(original: str) -> Rendered:
    with named_errors():
        body = svg.sanitised(original)
        return Rendered(body, *vector.size(body), 1, format=VECTOR)


def job(arguments: dict[str, Any], original: str, *others: str) -> tuple[dict[str, Any], bytes]:
    """The box's job: ``render`` with plain values.

    ``arguments``: chain and on_drawings (canonical text), format, formats, animated, limits, quality, pictures (the ids
    of the first of ``others``), and those of a ``Sight``, whose notes are the rest of them.
    """
    chain, on_drawings = _chain(arguments["chain"]), _chain(arguments.get("on_drawings", ""))
    ids = arguments.get("pictures", ())
    pictures = dict(zip(ids, others, strict=False))
    findings = received(arguments, others)
    limits = Limits(**arguments["limits"])
    done = render(
        original,
        chain,
        arguments["format"],
        arguments["animated"],
        limits,
        pictures,
        findings,
        formats=arguments.get("formats", ()),
        quality=arguments.get("quality"),
        on_drawings=on_drawings,
    )
    facts = {name: getattr(done, name) for name in ("width", "height", "frames", "warnings", "format", "quality")}
    return facts, done.body


def _chain(text: str) -> tuple[Options, ...]:
    """What ``url.write`` has written: two chains, where a policy stands before what was asked for."""
    return url.parse(text, longest=LONGEST_CHAIN, most=2 * MOST_STEPS).chain if text else ()


def joined(frames: list[pyvips.Image]) -> pyvips.Image:
    """One picture, or the frames below each other with times and loop as they were."""
    if len(frames) > 1:
        # One after the other in memory: libvips takes half as long again for hundreds of pipelines in one.
        strip = pyvips.Image.arrayjoin([frame.copy_memory() for frame in frames], across=1)
        strip.set_type(pyvips.GValue.gint_type, "page-height", frames[0].height)
        if strip.get_typeof("loop"):
            strip.set_type(pyvips.GValue.gint_type, "loop", min(strip.get("loop"), MOST_LOOPS))
        return strip
    image = frames[0].copy()
    # The pixels are upright. As long as the field is there, libvips has AVIF turn them once more, whatever it keeps.
    for field in ("orientation", *ANIMATION_FIELDS):
        if image.get_typeof(field):
            image.remove(field)
    return image


@contextmanager
def named_errors() -> Iterator[None]:
    """Faults of the file as ours. Pixels are decoded while they are written, so the text tells the two apart."""
    try:
        yield
    except ImageFault as fault:
        raise CannotDecode(str(fault)) from fault
    except pyvips.Error as error:
        lines = [line.strip() for line in error.detail.splitlines() if line.strip()] or ["unknown reason"]
        fault_class = CannotEncode if any("save" in line.partition(":")[0] for line in lines) else CannotDecode
        raise fault_class(lines[0][:200]) from error
