"""The frames of a picture through transformations, one after the other, with everything that is drawn on them.

Nothing is encoded in between.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

import pyvips

from variants import attention, moving, source
from variants import plan as planning
from variants.errors import OverlayNotFound, TooLarge
from variants.findings import NONE, Findings
from variants.geometry import ORIENTATIONS, Box, Size
from variants.limits import Limits
from variants.operations import PIPELINE
from variants.operations.lettering import lettered
from variants.operations.overlay import Layer, drawings, overlay
from variants.operations.trim import border_of
from variants.options.objects import Objects
from variants.options.option import Options
from variants.plan import Plan
from variants.trimming import finds_border

SMOOTH_BITS = 4
EMPTY_WARNING = "no object was found, the picture is cut by what draws the eye"
PLAIN_WARNING = "nothing but border was found, it was not trimmed"
DRAWING = frozenset(option.name for option in overlay.options if option.group == "draw")


@dataclass(frozen=True, slots=True)
class Scene:
    """What holds for one rendition: its limits, the files of the images that are drawn, by id, and its warnings.

    ``findings``: what was seen in these images, by id, and in the picture itself (""). ``drawn``: the pixels of each
    drawing so far; None for the picture itself. ``on_drawings``: what is done to the images before anything else.
    """

    limits: Limits
    pictures: Mapping[str, str] = field(default_factory=dict)
    findings: Mapping[str, Findings] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    drawn: list[int] | None = None
    on_drawings: tuple[Options, ...] = ()


class Frames(NamedTuple):
    """The frames of a picture, and what was seen of it."""

    images: list[pyvips.Image]
    seen: Findings = NONE


def from_file(original: source.Original, chain: tuple[Options, ...], scene: Scene, seen: Findings = NONE) -> Frames:
    """The frames after all transformations; the first one reads the file, the others what came out before.

    ``seen`` is what was seen in the upright original.
    """
    options, *others = chain
    plan = plan_of(original, options, scene, seen)
    done = _through(source.frames(original, plan), options, plan, scene)
    for step in others:
        done = again(Frames([frame.copy_memory() for frame in done.images], done.seen), step, scene)
    return done


def plan_of(original: source.Original, options: Options, scene: Scene, seen: Findings) -> Plan:
    """The plan of the first transformation of a file, of which ``seen`` is known. Raises ``TooLarge``."""
    pixels = original.size.width * original.size.height * original.frames
    if not original.is_vector and pixels > scene.limits.max_pixels:
        raise TooLarge(f"the picture has more than {scene.limits.max_pixels} pixels")
    border = _border(original.first_frame, options, scene)
    upright = border and ORIENTATIONS[original.orientation].box(border, original.stored)
    planned = partial(
        planning.plan, *original.size, options, orientation=original.orientation, border=upright, findings=seen
    )
    return _aimed(planned, partial(_first, original), options, scene)


def again(before: Frames, options: Options, scene: Scene) -> Frames:
    """Another transformation of frames in memory."""
    first = before.images[0]
    border = _border(lambda: first, options, scene)
    planned = partial(planning.plan, first.width, first.height, options, border=border, findings=before.seen)
    return _through(before.images, options, _aimed(planned, lambda _: first, options, scene), scene)


def _first(original: source.Original, plan: Plan) -> pyvips.Image:
    """The first frame as stored, at the scale of a plan if it can."""
    return original.first_frame() if original.frames > 1 else source.frames(original, plan)[0]


def layer(image: pyvips.Image, options: Options) -> Layer:
    """A finished picture, to be drawn as ``options`` say."""
    image = image.copy(interpretation="srgb")
    return Layer((image if image.hasalpha() else image.bandjoin(255)).copy_memory(), options)


def _border(read: Callable[[], pyvips.Image], options: Options, scene: Scene) -> Box | None:
    """What lies inside the border, as stored, when the options ask for it."""
    if not finds_border(options):
        return None
    inside = border_of(read, options)
    if inside is None:
        scene.warnings.append(PLAIN_WARNING)
    return inside


def _aimed(planned: Callable[..., Plan], read: Callable[[Plan], pyvips.Image], options: Options, scene: Scene) -> Plan:
    """The plan, with the cut-out where the pixels want it if the options leave that to them."""
    plan = planned()
    if isinstance(options.gravity, Objects) and plan.crops and not plan.aim and _was_looked_at(plan):
        scene.warnings.append(EMPTY_WARNING)
    aim = attention.found(read, options, plan)
    return planned(aim=aim) if aim else plan


def _was_looked_at(plan: Plan) -> bool:
    return plan.findings.objects is not None or plan.findings.faces is not None


def _through(frames: list[pyvips.Image], options: Options, plan: Plan, scene: Scene) -> Frames:
    planning.check(plan, len(frames), scene.limits)
    if len(frames) > 1:
        moving.check((options,))
    _check_drawn(plan, scene)
    plan = replace(plan, layers=_layers(options, scene))
    acting = [operation for operation in PIPELINE if operation.acts(options)]
    done = []
    for frame in frames:
        for operation in acting:
            frame = operation.run(frame, options, plan)
        done.append(frame)
    exact = not plan.scales and all(operation.exact for operation in acting)
    done = done if exact else [_with_more_colours(frame) for frame in done]
    return Frames(done, planning.carried(plan, options))


def _with_more_colours(frame: pyvips.Image) -> pyvips.Image:
    """The depth of the original's palette may not be enough any more: with 2 or 4 colours edges would be steps."""
    if not frame.get_typeof("palette") or frame.get("bits-per-sample") >= SMOOTH_BITS:
        return frame
    frame = frame.copy()
    frame.set_type(pyvips.GValue.gint_type, "bits-per-sample", SMOOTH_BITS)
    return frame


def _layers(options: Options, scene: Scene) -> Callable[[Size], tuple[Layer, ...]]:
    """What is drawn on a picture of a size; made once, however many frames it is laid on."""
    made: dict[Size, tuple[Layer, ...]] = {}
    scene = replace(scene, drawn=[]) if scene.drawn is None else scene

    def layers(base: Size) -> tuple[Layer, ...]:
        if base not in made:
            made[base] = tuple(_drawn(drawing, base, scene) for drawing in drawings(options))
        return made[base]

    return layers


def _check_drawn(plan: Plan, scene: Scene) -> None:
    """Drawings lie in memory side by side: all together may have as many pixels as a picture. Raises ``TooLarge``."""
    if scene.drawn is None:
        return
    scene.drawn.append(plan.canvas.width * plan.canvas.height)
    if sum(scene.drawn) > scene.limits.max_pixels:
        raise TooLarge(f"all drawings together have more than {scene.limits.max_pixels} pixels; make them smaller")


def _drawn(drawing: Options, base: Size, scene: Scene) -> Layer:
    """The picture or text of one drawing after its own transformation."""
    own = drawing.other({name: value for name, value in drawing.items() if name not in DRAWING} | _sides(drawing, base))
    if drawing.text:
        return layer(again(Frames([lettered(drawing.text)]), own, scene).images[0], drawing)
    path = scene.pictures.get(drawing.image)
    if path is None:
        raise OverlayNotFound(drawing.image)
    opened = source.opened(path, animated=False, most=scene.limits.max_pixels)
    drawn = from_file(opened, (*scene.on_drawings, own), scene, scene.findings.get(drawing.image, NONE))
    return layer(drawn.images[0], drawing)


def _sides(drawing: Options, base: Size) -> dict[str, int]:
    """Width and height in pixels where they are shares of the picture below."""
    return {
        name: max(1, round(value * side))
        for name, value, side in (("width", drawing.width, base.width), ("height", drawing.height, base.height))
        if value and value < 1
    }
