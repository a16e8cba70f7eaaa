"""Every picture becomes sRGB with 8 bits a channel, with alpha where it had one; its profile is applied and dropped."""

import pyvips

from variants.operations.operation import Operation
from variants.options.option import Options
from variants.plan import Plan

PROFILE = "icc-profile-data"
# The colour space that a profile is made for stands at byte 16 of it (ICC.1, header).
PROFILE_SPACES = {b"GRAY": 1, b"RGB ": 3, b"CMYK": 4}


def to_srgb(image: pyvips.Image) -> pyvips.Image:
    """8-bit sRGB with three bands, and the alpha as it is; alpha never goes through a profile."""
    alpha = None
    if image.hasalpha():
        alpha = _eight_bits(image[image.bands - 1], image.format)
        image = image.extract_band(0, n=image.bands - 1)
    image = _colours(image)
    if image.interpretation != "srgb" or image.format != "uchar":
        image = image.colourspace("srgb").cast("uchar")
    if image.get_typeof(PROFILE):
        image = image.copy()
        image.remove(PROFILE)
    return image if alpha is None else image.bandjoin(alpha)


def _eight_bits(alpha: pyvips.Image, form: str) -> pyvips.Image:
    """0 … 255 from the range of the picture's format."""
    if form == "uchar":
        return alpha
    return (alpha / 257).rint().cast("uchar") if form == "ushort" else alpha.rint().cast("uchar")


def _colours(image: pyvips.Image) -> pyvips.Image:
    if not image.get_typeof(PROFILE):
        return image
    profile = image.get(PROFILE)
    if PROFILE_SPACES.get(bytes(profile[16:20])) != image.bands:
        return image  # of another picture, or of the state before CMYK became RGB while scaling
    try:
        return image.icc_transform("srgb", embedded=True, intent="relative", depth=8)
    except pyvips.Error:
        return image  # a damaged profile says nothing


def run(image: pyvips.Image, options: Options, plan: Plan) -> pyvips.Image:
    """See the module."""
    return to_srgb(image)


colour = Operation("colour", run)
