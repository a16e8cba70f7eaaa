"""blur: soften the whole picture."""

import pyvips

from variants.operations.operation import Operation
from variants.options.kinds import Number
from variants.options.option import Option, Options
from variants.plan import Plan

SIGMA_PER_RADIUS = 0.5
SMALL_SIGMA = 2.5
LARGEST_SIGMA = 6  # beyond it the picture is blurred at a smaller size: the same to the eye, and cheap at any radius


def run(image: pyvips.Image, options: Options, plan: Plan) -> pyvips.Image:
    """A Gaussian; colours of transparent pixels stay out of it."""
    return softened(image, options.blur * SIGMA_PER_RADIUS)


def softened(image: pyvips.Image, sigma: float) -> pyvips.Image:
    """``sigma`` is in pixels."""
    pixels = image.premultiply() if image.hasalpha() else image
    pixels = _blurred(pixels, sigma)
    return pixels.unpremultiply().cast("uchar") if image.hasalpha() else pixels.cast("uchar")


def _blurred(image: pyvips.Image, sigma: float) -> pyvips.Image:
    factor = min(sigma / LARGEST_SIGMA, image.width, image.height)
    if factor <= 1:
        return _gauss(image, sigma)
    small = _gauss(image.resize(1 / factor), sigma / factor).copy_memory()
    return small.resize(image.width / small.width, vscale=image.height / small.height)


def _gauss(image: pyvips.Image, sigma: float) -> pyvips.Image:
    """Whole numbers are ten times as fast, but a small mask of them changes brightness."""
    precision = "float" if sigma < SMALL_SIGMA else "integer"
    return image.gaussblur(sigma, min_ampl=0.05, precision=precision)


blur = Operation(
    "blur",
    run,
    lambda options: bool(options.blur),
    (Option("blur", Number(0, 250), "Blur radius in pixels of the result.", example=20, default=0, protects=True),),
)
