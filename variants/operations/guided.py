"""A coarse mask with the edges of a picture: the guided filter (He, Sun and Tang 2010), at a reduced size ("Fast guided
filter", He and Sun 2015).

Around every pixel the mask is taken for a line in the picture's colours, slope · colour + base, which follows edges
that the mask is too coarse for. Where several windows speak of one pixel, those in which the line describes the mask
well count more: weights 1 / (variance that the line leaves), as in weighted aggregation, without which a textured
background shines through. Where hardly any line describes it the mask stays as it is. Repeated, as a mask from a model
is softer than the edge it stands for.
"""

from collections.abc import Sequence
from itertools import combinations_with_replacement, pairwise

import numpy as np

from variants.operations.planes import Plane, Planes

SMOOTHNESS = 1e-5  # ε of the paper: the variance of colours, 0 to 1, below which nothing is an edge
UNSURE = 1e-4  # variance of the mask that no line describes, at which a window counts half
PLAIN = 1e-4  # variance of the mask below which there is nothing to describe
# Share of the mask's variance around a pixel that lines describe: with the first they say nothing of it, with the
# second they say all.
NOTHING, ALL = 0.3, 0.5
ROUNDS = 3


def line(mask: Plane, colours: Planes, radius: int) -> tuple[Planes, Plane]:
    """Slope, for each of the three colours, and base of the line at each pixel. All values are 0 to 1, planes alike."""
    means = [mean(plane, radius) for plane in colours]
    inverse = _inverse(_covariances(colours, means, radius))
    slope, base = _fit(mask, mask, colours, means, inverse, radius)
    for _ in range(ROUNDS - 1):
        slope, base = _fit(along(slope, base, colours), mask, colours, means, inverse, radius)
    return slope, base


def along(slope: Planes, base: Plane, colours: Planes) -> Plane:
    """The mask that a line gives."""
    mask: Plane = np.clip(_dot(slope, colours) + base, 0, 1)
    return mask


def mean(plane: Plane, radius: int) -> Plane:
    """The mean of the square of 2 · ``radius`` + 1 pixels around each, as far as it lies in the plane."""
    across = _mean_down(np.ascontiguousarray(_mean_down(plane, radius).T), radius)
    return np.ascontiguousarray(across.T)  # planes of one layout are far quicker together


def _mean_down(plane: Plane, radius: int) -> Plane:
    height = len(plane)
    total = np.zeros(plane.shape)  # what comes into the window with each row and leaves it, then the sum
    total[: max(0, height - radius)] = plane[radius:]
    total[radius + 1 :] -= plane[: max(0, height - radius - 1)]
    total[0] += plane[:radius].sum(axis=0, dtype=np.float64)
    rows = list(total)
    for above, row in pairwise(rows):  # a third of the time of cumsum, which goes down column by column
        np.add(above, row, out=row)
    place = np.arange(height)
    count = np.minimum(place + radius + 1, height) - np.maximum(place - radius, 0)
    means: Plane = np.empty(plane.shape, np.float32)
    np.divide(total, count[:, None], out=means, casting="same_kind")
    return means


def _covariances(colours: Planes, means: Planes, radius: int) -> Planes:
    """rr, rg, rb, gg, gb, bb of the covariance of the colours in each window, ε added to the diagonal."""
    return [
        mean(colours[one] * colours[other], radius) - means[one] * means[other] + (SMOOTHNESS if one == other else 0)
        for one, other in combinations_with_replacement(range(3), 2)
    ]


def _inverse(covariances: Planes) -> Planes:
    """The inverse of symmetric 3 x 3 matrices, in the same order, by cofactors."""
    rr, rg, rb, gg, gb, bb = (plane.astype(np.float64) for plane in covariances)
    first = [gg * bb - gb**2, rb * gb - rg * bb, rg * gb - rb * gg]
    others = [rr * bb - rb**2, rg * rb - rr * gb, rr * gg - rg**2]
    determinant = _dot([rr, rg, rb], first)
    return [(cofactor / determinant).astype(np.float32) for cofactor in first + others]


def _fit(
    mask: Plane, first: Plane, colours: Planes, means: Planes, inverse: Planes, radius: int
) -> tuple[Planes, Plane]:
    """One line for each window, then for each pixel the weighted mean of those of the windows that it lies in, as far
    as they describe the mask; ``first`` is taken for the rest."""
    middle = mean(mask, radius)
    shared = [mean(plane * mask, radius) - own * middle for plane, own in zip(colours, means, strict=True)]
    rr, rg, rb, gg, gb, bb = inverse
    slope = [_dot(row, shared) for row in ([rr, rg, rb], [rg, gg, gb], [rb, gb, bb])]
    base = middle - _dot(slope, means)
    variance = np.maximum(mean(mask * mask, radius) - middle * middle, 0)
    left = np.maximum(variance - _dot(slope, shared), 0)
    trust = _trust(mean(left, radius), mean(variance, radius))
    weight = 1 / (left + UNSURE)
    share = trust / mean(weight, radius)
    red, green, blue, base = (mean(plane * weight, radius) * share for plane in (*slope, base))
    return [red, green, blue], base + (1 - trust) * first


def _trust(left: Plane, variance: Plane) -> Plane:
    described = np.where(variance < PLAIN, 1, 1 - left / np.maximum(variance, PLAIN))
    trust: Plane = np.clip((described - NOTHING) / (ALL - NOTHING), 0, 1).astype(np.float32)
    return trust


def _dot(some: Sequence[Plane], others: Sequence[Plane]) -> Plane:
    total: Plane = some[0] * others[0] + some[1] * others[1] + some[2] * others[2]
    return total
