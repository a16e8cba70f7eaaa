"""The smallest and the largest size that a picture may get: arithmetic."""

from fractions import Fraction

from variants.geometry import Size, device, scaled_by
from variants.options.kinds import Number
from variants.options.option import Option, Options

LARGEST = 12_000
# A URL may ask for more than a picture may have: whether that is too much is known only beside the picture.
LENGTH = Number(1, LARGEST, whole=True, url_high=1_000_000)
AUTO = 0  # a width that is not known before the browser is
WIDTH = Number(1, LARGEST, whole=True, url_high=1_000_000, words=(("auto", AUTO),))
OPTIONS = (
    Option(
        "min-width", LENGTH, "The picture is enlarged until it is so wide; before dpr.", example=600, section="Size"
    ),
    Option(
        "min-height", LENGTH, "The picture is enlarged until it is so high; before dpr.", example=500, section="Size"
    ),
    Option(
        "max-width", LENGTH, "The picture is scaled down until it is no wider; before dpr.", example=200, section="Size"
    ),
    Option(
        "max-height",
        LENGTH,
        "The picture is scaled down until it is no higher; before dpr.",
        example=100,
        section="Size",
    ),
)


def bounded(picture: Size, scaled: Size, size: Size, sheet: Size, options: Options) -> tuple[Size, Size, Size]:
    """``scaled``, ``size`` and ``sheet`` of a plan, scaled alike where the sheet is too large or too small.

    Where both cannot hold, the smallest size does.
    """
    most, least = (options.max_width, options.max_height), (options.min_width, options.min_height)
    for bounds, choose in ((most, min), (least, max)):
        # From the picture itself where all of it is shown, so that nothing is rounded twice.
        whole = picture if scaled == size == sheet and options.fit != "squeeze" else None
        ratios = [
            Fraction(bound, before)
            for bound, now, before in zip(_pixels(bounds, options), sheet, whole or sheet, strict=True)
            if bound and choose(bound, now) != now
        ]
        if ratios:
            ratio = choose(ratios).as_integer_ratio()
            scaled, size, sheet = (scaled_by(whole or one, ratio) for one in (scaled, size, sheet))
    return scaled, size, sheet


def _pixels(bounds: tuple[int | None, int | None], options: Options) -> tuple[int, int]:
    width, height = (0 if bound is None else device(bound, options.dpr) for bound in bounds)
    return width, height
