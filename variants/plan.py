"""The numbers of one transformation: what is cut, to which size it is scaled, how it is turned and padded.

Options speak of the picture as a viewer sees it: upright, then trimmed, flipped and rotated. (A free angle comes last
of all: it turns the scaled picture with all that was laid around it.) Turning by right angles and scaling may change
places, so pixels are cut and scaled as they are stored and turned afterwards, when they are few; the plan holds boxes
for both. All sizes are whole pixels, at least 1, rounded half up.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from variants import bounds, cutout, focus, framing, viewing
from variants.bounds import LENGTH, WIDTH
from variants.errors import TooLarge
from variants.findings import NONE, Findings, Shares
from variants.geometry import ORIENTATIONS, Box, Ratio, Size, Turn, device, rounded, scaled_by
from variants.limits import Limits
from variants.options.gravity import Point
from variants.options.kinds import Choice, Number
from variants.options.option import Option, Options
from variants.trimming import kept

VERSION = 1
FITS = ("scale-down", "scale-up", "contain", "cover", "crop", "aspect-crop", "pad", "squeeze")

OPTIONS = (
    Option(
        "width",
        WIDTH,
        "Width in pixels, before dpr; auto: the one of wbreakpoints that fits the browser.",
        example=300,
        aliases=("w",),
        section="Size",
    ),
    Option("height", LENGTH, "Height in pixels, before dpr.", example=200, aliases=("h",), section="Size"),
    Option(
        "dpr",
        Number(0.1, 3, clamp=True),
        "Multiplies width, height and trimmed pixels.",
        example=2,
        default=1,
        section="Size",
        label="Pixel ratio",
    ),
    Option(
        "fit",
        Choice(FITS),
        "How the picture meets the box of width and height.",
        example="cover",
        default="scale-down",
        section="Size",
    ),
    *cutout.OPTIONS,
    *bounds.OPTIONS,
    Option(
        "upscale",
        Choice(("interpolate", "generate")),
        "How a picture is enlarged; generate needs a model and interpolates without one.",
        example="generate",
        default="interpolate",
        section="Size",
    ),
)
FLIPS = {"": Turn(), "h": Turn(True), "v": Turn(True, 180), "hv": Turn(False, 180)}
# With one dimension only there is no box to fill: these modes then act like another one.
ONE_SIDED = {
    "cover": "contain",
    "pad": "contain",
    "squeeze": "contain",
    "crop": "scale-down",
    "aspect-crop": "scale-down",
}
GENERATE_WARNING = "generate is not available, interpolated"
COVER_WARNING = "cover fit mode needs both width and height"


def nothing(size: Size) -> tuple[Any, ...]:
    """No layers."""
    return ()


@dataclass(frozen=True, slots=True)
class Plan:
    """``trim`` (of the stored picture; None: all of it) is scaled to ``scaled``; ``crop`` of that is turned by
    ``turn`` and has ``size`` then; it is laid at ``place`` of ``sheet``, which has the size ``canvas`` when padding
    and border are around it and it was turned by a free angle: that of the result. ``scales``: pixels are not
    taken one for one."""

    trim: Box | None
    scaled: Size
    crop: Box
    turn: Turn
    size: Size
    sheet: Size
    canvas: Size
    enlarged: bool
    scales: bool
    # What is drawn on a picture of that size: layers of operations/overlay.py. Set by who has the pictures.
    layers: Callable[[Size], tuple[Any, ...]] = field(default=nothing, compare=False, repr=False)
    # What was seen of the picture, in shares of its part that is shown, turned: of ``size``.
    findings: Findings = field(default=NONE, compare=False, repr=False)
    # Why it is cut so: what was aimed at, and the parts of the upright original that may be seen at most and that are;
    # ``narrowed``: the first is less than trimming left.
    aim: focus.Aim | None = None
    point: Point | None = None
    narrowed: bool = False
    region: Shares = viewing.WHOLE
    window: Shares = viewing.WHOLE

    @property
    def place(self) -> tuple[int, int]:
        """Left and top of the picture on the sheet: centred, half a pixel goes to the right and down."""
        return rounded(self.sheet.width - self.size.width, 2), rounded(self.sheet.height - self.size.height, 2)

    @property
    def crops(self) -> bool:
        """Whether something of the scaled picture is cut off."""
        return self.crop != (0, 0, *self.scaled)


def plan(
    width: int,
    height: int,
    options: Options,
    *,
    orientation: int = 1,
    border: Box | None = None,
    aim: focus.Aim | None = None,
    findings: Findings = NONE,
) -> Plan:
    """The plan for an upright picture of ``width`` x ``height`` pixels.

    ``orientation`` is that of EXIF; ``border`` the upright box that border trimming found; ``aim`` what a look at the
    pixels found where nothing in the ``findings``, which are those of the upright picture, says it. Raises ``TooLarge``
    when nothing is left.
    """
    upright, whole = Size(width, height), ORIENTATIONS[orientation]
    left = kept(upright, options, border)
    own = FLIPS[options.flip].then(Turn(False, framing.right_turn(options)))
    turn = whole.then(own)
    whole_picture = own.size(Size(left.width, left.height))
    stays = viewing.shares(left, upright)
    seen = viewing.turned(viewing.part(findings, stays), own)
    narrowed = focus.region(seen, whole_picture, options)
    region = narrowed or Box(0, 0, *whole_picture)
    picture = Size(region.width, region.height)
    scaled, size = fitted(picture, options)
    target = _target(options)
    sheet = target if options.fit == "pad" and all(target) else size
    scaled, size, sheet = bounds.bounded(picture, scaled, size, sheet, options)
    shown = viewing.shares(region, whole_picture)
    aim = focus.aim(viewing.part(seen, shown), options, scaled, size) or aim
    crop = cutout.placed(scaled, size, options, aim.point if aim else None)
    crop, scaled = _outward(crop, scaled, region, whole_picture)
    window = viewing.shares(crop, scaled)
    back = turn.inverse()
    return Plan(
        trim=None if left == (0, 0, width, height) else whole.inverse().box(left, upright),
        scaled=back.size(scaled),
        crop=back.box(crop, scaled),
        turn=turn,
        size=size,
        sheet=sheet,
        canvas=framing.framed(sheet, options),
        enlarged=scaled.width > whole_picture.width or scaled.height > whole_picture.height,
        scales=scaled != whole_picture,
        findings=viewing.part(seen, window),
        aim=aim,
        point=aim and viewing.point_within(aim.point, shown, own.inverse(), stays),
        narrowed=narrowed is not None,
        region=viewing.within(viewing.turned_box(shown, own.inverse()), stays),
        window=viewing.within(viewing.turned_box(window, own.inverse()), stays),
    )


def carried(made: Plan, options: Options) -> Findings:
    """What is seen of the result of a plan."""
    return viewing.framed(made.findings, made.place, made.size, made.sheet, options)


def _outward(crop: Box, scaled: Size, region: Box, picture: Size) -> tuple[Box, Size]:
    """``crop`` of a region that has the size ``scaled`` then, as a crop of all of the picture at the same scale."""
    if region == (0, 0, *picture):
        return crop, scaled
    across, down = (scaled.width, region.width), (scaled.height, region.height)
    whole = Size(
        max(scaled.width, rounded(picture.width * across[0], across[1])),
        max(scaled.height, rounded(picture.height * down[0], down[1])),
    )
    left = min(rounded(region.left * across[0], across[1]), whole.width - scaled.width)
    top = min(rounded(region.top * down[0], down[1]), whole.height - scaled.height)
    return Box(left + crop.left, top + crop.top, crop.width, crop.height), whole


def output_size(width: int, height: int, options: Options) -> Size:
    """Size of the result for an upright picture; for border trimming the size without it. Raises ``TooLarge``."""
    return plan(width, height, options).canvas


def check(made: Plan, frames: int, limits: Limits) -> None:
    """Refuse what would be larger than pictures may be because of what was done to it. Raises ``TooLarge``."""
    width, height = made.canvas
    if not made.enlarged and made.canvas == made.size:
        return
    if max(width, height) > limits.max_side:
        raise TooLarge(f"enlarged too much: {width} x {height}, the maximum dimension is {limits.max_side}")
    if width * height * frames > limits.max_pixels:
        raise TooLarge(f"enlarged too much: {width} x {height} x {frames}, at most {limits.max_pixels} pixels")


def advice(options: Options, made: Plan) -> tuple[str, ...]:
    """Warnings about sizes that are probably not what was meant."""
    found = []
    if options.fit == "cover" and (not options.width) != (not options.height):
        found.append(COVER_WARNING)
    if options.dpr > 2:
        found.append("dpr > 2 is rarely worth its bytes")
    if options.upscale == "generate" and made.enlarged:
        found.append(GENERATE_WARNING)
    return tuple(found)


def fitted(picture: Size, options: Options) -> tuple[Size, Size]:
    """The size to which the whole picture is scaled, and the size that is kept of it."""
    width, height = target = _target(options)
    if not width and not height:
        return picture, picture
    one_sided = not width or not height
    fit = ONE_SIDED.get(options.fit, options.fit) if one_sided else options.fit
    if fit == "squeeze":
        return Size(*target), Size(*target)
    scaled = scaled_by(picture, _ratio(picture, target, fit))
    if fit == "aspect-crop" and (scaled.width < width or scaled.height < height):
        return scaled, _of_ratio(scaled, target)
    if fit in ("cover", "crop", "aspect-crop"):
        return scaled, Size(min(scaled.width, width), min(scaled.height, height))
    return scaled, scaled


def _ratio(picture: Size, target: Size, fit: str) -> Ratio:
    """By how much the picture is scaled, as a fraction."""
    across: Ratio = (target.width, picture.width)
    down: Ratio = (target.height, picture.height)
    if not target.width or not target.height:
        ratio = across if target.width else down
    else:
        narrower = across[0] * down[1] <= down[0] * across[1]
        inside, outside = (across, down) if narrower else (down, across)
        ratio = outside if fit in ("cover", "crop", "aspect-crop") else inside
    enlarges = ratio[0] > ratio[1]
    if enlarges and fit in ("scale-down", "crop", "aspect-crop"):
        return 1, 1
    if not enlarges and fit == "scale-up":
        return 1, 1
    return ratio


def _of_ratio(size: Size, target: Size) -> Size:
    """The largest part of ``size`` that has the ratio of ``target``."""
    if size.width * target.height > size.height * target.width:
        return Size(max(1, rounded(size.height * target.width, target.height)), size.height)
    return Size(size.width, max(1, rounded(size.width * target.height, target.width)))


def _target(options: Options) -> Size:
    """The box in device pixels; 0 for a side that was left out."""
    width, height = (device(side, options.dpr) if side else 0 for side in (options.width, options.height))
    return Size(width, height)
