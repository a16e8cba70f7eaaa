"""draw: other pictures and texts laid on the finished one, in the order they are listed.

Colours are mixed as their sRGB values, not as light: half of black on white gives 128. A drawing acts inside its own
box alone; what lies beside it stays, whatever ``composite`` says.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyvips

from variants.geometry import Box, Size, rounded
from variants.operations.operation import Operation
from variants.options.compass import EDGES
from variants.options.drawing import Draws, ImageId, Offset, Repeat
from variants.options.kinds import Choice, Number
from variants.options.lettering import Lettering
from variants.options.option import Option, Options
from variants.options.parts import Part, Parts
from variants.plan import Plan

MODES = {"over": "over", "in": "in", "atop": "atop", "out": "out", "xor": "xor", "lighter": "add"}
ERASING = ("in", "out", "xor")  # an opaque picture has holes after these
TILED = "re"  # besides the points of the compass, for which edge is flush
MOST = 32  # different images in one rendition
WHOLE = 0.9999  # a share of 1 would be one pixel; this rounds to the whole side
OPPOSITE = {"right": "left", "bottom": "top"}

WATERMARK = Parts(
    (
        Part("image", ImageId(without=";")),
        Part("opacity", Number(0, 1), 1),
        Part("position", Choice((*EDGES, TILED)), "ce"),
        Part("x", Offset(), 0),
        Part("y", Offset(), 0),
        Part("scale", Number(0, 1), 0),
    )
)


@dataclass(frozen=True, slots=True)
class Layer:
    """A drawing whose picture is ready: sRGB with alpha, in memory. ``options`` are those of the drawing."""

    image: pyvips.Image
    options: Options


def drawings(options: Options) -> tuple[Options, ...]:
    """Everything that is drawn in one transformation, the last one on top."""
    return tuple(options.draw or ()) + ((_watermark(options),) if options.watermark else ())


def nested(options: Options) -> Iterator[Options]:
    """All drawings, also those that are drawn on drawings."""
    for drawing in drawings(options):
        yield drawing
        yield from nested(drawing)


def images(chain: Iterable[Options]) -> tuple[str, ...]:
    """The ids of all images that a chain draws, each once."""
    drawn = (drawing for options in chain for drawing in nested(options))
    return tuple(dict.fromkeys(drawing.image for drawing in drawn if drawing.image))


def run(image: pyvips.Image, options: Options, plan: Plan) -> pyvips.Image:
    """Lay all drawings on one frame."""
    image = image.copy(interpretation="srgb").copy_memory()  # each drawing reads it twice: below itself, and around
    for layer in plan.layers(Size(image.width, image.height)):
        image = laid(image, layer)
    return image


def laid(image: pyvips.Image, layer: Layer) -> pyvips.Image:
    """``image`` with one drawing on it; alpha is kept, and comes where the drawing makes holes."""
    options, base = layer.options, Size(image.width, image.height)
    drawn, left, top = _tiled(layer, base) if options.repeat else (layer.image, *_corner(layer.image, options, base))
    box = _shared(Box(left, top, drawn.width, drawn.height), base)
    if box is None:
        return image
    if options.composite in ERASING and not image.hasalpha():
        image = image.bandjoin(255)
    drawn = drawn.crop(box.left - left, box.top - top, box.width, box.height)
    drawn = drawn.linear([1, 1, 1, options.opacity], [0, 0, 0, 0])
    mixed = _mixed(image.crop(*box), drawn.copy(interpretation="srgb"), options.composite)
    return image.insert(mixed.rint().cast("uchar"), box.left, box.top)


def _mixed(below: pyvips.Image, drawn: pyvips.Image, mode: str) -> pyvips.Image:
    """As many bands as ``below``."""
    if mode == "atop" and below.hasalpha():
        # libvips' own forgets the alpha below; colours are those of over on an opaque picture.
        return below.extract_band(0, n=3).composite2(drawn, "over").extract_band(0, n=3).bandjoin(below[3])
    return below.composite2(drawn, MODES[mode]).extract_band(0, n=below.bands)


def _corner(image: pyvips.Image, options: Options, base: Size) -> tuple[int, int]:
    """Left and top of a drawing: at the edge that is given, else in the middle."""
    return (
        _along(options.left, options.right, image.width, base.width),
        _along(options.top, options.bottom, image.height, base.height),
    )


def _along(start: float | None, end: float | None, length: int, side: int) -> int:
    if start is not None:
        return _pixels(start, side)
    return rounded(side - length, 2) if end is None else side - length - _pixels(end, side)


def _pixels(amount: float, side: int) -> int:
    return int(amount) if amount == int(amount) else rounded(round(amount * 10_000) * side, 10_000)


def _tiled(layer: Layer, base: Size) -> tuple[pyvips.Image, int, int]:
    """The drawing repeated across the picture, with left and top; the offsets fix one tile, the others follow."""
    options, tile = layer.options, layer.image
    left, top = _corner(tile, options, base)
    across, down = options.repeat in ("true", "x"), options.repeat in ("true", "y")
    gap_x, gap_y = (options.spacing_x if across else 0), (options.spacing_y if down else 0)
    if gap_x or gap_y:
        tile = tile.embed(0, 0, tile.width + gap_x, tile.height + gap_y, extend="background", background=[0, 0, 0, 0])
    if across:
        left = left % tile.width - tile.width
    if down:
        top = top % tile.height - tile.height
    columns = -(-(base.width - left) // tile.width) if across else 1
    rows = -(-(base.height - top) // tile.height) if down else 1
    return tile.replicate(columns, rows), left, top


def _shared(box: Box, base: Size) -> Box | None:
    """The part of ``box`` that lies on the picture."""
    left, top = max(0, box.left), max(0, box.top)
    right, bottom = min(base.width, box.left + box.width), min(base.height, box.top + box.height)
    return Box(left, top, right - left, bottom - top) if left < right and top < bottom else None


def _watermark(options: Options) -> Options:
    """The option ``watermark`` as a drawing."""
    image, opacity, position, x, y, scale = options.watermark
    values: dict[str, Any] = {"image": image, "opacity": opacity}
    if position == TILED:
        values |= {"repeat": "true", "left": 0, "top": 0, "spacing.x": abs(int(x)), "spacing.y": abs(int(y))}
    else:
        values |= dict.fromkeys(EDGES[position], 0)
        values |= _moved(EDGES[position], {"left": x, "top": y})
    if scale:
        values |= {"width": min(scale, WHOLE), "height": min(scale, WHOLE), "fit": "contain"}
    return options.other(values)


def _moved(edges: tuple[str, ...], by: dict[str, float]) -> dict[str, float]:
    """Offsets from the edges that a position names; in the middle there is nothing to move from."""
    return {edge: by[OPPOSITE.get(edge, edge)] for edge in edges}


def acts(options: Options) -> bool:
    """Whether anything is drawn."""
    return bool(options.draw or options.watermark)


def _makes_holes(options: Options) -> bool:
    return any(drawing.composite in ERASING for drawing in drawings(options))


overlay = Operation(
    "draw",
    run,
    acts,
    (
        Option(
            "draw",
            Draws(),
            "Pictures of the account and texts that are drawn on the result, the last one on top.",
            example=[{"text": {"text": "Tintype", "size": 20, "color": "#ff0000"}, "right": 5, "bottom": 5}],
            protects=True,
            section="Overlays",
        ),
        Option(
            "watermark",
            WATERMARK,
            "An image of the account drawn on the result, at a position of imgproxy's words or tiled (re, with x and y "
            "between the tiles); scale is its share of the result, 0 its own size.",
            example="logo;0.5;soea;10;10;0.25",
            protects=True,
            section="Overlays",
        ),
        Option("image", ImageId(), "What is drawn: an image of the account.", example="logo", group="draw"),
        Option(
            "text",
            Lettering(),
            "What is drawn, instead of an image: a text.",
            example={"text": "Tintype", "font": "sans bold", "size": 24, "color": "white"},
            group="draw",
        ),
        Option("opacity", Number(0, 1), "Multiplies the drawing's alpha.", example=0.5, default=1, group="draw"),
        Option(
            "repeat",
            Repeat(),
            "Tile the drawing over the whole picture, in a row (x) or in a column (y).",
            example=True,
            default="",
            group="draw",
        ),
        Option(
            "spacing.x",
            Number(0, 12_000, whole=True),
            "Pixels between tiles that stand side by side.",
            example=10,
            default=0,
            group="draw",
        ),
        Option(
            "spacing.y",
            Number(0, 12_000, whole=True),
            "Pixels between tiles that stand below each other.",
            example=10,
            default=0,
            group="draw",
        ),
        Option(
            "composite",
            Choice(tuple(MODES)),
            "How the drawing and the picture below it are mixed (Porter-Duff; lighter adds).",
            example="atop",
            default="over",
            group="draw",
        ),
        Option("top", Offset(), "From the top edge; without top and bottom in the middle.", example=10, group="draw"),
        Option("left", Offset(), "From the left edge; without left and right in the middle.", 10, group="draw"),
        Option("bottom", Offset(), "From the bottom edge, instead of top.", example=10, group="draw"),
        Option("right", Offset(), "From the right edge, instead of left.", example=0.1, group="draw"),
    ),
    _makes_holes,
)
# Options that name pictures of the account or texts: of no use where pictures come along by themselves.
DRAWN_ON = frozenset({"draw", "watermark", "image", "text"})
