"""How much a picture has lost: DSSIM, weighted so that empty parts don't hide what happened to the others.

The map of DSSIM is averaged over blocks of 16 x 16 pixels. Blocks in which the reference shows next to nothing (its
luma deviates by less than 2 of 255 levels: sky, paper, a plain backdrop) are set aside, for they stay alike at any
quality. Of the others

    score = (3 · mean of all + mean of the worst tenth) / 4

and never less than the plain mean of the whole picture. So half a picture of detail and half of nothing scores like the
detail alone, where the plain mean would halve the loss and let a search turn the detail to mush. On photographs the
score is about 1.4 times the plain mean.
"""

from array import array

import pyvips

from variants.quality.dssim import Reference

BLOCK = 16  # pixels
STILL = 2.0  # levels of luma
WORST = 10  # one of so many
WORST_WEIGHT = 1 / 4


class Score:
    """Compares pictures with one reference, whose share of the work is done once. ``area`` of either: above 0."""

    def __init__(self, reference: pyvips.Image) -> None:
        self._reference = Reference(reference)
        variances = _blocks(self._reference.variance)
        self._shown = [at for at, variance in enumerate(variances) if variance >= STILL * STILL]

    def of(self, picture: pyvips.Image) -> float:
        """0 for an equal picture, up to 1. Raises ``ValueError`` when the sizes differ."""
        loss = self._reference.map(picture).copy_memory()
        plain = float(loss.avg())
        values = _blocks(loss)
        shown = sorted((values[at] for at in self._shown), reverse=True)
        if not shown:
            return plain
        worst = shown[: max(1, len(shown) // WORST)]
        mean, peak = sum(shown) / len(shown), sum(worst) / len(worst)
        return max(plain, (1 - WORST_WEIGHT) * mean + WORST_WEIGHT * peak)


def _blocks(image: pyvips.Image) -> list[float]:
    """The mean of each block, row by row; a rest at the right or bottom that is no whole block is left out."""
    across, down = min(BLOCK, image.width), min(BLOCK, image.height)
    shrunk = image.shrink(across, down) if across > 1 or down > 1 else image
    return array("f", bytes(shrunk.cast("float").write_to_memory())).tolist()
