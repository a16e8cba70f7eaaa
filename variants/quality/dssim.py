"""How unlike two pictures are: DSSIM = (1 − SSIM) / 2 on luma.

SSIM is that of Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment: from error visibility to structural
similarity" (IEEE Transactions on Image Processing 13, 2004): a Gaussian window of 11 pixels with σ 1.5, K1 = 0.01,
K2 = 0.03, averaged over the pixels whose window lies inside the picture.
"""

import math

import pyvips

RADIUS = 5
SIGMA = 1.5
C1 = (0.01 * 255) ** 2
C2 = (0.03 * 255) ** 2
LUMA_WEIGHTS = ([0.299, 0.587, 0.114],)  # ITU-R BT.601, as in the paper's own code
WINDOW = [math.exp(-(x * x) / (2 * SIGMA * SIGMA)) for x in range(-RADIUS, RADIUS + 1)]


class Reference:
    """A picture that others are compared with: what is needed of it is worked out once and held in memory.

    ``variance`` is that of the luma below each window, in squared levels of 255, cut like ``map``.
    """

    def __init__(self, picture: pyvips.Image) -> None:
        self._luma = luma(picture).copy_memory()
        self._mean = _blur(self._luma).copy_memory()
        self._variance = (_blur(self._luma * self._luma) - self._mean * self._mean).copy_memory()

    @property
    def variance(self) -> pyvips.Image:
        """See the class."""
        return _inside(self._variance)

    def map(self, other: pyvips.Image) -> pyvips.Image:
        """DSSIM at each pixel whose window lies inside; at every pixel where the picture is smaller than a window.

        Raises ``ValueError`` when the sizes differ.
        """
        size = (self._luma.width, self._luma.height)
        if size != (other.width, other.height):
            raise ValueError(f"sizes differ: {size[0]}x{size[1]} and {other.width}x{other.height}")
        return _inside((1 - self._similarity(luma(other))) / 2)

    def _similarity(self, y: pyvips.Image) -> pyvips.Image:
        mean_x, mean_y = self._mean, _blur(y)
        variance_y = _blur(y * y) - mean_y * mean_y
        covariance = _blur(self._luma * y) - mean_x * mean_y
        return ((2 * mean_x * mean_y + C1) * (2 * covariance + C2)) / (
            (mean_x * mean_x + mean_y * mean_y + C1) * (self._variance + variance_y + C2)
        )


def dssim(one: pyvips.Image, other: pyvips.Image) -> float:
    """0 for equal pictures, up to 1. Both need the same size; only the first page of an animation counts.

    Transparent pixels are laid on white. Raises ``ValueError`` when the sizes differ.
    """
    return float(Reference(one).map(other).avg())


def luma(image: pyvips.Image) -> pyvips.Image:
    """One band of floats, 0…255."""
    if image.hasalpha():
        image = image.flatten(background=255)
    image = image.colourspace("srgb").cast("uchar")
    return image.recomb(pyvips.Image.new_from_array(list(LUMA_WEIGHTS))).cast("float")


def _blur(image: pyvips.Image) -> pyvips.Image:
    window = pyvips.Image.new_from_array([WINDOW], sum(WINDOW))
    return image.convsep(window, precision="float")


def _inside(similarity: pyvips.Image) -> pyvips.Image:
    width, height = similarity.width - 2 * RADIUS, similarity.height - 2 * RADIUS
    if width < 1 or height < 1:
        return similarity
    return similarity.crop(RADIUS, RADIUS, width, height)
