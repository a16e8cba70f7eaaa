"""The pixels of an original: read at the size they are needed in."""

from dataclasses import dataclass

import pyvips

from images.decode import open_image, sniff, vips_path
from variants.geometry import ORIENTATIONS, Size
from variants.plan import Plan


@dataclass(frozen=True, slots=True)
class Original:
    """A file whose header was read. ``stored`` is the size of one frame; ``orientation`` that of EXIF."""

    path: str
    format: str
    stored: Size
    orientation: int
    frames: int

    @property
    def size(self) -> Size:
        """Of one frame, upright."""
        return ORIENTATIONS[self.orientation].size(self.stored)

    def first_frame(self) -> pyvips.Image:
        """The picture, or the first one of an animation, as stored, to be read once."""
        return open_image(self.path, self.format)


def opened(path: str, *, animated: bool) -> Original:
    """Read the header. Raises the faults of ``images.errors`` and ``pyvips.Error``."""
    form = sniff(path)
    image = open_image(path, form, animated=animated)
    frames = image.get_n_pages() if animated and image.height > image.get_page_height() else 1
    orientation = image.get("orientation") if image.get_typeof("orientation") else 1
    orientation = orientation if orientation in ORIENTATIONS else 1
    return Original(path, form, Size(image.width, image.height // frames), orientation, frames)


def frames(original: Original, plan: Plan) -> list[pyvips.Image]:
    """Every frame as stored: not trimmed, not turned, and at its planned scale where the loader can do that.

    JPEG and WebP decode fewer pixels then. What is enlarged or trimmed is read whole: trimmed edges would leave
    traces in the pixels beside them.
    """
    if original.frames > 1:
        return _separate(open_image(original.path, original.format, animated=True), original.frames)
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
