"""The name of an uploaded file: kept to be shown, never used as a path."""

import re

from images.text import without_tricks

LONGEST = 255
SEPARATORS = re.compile(r"[/\\]")


def clean(name: str) -> str:
    """The part of ``name`` after the last slash or backslash, at most 255 characters; ``.`` and ``..`` become empty.

    Control characters and direction marks go; all other characters stay, and nothing is percent-decoded.
    """
    last = without_tricks(SEPARATORS.split(name)[-1])[:LONGEST]
    return "" if last in {".", ".."} else last
