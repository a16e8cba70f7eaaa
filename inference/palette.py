"""The colours of a picture: how much of it has which, and which of them stand out.

Colours are told apart in OKLab. What is transparent counts by its opacity, what is wholly so not at all.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inference.colours import Coloured, Values, from_linear, mean, opacity, to_linear, to_oklab

FEWEST, MOST = 2, 256
DOMINANT = 8  # colours that a picture is reduced to before the one with the largest share is taken
Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""


class Tone(NamedTuple):
    """A colour, and the share of the picture that it stands for: 0 to 1."""

    colour: Colour
    share: float


class _Colours(NamedTuple):
    """Different colours: k x 3 values, the same in OKLab, and shares that add up to 1."""

    values: NDArray[np.uint8]
    places: Values
    shares: Values

    def among(self, chosen: NDArray[np.bool_]) -> "_Colours":
        return _Colours(self.values[chosen], self.places[chosen], self.shares[chosen])


def palette(picture: Coloured, most: int) -> tuple[Tone, ...]:
    """At most ``most`` colours (2 to 256) of ``picture``, the largest share first; fewer where there are no more.

    The group of colours that varies most is split at its mean until there are as many as asked for; each group is
    told by its median, so that the blurred edges of an area do not dye it. Raises ``ValueError`` for another number.
    """
    if not FEWEST <= most <= MOST:
        raise ValueError(f"a palette has {FEWEST} to {MOST} colours, not {most}")
    groups = _grouped(_of(picture), most)
    tones = [Tone(_median(group), float(group.shares.sum())) for group in groups]
    return tuple(sorted(tones, key=lambda tone: (-tone.share, tone.colour)))


def dominant(picture: Coloured) -> Colour | None:
    """The colour that most of the picture has; None where all of it is transparent."""
    found = palette(picture, DOMINANT)
    return found[0].colour if found else None


def average(picture: Coloured) -> Colour | None:
    """The mean of all light, as the picture looks from far away; None where all of it is transparent."""
    seen = opacity(picture)
    return _colour(from_linear(mean(to_linear(picture[..., :3]), seen))) if seen.any() else None


def _of(picture: Coloured) -> _Colours:
    seen = opacity(picture).ravel()
    red, green, blue = (picture[..., band].ravel().astype(np.uint32) for band in range(3))
    packed, places = np.unique((red << 16 | green << 8 | blue)[seen > 0], return_inverse=True)
    weights: Values = np.bincount(places, weights=seen[seen > 0]).astype(float)
    values = np.stack([packed >> 16, packed >> 8 & 255, packed & 255], -1).astype(np.uint8)
    return _Colours(values, to_oklab(values), weights / weights.sum())


def _grouped(colours: _Colours, most: int) -> list[_Colours]:
    groups = [colours] if colours.shares.size else []
    spreads = [_spread(group) for group in groups]
    while groups and len(groups) < most and max(spreads)[0] > 0:
        widest = max(range(len(groups)), key=lambda at: spreads[at])
        halves = _halves(groups.pop(widest), spreads.pop(widest)[1])
        groups += halves
        spreads += [_spread(half) for half in halves]
    return groups


def _spread(group: _Colours) -> tuple[float, int]:
    """By how much the colours vary along the axis on which they vary most, times their share; and that axis."""
    if group.shares.size < 2:
        return 0.0, 0
    middle = np.average(group.places, axis=0, weights=group.shares)
    variances = group.shares @ (group.places - middle) ** 2
    axis = int(variances.argmax())
    return float(variances[axis]), axis


def _halves(group: _Colours, axis: int) -> list[_Colours]:
    along = group.places[:, axis]
    below = along < np.average(along, weights=group.shares)
    return [group.among(below), group.among(~below)]


def _median(group: _Colours) -> Colour:
    """The median of each channel, by share."""
    order = group.values.argsort(axis=0, kind="stable")
    reached = group.shares[order].cumsum(axis=0) >= group.shares.sum() / 2
    return _colour(np.take_along_axis(group.values, order, axis=0)[reached.argmax(axis=0), range(3)])


def _colour(values: NDArray[np.uint8]) -> Colour:
    red, green, blue = (int(value) for value in values)
    return red, green, blue
