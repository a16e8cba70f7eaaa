"""What an uploaded file is: its format, size and frames, or the reason why it is refused."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from images.box import the_box
from images.errors import BoxDied, BoxTimeout, CannotDecode, FileTooLarge, JobFailed


@dataclass(frozen=True)
class Picture:
    """Facts of a picture that was decoded whole. ``width`` and ``height`` are upright, in pixels."""

    format: str
    mime: str
    width: int
    height: int
    frames: int
    has_alpha: bool


def probe(original: Path, most_bytes: int | None = None) -> Picture:
    """Look at the file ``original`` in the box, within the limits of the settings, and decode all of it once.
    ``most_bytes`` stands in the place of the limit on uploads.

    Raises an ``ImageFault`` that says what is wrong with the file (one that crashes its decoder or keeps it busy too
    long is damaged), ``BoxBusy`` when no child is free in time.
    """
    size, most = original.stat().st_size, most_bytes or settings.MAX_UPLOAD_BYTES
    if size > most:
        raise FileTooLarge(f"The file has {size} bytes; at most {most} are accepted.")
    limits = {
        "max_pixels": settings.MAX_PIXELS,
        "max_side": settings.MAX_SIDE,
        "max_animation_pixels": settings.MAX_ANIMATION_PIXELS,
    }
    try:
        reply = the_box().run("images.decode:probe", limits, original)
    except BoxTimeout:
        raise CannotDecode("The picture takes too long to decode. Save it anew, smaller, and upload that.") from None
    except (BoxDied, JobFailed) as fault:
        raise CannotDecode("The picture makes its decoder fail. Save it anew and upload that.") from fault
    return Picture(**reply.facts)
