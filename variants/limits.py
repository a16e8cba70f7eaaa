"""How much a rendition may be: numbers of the settings, as plain values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sides and areas in pixels; ``animated_max_area`` and ``max_pixels`` count all frames together.

    ``avif_effort`` goes from 0 (quick) to 9. Above ``search_max_area`` no quality or format is searched.
    """

    max_side: int = 12_000
    max_pixels: int = 100_000_000
    animated_max_area: int = 50_000_000
    avif_max_area: int = 2_000_000
    avif_effort: int = 2
    search_max_area: int = 1_000_000
