"""What each operation and option costs beside the bare libvips call, and which encoder settings are worth their time.

    python benchmarks/operations.py            prints the tables
    python benchmarks/operations.py --quick    one small original and one round: shows that everything runs
    python benchmarks/operations.py --save     keeps the tables in benchmarks/results/

Everything runs in this process with one thread per picture, as in a render child. In each round every row and its bare
call take turns, so that a noisy machine is noisy for both; what counts are the ratios of the fastest of each. Originals
are photographs where a folder of them lies beside the checkout (shared/photos), else gradients with texture that are
drawn here; they are enlarged or reduced to 0.5, 12 and 24 megapixels and stored as JPEG.
"""

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

os.environ["VIPS_CONCURRENCY"] = "1"  # as in a render child
ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]

import pyvips  # noqa: E402

from variants.findings import Findings, Found  # noqa: E402
from variants.limits import Limits  # noqa: E402
from variants.notation import url  # noqa: E402
from variants.options.option import Option  # noqa: E402
from variants.quality.dssim import Reference  # noqa: E402
from variants.render import render  # noqa: E402
from variants.table import TABLE  # noqa: E402

PHOTOS = ROOT.parent / "shared" / "photos"
MEGAPIXELS, QUICK_MEGAPIXELS = (0.5, 12.0, 24.0), (0.5,)
ROUNDS, WIDTH, SEED = 3, 640, 7
LIMITS = Limits()
# What stands beside an option so that it acts; the same stands in the row it is compared with.
BESIDE = {
    "height": "fit=cover,width=640",
    "fit": "width=640,height=300",
    "gravity": "width=640,height=300,fit=cover",
    "zoom": "width=640,height=300,fit=cover,gravity=face",
    "objects-mode": "width=640,height=300,fit=cover,gravity=objects",
    "objects-position": "width=640,height=300,fit=cover,gravity=objects",
    "segment": "format=png",
    "effort": "format=webp",
    "lossless": "format=webp",
    "near-lossless": "format=webp",
    "quality.webp": "format=webp",
    "quality.avif": "format=avif",
    "palette": "format=png",
    "background": "format=png",
}


@dataclass
class Row:
    """A row's name, its work and the bare call, and the seconds both took."""

    name: str
    work: Callable[[], bytes]
    bare: Callable[[], bytes]
    seconds: list[float] = field(default_factory=list)
    bare_seconds: list[float] = field(default_factory=list)
    size: int = 0

    def run(self) -> None:
        """Once each, side by side."""
        self.size = len(_timed(self.work, self.seconds))
        _timed(self.bare, self.bare_seconds)

    def line(self) -> str:
        """The row as text."""
        mine, bare = min(self.seconds), min(self.bare_seconds)
        return f"{self.name:<44}{mine * 1e3:9.1f}{bare * 1e3:9.1f}{mine / bare:8.2f}{self.size / 1e3:10.1f}"


def _timed(work: Callable[[], bytes], into: list[float]) -> bytes:
    begun = time.perf_counter()
    body = work()
    into.append(time.perf_counter() - begun)
    return body


def texture(width: int, height: int, seed: int = SEED) -> pyvips.Image:
    """A gradient with waves, edges and grain, different in each band."""
    bands = []
    for band in range(3):
        waves = pyvips.Image.sines(width, height, hfreq=9 + 7 * band, vfreq=5 + 4 * band) * 50
        fine = pyvips.Image.perlin(width, height, cell_size=32, seed=seed + band) * 35
        slope = pyvips.Image.xyz(width, height)[band % 2] * (90 / max(width, height))
        bands.append(waves + fine + slope + 90 + pyvips.Image.gaussnoise(width, height, sigma=4, seed=seed + band))
    return bands[0].bandjoin(bands[1:]).cast("uchar").copy(interpretation="srgb")


def originals(folder: Path, megapixels: Sequence[float]) -> dict[str, Path]:
    """Files of so many megapixels, 4:3."""
    found = {}
    source = next(iter(sorted(PHOTOS.glob("*.jpg"))), None)
    for size in megapixels:
        height = round((size * 1e6 * 3 / 4) ** 0.5)
        width = height * 4 // 3
        image = pyvips.Image.thumbnail(str(source), width, height=height, crop="centre") if source else None
        # Enlarged photographs have no detail of their own: grain stands for it.
        drawn = texture(width, height) if image is None else (image + pyvips.Image.gaussnoise(width, height, sigma=4))
        found[f"{size:g} MP"] = folder / f"{size:g}.jpg"
        drawn.cast("uchar").copy(interpretation="srgb").write_to_file(f"{found[f'{size:g} MP']}[Q=90]")
    return found


def rows(original: Path) -> list[Row]:
    """One row per option of the table, and formats besides."""
    formats = [
        Row(f"format={form}", _render(original, f"width={WIDTH}", form), _bare(original, form)) for form in SAVES
    ]
    formats += [
        Row(f"{text} ({form})", _render(original, f"{text},width={WIDTH}", form), _bare(original, form))
        for text, form in MORE
    ]
    shown = [option for option in TABLE.values() if option.group in ("transform", "output") and _alone(option)]
    return [*formats, *(_row(original, option) for option in shown)]


def _alone(option: Option) -> bool:
    """Whether the example can be rendered without other pictures, and says something of pixels."""
    return option.name not in ("format", "image", "draw", "watermark", "width", "anim")


def _row(original: Path, option: Option) -> Row:
    text = f"{option.name}={option.kind.write(option.kind.check(option.example))}"
    beside = BESIDE.get(option.name, "")
    options = ",".join(part for part in (beside, text) if part)
    if not any(part.startswith("width=") for part in options.split(",")):
        options += f",width={WIDTH}"
    form = beside.partition("format=")[2].partition(",")[0] or "jpeg"
    return Row(options, _render(original, options, form), _bare(original, form, option.name))


def _render(original: Path, options: str, form: str) -> Callable[[], bytes]:
    chain = url.parse(options).chain
    formats = BEST if form == "best" else ()
    return lambda: render(original, chain, form, False, LIMITS, {}, {"": seen()}, formats=formats).body


@cache
def seen() -> Findings:
    """A face, two objects and a subject, as if models had looked."""
    disc = pyvips.Image.black(320, 320).draw_circle(255, 160, 160, 90, fill=True).gaussblur(2)
    objects = Found(0.1, 0.3, 0.4, 0.9, 0.8, "person"), Found(0.6, 0.5, 0.9, 0.8, 0.7, "car")
    return Findings((Found(0.4, 0.3, 0.6, 0.5, 0.9, "face"),), objects, disc.cast("float"), disc.cast("uchar"))


BEST = ("jpeg", "webp", "avif", "png")
MORE = (("quality=high", "jpeg"), ("quality=high", "webp"), ("quality=high", "avif"), ("format=best", "best"))
SAVES: dict[str, dict[str, Any]] = {
    "jpeg": {"Q": 85, "interlace": True, "optimize_coding": True},
    "webp": {"Q": 85, "effort": 2},
    "avif": {"Q": 63, "effort": 2, "tune": "ssim", "bitdepth": 8, "compression": "av1"},
    "png": {"compression": 6},
    "gif": {},
}


def _saved(image: pyvips.Image, form: str, settings: dict[str, Any]) -> bytes:
    body: bytes = getattr(image, f"{'heif' if form == 'avif' else form}save_buffer")(keep="none", **settings)
    return body


# What libvips does of itself for an option; for the others the bare call only scales and writes.
BARE: dict[str, Callable[[pyvips.Image], pyvips.Image]] = {
    "blur": lambda image: image.gaussblur(20),
    "sharpen": lambda image: image.sharpen(),
    "unsharp": lambda image: image.sharpen(sigma=4),
    "flip": lambda image: image.fliphor(),
    "rotate": lambda image: image.copy_memory().rot90(),
    "negative": lambda image: image.invert(),
    "greyscale": lambda image: image.colourspace("b-w"),
    "gamma": lambda image: image.gamma(exponent=2),
    "brightness": lambda image: image.linear(1.5, 0, uchar=True),
    "contrast": lambda image: image.linear(1.5, -64, uchar=True),
    "pixelate": lambda image: image.shrink(10, 10).zoom(10, 10),
}


def _bare(original: Path, form: str, name: str = "") -> Callable[[], bytes]:
    """Scaled, changed and written by libvips with the same settings, and nothing else."""
    change = BARE.get(name, lambda image: image)
    written = "jpeg" if form == "best" else form
    return lambda: _saved(change(_thumbnail(original)), written, SAVES[written])


def _thumbnail(original: Path) -> pyvips.Image:
    return pyvips.Image.thumbnail(str(original), WIDTH, height=10**6, size="down")


@dataclass(frozen=True)
class Setting:
    """Settings of an encoder to compare; ``chosen``: the product's own."""

    form: str
    name: str
    settings: dict[str, Any]
    qualities: tuple[int, ...]
    chosen: bool = False


def settings() -> list[Setting]:
    """What was considered for each format."""
    jpeg, webp, avif = (70, 80, 85, 90), (70, 80, 85, 90), (45, 57, 63, 75)
    trellis = {"trellis_quant": True, "overshoot_deringing": True, "optimize_scans": True}
    progressive: dict[str, Any] = {"interlace": True, "optimize_coding": True}
    return [
        Setting("jpeg", "plain", {}, jpeg),
        Setting("jpeg", "optimised", {"optimize_coding": True}, jpeg),
        Setting("jpeg", "progressive, optimised", progressive, jpeg, True),
        Setting("jpeg", "… + quantisation table 3", progressive | {"quant_table": 3}, jpeg),
        Setting("jpeg", "… + trellis", progressive | trellis, jpeg),
        Setting("jpeg", "… + trellis, table 3", progressive | trellis | {"quant_table": 3}, jpeg),
        *(Setting("webp", f"effort {n}", {"effort": n}, webp, n == 2) for n in (0, 1, 2, 3, 4, 6)),
        Setting("webp", "effort 2, smart subsampling", {"effort": 2, "smart_subsample": True}, webp),
        *(
            Setting("avif", f"effort {n}, tune ssim", {"effort": n, "tune": "ssim"}, avif, n == 2)
            for n in (0, 1, 2, 3, 4)
        ),
        Setting("avif", "effort 2, tune psnr", {"effort": 2, "tune": "psnr"}, avif),
        Setting("avif", "effort 3, tune psnr", {"effort": 3, "tune": "psnr"}, avif),
    ]


@dataclass
class Curve:
    """Of one setting: seconds, and the bytes and losses per picture and quality."""

    setting: Setting
    seconds: list[float] = field(default_factory=list)
    points: list[list[tuple[float, int]]] = field(default_factory=list)

    def bytes_at(self, loss: float) -> float:
        """Bytes of all pictures at a loss, between the qualities that were tried; the nearest end beyond them."""
        return sum(_between(sorted(points), loss) for points in self.points)


def _between(points: list[tuple[float, int]], loss: float) -> float:
    for (low, more), (high, less) in zip(points, points[1:], strict=False):
        if low <= loss <= high:
            return more + (less - more) * (loss - low) / (high - low)
    return points[0][1] if loss < points[0][0] else points[-1][1]


def compare(pictures: list[pyvips.Image], quick: bool) -> list[Curve]:
    """All settings on all pictures, one after the other on each, so that noise meets all of them."""
    curves = [Curve(setting) for setting in settings()]
    for picture in pictures:
        reference = Reference(picture)
        for curve in curves:
            points = []
            for quality in curve.setting.qualities[1:3] if quick else curve.setting.qualities:
                body = _timed(_saving(picture, curve.setting, quality), curve.seconds)
                loss = float(reference.map(pyvips.Image.new_from_buffer(body, "")).avg())
                points.append((loss, len(body)))
            curve.points.append(points)
    return curves


def _saving(picture: pyvips.Image, setting: Setting, quality: int) -> Callable[[], bytes]:
    fixed = {"bitdepth": 8, "compression": "av1"} if setting.form == "avif" else {}
    return lambda: _saved(picture, setting.form, {"Q": quality, **fixed, **setting.settings})


LOSSES = (0.012, 0.018)  # DSSIM: about quality 85 and 80


def comparison(curves: list[Curve]) -> str:
    """Times and bytes as ratios to the chosen setting of the same format."""
    lines = [f"{'':<40}{'ms':>8}{'time':>8}" + "".join(f"{f'bytes at {loss}':>16}" for loss in LOSSES)]
    for form in ("jpeg", "webp", "avif"):
        mine = [curve for curve in curves if curve.setting.form == form]
        chosen = next(curve for curve in mine if curve.setting.chosen)
        for curve in mine:
            spent, usual = statistics.mean(curve.seconds), statistics.mean(chosen.seconds)
            sizes = "".join(f"{curve.bytes_at(loss) / chosen.bytes_at(loss):16.3f}" for loss in LOSSES)
            mark = "*" if curve is chosen else " "
            lines.append(f"{mark} {form:<6}{curve.setting.name:<32}{spent * 1e3:8.1f}{spent / usual:8.2f}{sizes}")
    across = [curve for curve in curves if curve.setting.chosen]
    sizes = ("".join(f"{curve.bytes_at(loss) / across[0].bytes_at(loss):16.3f}" for loss in LOSSES) for curve in across)
    lines += [
        "",
        "chosen settings beside JPEG:",
        *(f"  {c.setting.form:<54}{s}" for c, s in zip(across, sizes, strict=True)),
    ]
    return "\n".join(lines)


def samples(quick: bool) -> list[pyvips.Image]:
    """Pictures of ``WIDTH`` pixels for the comparison of encoders."""
    files = sorted(PHOTOS.glob("*.jpg"))[:: 19 if quick else 4]
    if not files:
        return [texture(WIDTH, WIDTH * 3 // 4, seed).copy_memory() for seed in range(1, 2 if quick else 6)]
    return [pyvips.Image.thumbnail(str(file), WIDTH, height=10**6).copy_memory() for file in files]


def operations(quick: bool) -> str:
    """The table of operations, for each original."""
    parts = []
    with tempfile.TemporaryDirectory() as folder:
        for name, file in originals(Path(folder), QUICK_MEGAPIXELS if quick else MEGAPIXELS).items():
            found = rows(file)
            for turn in range(1 if quick else ROUNDS + 1):
                for row in found:
                    row.run()
                if turn == 0 and not quick:  # the first round only warmed everything
                    found = [Row(row.name, row.work, row.bare) for row in found]
            head = f"{f'{name}, to {WIDTH} wide':<44}{'ms':>9}{'bare':>9}{'ratio':>8}{'kB':>10}"
            parts.append("\n".join((head, *(row.line() for row in found))))
    return "\n\n".join(parts)


def heading() -> str:
    """What it was measured on."""
    versions = f"Python {platform.python_version()} · pyvips-binary {version('pyvips-binary')}"
    pictures = "photographs" if any(PHOTOS.glob("*.jpg")) else "drawn pictures"
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    return f"{datetime.now(UTC):%Y-%m-%d} · {machine} · {versions} · {pictures}"


def main() -> None:
    """Run both parts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one small original, one round")
    parser.add_argument("--save", action="store_true", help="keep the tables in benchmarks/results/")
    asked = parser.parse_args()
    head = heading()
    encoders = comparison(compare(samples(asked.quick), asked.quick))
    text = (
        f"{head}\n\nEncoder settings at equal DSSIM (* chosen; ratios to it)\n\n{encoders}\n\n{operations(asked.quick)}"
    )
    print(text)
    if asked.save:
        (ROOT / "benchmarks" / "results" / f"operations-{datetime.now(UTC):%Y-%m-%d}.txt").write_text(text + "\n")


if __name__ == "__main__":
    main()
