"""The numbers of one transformation: what is cut, to which size it is scaled, how it is turned and padded.

Options speak of the picture as a viewer sees it: upright, then trimmed, flipped and rotated. Turning by right angles
and scaling may change places, so pixels are cut and scaled as they are stored and turned afterwards, when they are
few; the plan holds boxes for both. All sizes are whole pixels, at least 1, rounded half up.
"""

from dataclasses import dataclass

from variants.errors import TooLarge
from variants.geometry import ORIENTATIONS, Box, Size, Turn, rounded
from variants.limits import Limits
from variants.options.kinds import Choice, Gravity, Number
from variants.options.option import Option, Options
from variants.trimming import kept

VERSION = 1
LARGEST = 12_000
# A URL may ask for more than a picture may have: whether that is too much is known only beside the picture.
LENGTH = Number(1, LARGEST, whole=True, url_high=1_000_000)
FITS = ("scale-down", "scale-up", "contain", "cover", "crop", "aspect-crop", "pad", "squeeze")
MILLI = 10_000  # dpr is kept to four decimals: as a whole number of these all sizes are exact

OPTIONS = (
    Option("width", LENGTH, "Width in pixels, before dpr.", example=300, aliases=("w",)),
    Option("height", LENGTH, "Height in pixels, before dpr.", example=200, aliases=("h",)),
    Option("dpr", Number(0.1, 3, clamp=True), "Multiplies width, height and trimmed pixels.", example=2, default=1),
    Option(
        "fit",
        Choice(FITS),
        "How the picture meets the box of width and height.",
        example="cover",
        default="scale-down",
    ),
    Option(
        "gravity",
        Gravity(),
        "What stays when cover, crop or aspect-crop cut something off.",
        example="0.3x0.7",
        aliases=("g",),
        default=(0.5, 0.5),
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
COVER_WARNING = "cover fit mode needs both width and height"


@dataclass(frozen=True, slots=True)
class Plan:
    """``trim`` (of the stored picture; None: all of it) is scaled to ``scaled``; ``crop`` of that is turned by
    ``turn`` and has ``size`` then; it is laid at ``place`` of ``canvas``."""

    trim: Box | None
    scaled: Size
    crop: Box
    turn: Turn
    size: Size
    canvas: Size
    enlarged: bool

    @property
    def place(self) -> tuple[int, int]:
        """Left and top of the picture on the canvas: centred, half a pixel goes to the right and down."""
        return rounded(self.canvas.width - self.size.width, 2), rounded(self.canvas.height - self.size.height, 2)


def plan(width: int, height: int, options: Options, *, orientation: int = 1, border: Box | None = None) -> Plan:
    """The plan for an upright picture of ``width`` x ``height`` pixels.

    ``orientation`` is that of EXIF; ``border`` the upright box that border trimming found. Raises ``TooLarge`` when
    nothing is left.
    """
    upright, whole = Size(width, height), ORIENTATIONS[orientation]
    left = kept(upright, options, border)
    own = FLIPS[options.flip].then(Turn(False, int(options.rotate)))
    turn = whole.then(own)
    picture = own.size(Size(left.width, left.height))
    scaled, size = fitted(picture, options)
    crop = _aligned(scaled, size, options.gravity)
    canvas = _target(options) if options.fit == "pad" and options.width and options.height else size
    back = turn.inverse()
    return Plan(
        trim=None if left == (0, 0, width, height) else whole.inverse().box(left, upright),
        scaled=back.size(scaled),
        crop=back.box(crop, scaled),
        turn=turn,
        size=size,
        canvas=Size(canvas[0] or size.width, canvas[1] or size.height),
        enlarged=scaled.width > picture.width or scaled.height > picture.height,
    )


def output_size(width: int, height: int, options: Options) -> Size:
    """Size of the result for an upright picture; for border trimming the size without it. Raises ``TooLarge``."""
    return plan(width, height, options).canvas


def check(made: Plan, frames: int, limits: Limits) -> None:
    """Refuse what would be larger than pictures may be because it was enlarged or padded. Raises ``TooLarge``."""
    width, height = made.canvas
    if not made.enlarged and made.canvas == made.size:
        return
    if max(width, height) > limits.max_side:
        raise TooLarge(f"enlarged too much: {width} x {height}, the maximum dimension is {limits.max_side}")
    if width * height * frames > limits.max_pixels:
        raise TooLarge(f"enlarged too much: {width} x {height} x {frames}, at most {limits.max_pixels} pixels")


def advice(options: Options) -> tuple[str, ...]:
    """Warnings about sizes that are probably not what was meant."""
    found = []
    if options.fit == "cover" and (options.width is None) != (options.height is None):
        found.append(COVER_WARNING)
    if options.dpr > 2:
        found.append("dpr > 2 is rarely worth its bytes")
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
    scaled = _scaled(picture, _ratio(picture, target, fit))
    if fit == "aspect-crop" and (scaled.width < width or scaled.height < height):
        return scaled, _of_ratio(scaled, target)
    if fit in ("cover", "crop", "aspect-crop"):
        return scaled, Size(min(scaled.width, width), min(scaled.height, height))
    return scaled, scaled


Ratio = tuple[int, int]


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


def _scaled(size: Size, ratio: Ratio) -> Size:
    return Size(max(1, rounded(size.width * ratio[0], ratio[1])), max(1, rounded(size.height * ratio[0], ratio[1])))


def _of_ratio(size: Size, target: Size) -> Size:
    """The largest part of ``size`` that has the ratio of ``target``."""
    if size.width * target.height > size.height * target.width:
        return Size(max(1, rounded(size.height * target.width, target.height)), size.height)
    return Size(size.width, max(1, rounded(size.width * target.height, target.width)))


def _target(options: Options) -> Size:
    """The box in device pixels; 0 for a side that was left out."""
    dpr = round(options.dpr * MILLI)
    width, height = (
        0 if side is None else max(1, rounded(side * dpr, MILLI)) for side in (options.width, options.height)
    )
    return Size(width, height)


def _aligned(scaled: Size, size: Size, gravity: tuple[float, float]) -> Box:
    """The box of ``size`` whose point ``gravity`` lies on the same point of the picture."""
    left = rounded(round(gravity[0] * MILLI) * (scaled.width - size.width), MILLI)
    top = rounded(round(gravity[1] * MILLI) * (scaled.height - size.height), MILLI)
    return Box(left, top, size.width, size.height)
