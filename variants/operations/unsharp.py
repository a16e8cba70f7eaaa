"""unsharp: an unsharp mask with all its settings, in luma alone so that no colours appear at edges."""

import pyvips

from variants.operations.blur import SIGMA_PER_RADIUS
from variants.operations.mixing import LUMA
from variants.operations.operation import Operation
from variants.options.kinds import Number
from variants.options.option import Option, Options
from variants.options.parts import Part, Parts
from variants.plan import Plan

ACCURACY = 0.01  # where the Gaussian is cut off
LARGEST_SIGMA = 4  # beyond it the blurred luma is made from a smaller copy


def run(image: pyvips.Image, options: Options, plan: Plan) -> pyvips.Image:
    """Colours + amount · (luma − blurred luma), where these two differ by more than the threshold; alpha stays."""
    radius, amount, threshold = options.unsharp
    image = image.copy_memory()  # read at two places at once
    luma = image[:3].recomb(pyvips.Image.new_from_array([LUMA]))
    detail = luma - _blurred(luma, image, radius * SIGMA_PER_RADIUS)
    if threshold:
        detail = (detail.abs() > threshold).ifthenelse(detail, 0)
    sharp = (image[:3] + detail * amount).rint().cast("uchar").copy(interpretation="srgb")
    return sharp.bandjoin(image[3]) if image.hasalpha() else sharp


def _blurred(luma: pyvips.Image, image: pyvips.Image, sigma: float) -> pyvips.Image:
    """Every pixel counts as much as it covers."""
    if not image.hasalpha():
        return _gauss(luma, sigma)
    weights = image[3] + 0.001  # nothing is divided by 0
    return _gauss(luma * weights, sigma) / _gauss(weights, sigma)


def _gauss(band: pyvips.Image, sigma: float) -> pyvips.Image:
    """In floats: what is added multiplies every error."""
    factor = min(sigma / LARGEST_SIGMA, band.width, band.height)
    if factor <= 1:
        return band.gaussblur(sigma, min_ampl=ACCURACY, precision="float")
    small = _gauss(band.resize(1 / factor), sigma / factor).copy_memory()
    return small.resize(band.width / small.width, vscale=band.height / small.height)


unsharp = Operation(
    "unsharp",
    run,
    lambda options: options.unsharp is not None and options.unsharp[1] > 0,
    (
        Option(
            "unsharp",
            Parts(
                (
                    Part("radius", Number(0.1, 50)),
                    Part("amount", Number(0, 10), 1),
                    Part("threshold", Number(0, 255), 0),
                )
            ),
            "Unsharp mask: radius in pixels, how much is added, and from which difference of levels on.",
            example="4;1.5;2",
        ),
    ),
)
