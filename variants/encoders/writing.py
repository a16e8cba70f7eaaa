"""From pixels to a file: which quality, which format where several may be tried, how many bytes at most."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyvips

from variants.encoders import ENCODERS
from variants.encoders.encoder import EXACT, Encoder
from variants.limits import Limits
from variants.options.kinds import Number
from variants.options.option import Option, Options
from variants.quality import search
from variants.quality.levels import AUTO, Goal, searches
from variants.quality.score import Score

OPTIONS = (
    AUTO,
    Option(
        "max-bytes",
        Number(100, 100_000_000, whole=True),
        "The most bytes the result may have: quality falls as far as that needs. The smallest one comes with a warning "
        "where nothing fits.",
        example=1500,
        group="output",
    ),
)
AREA_WARNING = "too large for a search, the usual quality was taken"
BYTES_WARNING = "max-bytes: nothing is as small, this is the smallest"
NEAR = 15  # how far from the asked number another format's number for the same loss may lie
SAME = 0.0005  # losses that count as equal


@dataclass(frozen=True, slots=True)
class Written:
    """A file, the number its quality has (None where the format knows none), and what to warn of."""

    body: bytes
    format: str
    quality: int | None
    warnings: tuple[str, ...] = ()


def tries(options: Options) -> bool:
    """Whether a result depends on what trials come to, so that its quality is worth being told and kept."""
    return options.format == "best" or options.max_bytes is not None or searches(options)


def written(
    image: pyvips.Image, options: Options, names: Sequence[str], limits: Limits, known: int | None = None
) -> Written:
    """``image`` as one of the formats ``names``, the smallest where there are several.

    ``known`` is the quality that an earlier search for the same result came to: then nothing is tried.
    """
    trials = Trials(image, options, limits, again=known is None and (len(names) > 1 or tries(options)))
    if known is not None:
        return trials.made(ENCODERS[names[0]], known)
    made = trials.best(names) if len(names) > 1 else trials.single(ENCODERS[names[0]])
    return trials.within(made, options.max_bytes) if options.max_bytes else made


class Trials:
    """One picture, written again and again; nothing is written twice."""

    def __init__(self, image: pyvips.Image, options: Options, limits: Limits, *, again: bool) -> None:
        self.options, self._limits = options, limits
        frames = image.get_n_pages() if image.get_typeof("page-height") else 1
        self._small = image.width * image.height <= limits.search_max_area
        self._measurable = frames == 1 and self._small
        # Pixels are computed while they are written; those that are written again are kept.
        self._image = image.copy_memory() if again else image
        self._score: Score | None = None
        self._bodies: dict[tuple[str, int], bytes] = {}

    def made(self, encoder: Encoder, quality: int, *warnings: str) -> Written:
        """The file at this quality."""
        tells = encoder.bounds is not None and encoder.lossy(self.options)
        return Written(self._body(encoder, quality), encoder.format, quality if tells else None, warnings)

    def single(self, encoder: Encoder) -> Written:
        """The file of one format at the quality that was asked for."""
        wanted = encoder.wanted(self.options)
        if isinstance(wanted, int):
            return self.made(encoder, wanted)
        if not self._measurable:
            return self.made(encoder, wanted.start, *(() if self._small else (AREA_WARNING,)))
        return self.made(encoder, self._search(encoder, wanted))

    def best(self, names: Sequence[str]) -> Written:
        """The smallest file of several formats that have lost equally much; formats without loss have a start."""
        found = [self._equal(ENCODERS[name], ENCODERS[names[0]]) for name in names]
        return min(found, key=lambda made: len(made.body))

    def within(self, made: Written, most: int) -> Written:
        """The same format with ``most`` bytes or fewer."""
        encoder = ENCODERS[made.format]
        if len(made.body) <= most:
            return made
        if not encoder.lossy(self.options):
            return replace(made, warnings=(*made.warnings, BYTES_WARNING))
        start = made.quality or encoder.quality
        seek = search.fitting if self._small else search.halving
        quality = seek(lambda tried: len(self._body(encoder, tried)), start, most)
        smallest = self.made(encoder, quality or 1)
        return replace(smallest, warnings=(*made.warnings, *(() if quality else (BYTES_WARNING,))))

    def _equal(self, encoder: Encoder, first: Encoder) -> Written:
        """As ``encoder`` writes it at the loss that ``first`` comes to."""
        wanted = encoder.wanted(self.options)
        if encoder.format == first.format or isinstance(wanted, Goal) or not self._measurable:
            return self.single(encoder)
        if not encoder.bounds or not encoder.lossy(self.options):
            return self.made(encoder, EXACT)
        reference = self.single(first)
        if reference.quality is None or reference.quality == EXACT:
            return self.single(encoder)
        loss = self._loss(first, reference.quality)
        goal = Goal(loss, max(1, wanted - NEAR), min(EXACT - 1, wanted + NEAR), wanted, SAME)
        return self.made(encoder, self._search(encoder, goal))

    def _search(self, encoder: Encoder, goal: Goal) -> int:
        return search.lowest(lambda quality: self._loss(encoder, quality), goal)

    def _loss(self, encoder: Encoder, quality: int) -> float:
        self._score = self._score or Score(self._image)
        return self._score.of(pyvips.Image.new_from_buffer(self._body(encoder, quality), ""))

    def _body(self, encoder: Encoder, quality: int) -> bytes:
        key = (encoder.format, quality)
        if key not in self._bodies:
            self._bodies[key] = encoder.save(self._image, self.options, self._limits, quality)
        return self._bodies[key]
