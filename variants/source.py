"""The pixels of an original: read at the size they are needed in."""

from dataclasses import dataclass

import pyvips

from images import vector
from images.decode import open_image, sniff, vips_path
from variants.errors import TooLarge
from variants.geometry import ORIENTATIONS, Size
from variants.plan import Plan


@dataclass(frozen=True, slots=True)
class Original:
    """A file whose header was read. ``stored`` is the size of one frame; ``orientation`` that of EXIF.

    ``most``: pixels that a vector picture may be drawn with; all others have as many as they have.
    """

    path: str
    format: str
    stored: Size
    orientation: int
    frames: int
    most: int

    @property
    def size(self) -> Size:
        """Of one frame, upright."""
        return ORIENTATIONS[self.orientation].size(self.stored)

    def first_frame(self) -> pyvips.Image:
        """The picture, or the first one of an animation, as stored, to be read once."""
        return self.drawn(1) if self.is_vector else open_image(self.path, self.format)

    @property
    def is_vector(self) -> bool:
        """Whether it has pixels of any size, but none before it is drawn."""
        return self.format == "svg"

    def drawn(self, scale: float) -> pyvips.Image:
        """A vector picture at ``scale`` times its size. Raises ``TooLarge``."""
        if self.stored.width * scale * self.stored.height * scale > self.most:
            raise TooLarge(f"the SVG would be drawn with more than {self.most} pixels; ask for a smaller size")
        return vector.drawn(self.path, scale)


def opened(path: str, *, animated: bool, most: int) -> Original:
    """Read the header. Raises the faults of ``images.errors`` and ``pyvips.Error``."""
    form = sniff(path)
    image = open_image(path, form, animated=animated)
    frames = image.get_n_pages() if animated and image.height > image.get_page_height() else 1
    orientation = image.get("orientation") if image.get_typeof("orientation") else 1
    orientation = orientation if orientation in ORIENTATIONS else 1
    return Original(path, form, Size(image.width, image.height // frames), orientation, frames, most)


def frames(original: Original, plan: Plan) -> list[pyvips.Image]:
    """Every frame as stored: not trimmed, not turned, and at its planned scale where the loader can do that.

    JPEG and WebP decode fewer pixels then, SVG is drawn in that size. What is enlarged or trimmed is read whole:
    trimmed edges would leave traces in the pixels beside them.
    """
    if original.frames > 1:
        return _separate(open_image(original.path, original.format, animated=True), original.frames)
    if original.is_vector and not plan.trim:
        (width, height), stored = plan.scaled, original.stored
        return [original.drawn(max(width / stored.width, height / stored.height))]
    path = vips_path(original.path, original.format)
    if path is None or plan.trim or plan.enlarged:
        return [original.first_frame()]
    width, height = plan.scaled
    return [pyvips.Image.thumbnail(path, width, height=height, size="force", no_rotate=True, fail_on="error")]


def _separate(strip: pyvips.Image, count: int) -> list[pyvips.Image]:
    """The frames of a strip; in memory, as each is read on its own."""
    strip = strip.copy_memory()
    height = strip.height // count
    return [strip.crop(0, at * height, strip.width, height) for at in range(count)]
