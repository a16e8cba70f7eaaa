"""Masks with smooth edges, and what is seen through them."""

import pyvips

from variants.options.colour import channels

Radii = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
CLEAR = "#00000000"


def rounded(width: int, height: int, radii: Radii) -> pyvips.Image:
    """A rectangle with rounded corners: 255 inside, 0 outside, and in between as much as a pixel is covered.

    ``radii`` are across and down, from the top left clockwise; ellipses where the two differ.
    """
    mask = (pyvips.Image.black(width, height) + 255).cast("uchar")
    corners = {radius: _corner(*radius, width, height).copy_memory() for radius in set(radii) if min(radius) > 0}
    for at, radius in enumerate(radii):
        if radius not in corners:
            continue
        corner = corners[radius]
        if at in (1, 2):
            corner = corner.fliphor()
        if at in (2, 3):
            corner = corner.flipver()
        left = width - corner.width if at in (1, 2) else 0
        top = height - corner.height if at in (2, 3) else 0
        there = mask.crop(left, top, corner.width, corner.height)  # another corner may reach here
        mask = mask.insert((corner < there).ifthenelse(corner, there), left, top)
    return mask.copy_memory()


def _corner(across: float, down: float, width: int, height: int) -> pyvips.Image:
    """The top left corner: by how far the middle of a pixel lies within the ellipse.

    With f = √(x²/a² + y²/b²) that is f · (1 − f) / |(x/a², y/b²)|, exact for a circle and near enough for an ellipse.
    """
    size = min(width, int(-(-across // 1))), min(height, int(-(-down // 1)))
    places = pyvips.Image.xyz(*size)
    x, y = (places[0] + 0.5 - across).linear(1 / across, 0), (places[1] + 0.5 - down).linear(1 / down, 0)
    x, y = (x > 0).ifthenelse(0, x), (y > 0).ifthenelse(0, y)  # beyond the middle of the ellipse its edge is straight
    form = (x * x + y * y) ** 0.5
    slope = ((x / across) ** 2 + (y / down) ** 2) ** 0.5 + 1e-6
    inside = form * (1 - form) / slope
    inside = (form < 1e-6).ifthenelse(1, inside)
    return ((inside + 0.5) * 255).rint().cast("uchar")


def mixed(image: pyvips.Image, mask: pyvips.Image, colour: str) -> pyvips.Image:
    """``image`` where ``mask`` is 255, ``colour`` where it is 0, both shared out in between.

    Opaque where both are; the mask is as large as the picture.
    """
    red, green, blue, alpha = channels(colour)
    if alpha == 255 and not image.hasalpha():
        return mask.ifthenelse(image, [red, green, blue], blend=True)
    if alpha == 0:
        own = image[3] if image.hasalpha() else 255
        return image[:3].bandjoin((mask * own / 255).rint().cast("uchar")).copy(interpretation="srgb")
    pixels = image if image.hasalpha() else image.bandjoin(255)
    ink = [value * alpha / 255 for value in (red, green, blue)] + [alpha]
    share = mask / 255
    done = (pixels.premultiply() * share + (1 - share) * ink).copy(interpretation="srgb").unpremultiply()
    done = done.rint().cast("uchar")
    return done
