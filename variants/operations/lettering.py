"""Text as pixels, laid out by Pango with the fonts of the machine."""

import hashlib
from functools import lru_cache
from html import escape
from pathlib import Path

import pyvips

from images.box_spent import spend
from variants.errors import TooLarge
from variants.options.colour import channels
from variants.options.lettering import Words

LONGEST_SIDE = 4096
SHARE = 0.2  # of size times size: the least that a letter takes, with room to spare
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")


def lettered(words: Words, font_file: str | None = None) -> pyvips.Image:
    """The text in its colour on nothing: sRGB with alpha, as large as the text is.

    ``font_file`` is loaded beside the installed fonts; ``words.font`` has to name its family. Raises ``TooLarge``.
    """
    if SHARE * len(words.text) * words.size**2 > LONGEST_SIDE**2:
        raise _too_large()
    file = {"fontfile": font_file} if font_file else {}
    if font_file:
        spend()  # a font stays loaded, and the texts of others must not be set in it
    # Pango reads markup, which nobody who writes a text means. At 72 dpi a point is a pixel.
    mask = pyvips.Image.text(escape(words.text, quote=False), font=f"{words.font} {words.size}", dpi=72, **file)
    if max(mask.width, mask.height) > LONGEST_SIDE:
        raise _too_large()
    red, green, blue, alpha = channels(words.color)
    sheet = mask.new_from_image([red, green, blue]).copy(interpretation="srgb")
    return sheet.bandjoin((mask * (alpha / 255)).rint().cast("uchar")).copy_memory()


@lru_cache(maxsize=1)
def fonts() -> str:
    """Names the fonts of this machine: the same text is another picture where others are installed."""
    found = sorted(
        (str(path), path.stat().st_size)
        for folder in FONT_FOLDERS
        for path in Path(folder).rglob("*")
        if path.is_file()
    )
    return hashlib.sha256(repr(found).encode()).hexdigest()[:16]


def _too_large() -> TooLarge:
    return TooLarge(f"the text is too large: at most {LONGEST_SIDE} pixels wide and high")
