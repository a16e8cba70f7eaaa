"""Find a quality by trial: the lowest with little enough loss, or the highest with few enough bytes.

Both rely on loss falling and size growing with the quality. Where that is not so for single steps they still end at a
quality that keeps the bound, if one was tried.
"""

from collections.abc import Callable

from variants.quality.levels import Goal

VERSION = 1
COARSE = 0.5


def lowest(loss: Callable[[int], float], goal: Goal) -> int:
    """The lowest quality of ``goal`` whose loss is small enough; the highest where none is.

    Bisects: at most 1 + log2 of the number of qualities are tried.
    """
    low, high = goal.low, goal.high
    guess = min(goal.start, high - 1)
    while low < high:
        if loss(guess) <= goal.target + goal.error:
            high = guess
        else:
            low = guess + 1
        guess = (low + high) // 2
    return low


def fitting(size: Callable[[int], int], quality: int, most: int) -> int | None:
    """The highest quality up to ``quality`` with at most ``most`` bytes; None when 1 is still too large. Bisects."""
    if size(quality) <= most:
        return quality
    found, low, high = None, 1, quality - 1
    while low <= high:
        guess = (low + high) // 2
        if size(guess) <= most:
            found, low = guess, guess + 1
        else:
            high = guess - 1
    return found


def halving(size: Callable[[int], int], quality: int, most: int) -> int | None:
    """As ``fitting``, in fewer steps for large pictures: halves ``quality``, which may go lower than need be."""
    while size(quality) > most:
        if quality == 1:
            return None
        quality = max(1, int(quality * COARSE))
    return quality
