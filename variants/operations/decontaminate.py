"""The colours of the foreground alone, where foreground and background are mixed at an edge: "Approximate Fast
Foreground Colour Estimation" (Forte 2021, blurred fusion), at a reduced size.

A pixel is α · F + (1 − α) · B. F and B are guessed as means of what lies around, weighted by how much of it is
foreground or background; what the guess does not explain goes to F by its share: F + α · (pixel − α · F − (1 − α) · B).
The last step is done by the caller at the picture's own size, so that its details stay.
"""

import numpy as np

from variants.operations.guided import mean
from variants.operations.planes import Plane, Planes

FAR, NEAR = 0.09, 0.006  # the paper's radii, 90 and 6, as shares of the longest side
NOTHING = 1e-5


def both(colours: Planes, alpha: Plane, weight: Plane | None = None) -> tuple[Planes, Planes]:
    """Smooth foreground and background at each pixel, 0 to 1.

    ``weight`` is how much each pixel counts: the picture's own alpha, as transparent ones have no colour.
    """
    weight = np.ones_like(alpha) if weight is None else weight
    longest = max(alpha.shape)
    front, back = colours, colours
    for share in (FAR, NEAR):
        radius = max(1, round(share * longest))
        smooth_front = [_around(plane, alpha * weight, radius) for plane in front]
        smooth_back = [_around(plane, (1 - alpha) * weight, radius) for plane in back]
        front, back = _fused(colours, alpha, smooth_front, smooth_back)
    return smooth_front, smooth_back


def _around(plane: Plane, weight: Plane, radius: int) -> Plane:
    return mean(plane * weight, radius) / (mean(weight, radius) + NOTHING)


def _fused(colours: Planes, alpha: Plane, front: Planes, back: Planes) -> tuple[Planes, Planes]:
    unexplained = [
        colour - alpha * one - (1 - alpha) * other for colour, one, other in zip(colours, front, back, strict=True)
    ]
    return (
        [np.clip(one + alpha * rest, 0, 1) for one, rest in zip(front, unexplained, strict=True)],
        [np.clip(one + (1 - alpha) * rest, 0, 1) for one, rest in zip(back, unexplained, strict=True)],
    )
