"""Golden pictures: what every option's example makes of one drawn picture, kept beside the tests.

``python tests/support/golden.py`` (from the root, with the root on PYTHONPATH) makes the pictures that are missing;
with names it makes those anew; with ``--sheet FILE`` it lays all of them on one sheet, to be looked at.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy
import pyvips
from rendering import LIMITS, drawn, picture, saved
from seen import everything, mask_of

from variants.negotiate import Source, negotiate
from variants.notation import body, url
from variants.options.option import Option, merged
from variants.render import render
from variants.table import TABLE

FOLDER = Path(__file__).resolve().parents[1] / "golden"
WIDTH, HEIGHT = 48, 36
COVER = "width=20,height=30,fit=cover"
# Where the example is for larger pictures, or needs something beside it.
TEXTS = {
    "width": "width=30",
    "height": "height=20",
    "dpr": "width=12,dpr=2",
    "fit": COVER,
    "gravity": f"{COVER},gravity=0x0.7",
    "offset": f"{COVER},offset=6",
    "zoom": "gravity=face,zoom=0.8",
    "objects-mode": f"{COVER},gravity=objects,objects-mode=one_best",
    "objects-position": "width=30,height=12,fit=cover,gravity=objects;face,objects-position=no;0;1",
    "min-width": "min-width=54",
    "min-height": "min-height=40",
    "max-width": "max-width=20",
    "max-height": "max-height=20",
    "upscale": "width=54,fit=contain,upscale=generate",
    "trim": "trim=4;6;8;10",
    "trim.width": "trim.width=20",
    "trim.height": "trim.height=20",
    "trim.border.tolerance": "trim.border.tolerance=190",
    "trim.border.keep": "trim.border.keep=2",
    "rotate": "rotate=20",
    "blur": "blur=6",
    "pixelate": "pixelate=5",
    "padding": "padding=3;6",
    "border": "border=3;%23ff0000",
    "radius": "radius=12",
    "lossless": "format=webp,quality=20,lossless=true",
    "near-lossless": "format=webp,near-lossless=40",
    "effort": "format=webp,effort=4",
    "palette": "format=png,palette=4",
    "progressive": "format=jpeg,progressive=true",
    "profile": "format=png,profile=keep",
    "quality": "format=jpeg,quality=10",
    "quality.jpeg": "format=jpeg,quality.jpeg=10",
    "quality.webp": "format=webp,quality.webp=10",
    "quality.avif": "format=avif,quality.avif=10",
    "max-bytes": "format=jpeg,max-bytes=900",
    "auto-quality": "format=jpeg,auto-quality=dssim;0.05;20;60",
}
# Letters look as the fonts of the machine do, and have tests of their own; a description has no pixels.
WITHOUT = {"text", "include", "draw-detections", "explain"}
# Nothing of pixels: what is handed over, when and under which name (test_delivery_options.py, test_named.py).
WITHOUT_PIXELS = ("delivery", "variant")
DRAWING = {"image": "logo", "left": 3, "top": 5}
CASES = [option for option in TABLE.values() if option.group not in WITHOUT_PIXELS and option.name not in WITHOUT]


def source() -> pyvips.Image:
    """A landscape with a white border, a sun, a hill, fine lines and a hole."""
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
    array = numpy.stack([60 + 3 * x, 130 + 2 * y, 230 - 4 * y, 0 * x + 255], -1)
    array[(x - 35) ** 2 + (y - 11) ** 2 < 40] = (255, 210, 60, 255)
    array[y > 20 + abs(x - 16) // 2] = (40, 110, 50, 255)
    array[(y > 27) & (x > 26) & (x % 2 == 0)] = (20, 20, 20, 255)
    array[(x - 12) ** 2 + (y - 10) ** 2 < 16] = (255, 0, 0, 0)
    array[(x < 2) | (y < 2) | (x >= WIDTH - 2) | (y >= HEIGHT - 2)] = 255
    return drawn(array.astype("uint8"))


def hill() -> pyvips.Image:
    """The hill as a model sees it, which looks at few pixels."""
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
    return mask_of((y > 20 + abs(x - 16) // 2) * 1.0).shrink(2, 2)


def made(option: Option, folder: Path) -> pyvips.Image:
    """What the option makes of the source."""
    path, logo = folder / "source.png", folder / "logo.png"
    if not path.exists():
        saved(source(), path)
        saved(source().crop(18, 18, 16, 14).rot180(), logo)
    chain = _chain(option)
    target = negotiate(chain, None, Source("png", WIDTH, HEIGHT, 1, True, 3000), LIMITS)
    form = target.format if merged(chain).format != "auto" else "png"
    done = render(path, chain, form, False, LIMITS, {"logo": str(logo)}, {"": everything(hill())})
    image = picture(done).copy_memory()
    return (image if image.bands > 2 else image.colourspace("srgb")).copy(interpretation="srgb")


def _chain(option: Option) -> tuple[Any, ...]:
    if option.group == "draw":
        base = {"repeat": True} if option.name.startswith("spacing") else {}
        sides = {"bottom": "top", "right": "left"}
        own = {name: value for name, value in DRAWING.items() if name != sides.get(option.name)}
        return body.check_chain({"draw": [{**own, **base, option.name: option.example}]})
    if option.name == "draw":
        return body.check_chain({"draw": [DRAWING, {"image": "logo", "right": 2, "bottom": 2, "opacity": 0.5}]})
    text = TEXTS.get(option.name) or f"{option.name}={option.kind.write(option.kind.check(option.example))}"
    return url.parse(text).chain


def kept(option: Option) -> Path:
    """Where its golden picture lies."""
    return FOLDER / f"{option.name}.png"


def write(image: pyvips.Image, path: Path) -> None:
    """As small as PNG can be, and the same bytes every time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image.pngsave(str(path), compression=9, keep="none")


def sheet(scale: int = 3, columns: int = 10) -> pyvips.Image:
    """All golden pictures, named, on a chequered ground."""
    cells = [_cell(source(), "SOURCE", scale)]
    cells += [_cell(pyvips.Image.new_from_file(str(kept(option))), option.name, scale) for option in CASES]
    return pyvips.Image.arrayjoin(cells, across=columns, shim=4, background=[255, 255, 255])


def _cell(image: pyvips.Image, name: str, scale: int) -> pyvips.Image:
    width, height = 66 * scale, 56 * scale
    ground = (pyvips.Image.xyz(width, height) // 6).bandsplit()
    ground = ((ground[0] + ground[1]) % 2 * 50 + 180).cast("uchar").copy(interpretation="b-w")
    ground = ground.colourspace("srgb")
    image = image.copy(interpretation="srgb").zoom(scale, scale)
    ground = ground.composite2(image if image.hasalpha() else image.bandjoin(255), "over", x=0, y=16).flatten()
    label = pyvips.Image.text(name, font="sans 9", dpi=100)
    return label.embed(2, 0, width, 15).ifthenelse([0, 0, 0], 255).cast("uchar").insert(ground, 0, 16, expand=True)[:3]


def main(arguments: list[str]) -> None:
    """See the module."""
    if arguments[:1] == ["--sheet"]:
        sheet().write_to_file(arguments[1])
        return
    with tempfile.TemporaryDirectory() as folder:
        for option in CASES:
            if option.name in arguments or not (arguments or kept(option).exists()):
                write(made(option, Path(folder)), kept(option))
                print(kept(option).relative_to(FOLDER), kept(option).stat().st_size)


if __name__ == "__main__":
    main(sys.argv[1:])
