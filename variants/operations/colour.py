"""Every picture becomes sRGB with 8 bits a channel, with alpha where it had one; its profile is applied and dropped.

With ``profile=keep`` the colours of 8-bit RGB stay those of its profile, which goes with the result.
"""

from functools import lru_cache
from itertools import product

import pyvips

from variants.operations.operation import Operation
from variants.options.kinds import Choice
from variants.options.option import Option, Options
from variants.plan import Plan

PROFILE = "icc-profile-data"
OPTIONS = (
    Option(
        "profile",
        Choice(("srgb", "keep")),
        "srgb converts colours and drops the profile; keep leaves both as they are where the original is 8-bit RGB, in "
        "JPEG, PNG, WebP and AVIF. In a chain it stands in every step.",
        example="keep",
        default="srgb",
        group="output",
        section="Colour",
    ),
)
# The colour space that a profile is made for stands at byte 16 of it (ICC.1, header).
PROFILE_SPACES = {b"GRAY": 1, b"RGB ": 3, b"CMYK": 4}
LONGEST_KNOWN = 2**16  # bytes of a profile that is remembered
INVISIBLE = 2  # levels of 255


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
    try:
        profile = bytes(image.get(PROFILE))
        if PROFILE_SPACES.get(profile[16:20]) != image.bands:
            return image  # of another picture, or of the state before CMYK became RGB while scaling
        if len(profile) < LONGEST_KNOWN and image.format == "uchar" and image.bands == 3 and _is_srgb(profile):
            return image
        return _transformed(image)
    except (pyvips.Error, RuntimeError):  # the last one: pyvips, of an empty field
        return image  # a damaged profile says nothing


def _transformed(image: pyvips.Image) -> pyvips.Image:
    return image.icc_transform("srgb", embedded=True, intent="relative", depth=8)


@lru_cache(maxsize=64)
def _is_srgb(profile: bytes) -> bool:
    """Whether the profile leaves colours where they are: most say sRGB, and setting up a transformation takes 2 ms."""
    colours = [list(colour) for colour in product(range(0, 256, 15), repeat=3)]
    before = pyvips.Image.new_from_memory(bytes(sum(colours, [])), len(colours), 1, 3, "uchar")
    before = before.copy(interpretation="srgb")
    before.set_type(pyvips.GValue.blob_type, PROFILE, profile)
    return bool((_transformed(before) - before).abs().max() <= INVISIBLE)


def run(image: pyvips.Image, options: Options, plan: Plan) -> pyvips.Image:
    """See the module."""
    return image if options.profile == "keep" and _may_stay(image) else to_srgb(image)


def _may_stay(image: pyvips.Image) -> bool:
    """Whether there is a profile, and the pixels are as it says."""
    if image.format != "uchar" or image.interpretation != "srgb" or not image.get_typeof(PROFILE):
        return False
    try:
        return bool(PROFILE_SPACES.get(bytes(image.get(PROFILE))[16:20]) == 3 == image.bands - image.hasalpha())
    except RuntimeError:  # pyvips, of an empty field
        return False


colour = Operation("colour", run, options=OPTIONS, exact=True)
