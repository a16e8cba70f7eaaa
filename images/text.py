"""Which text may be kept: what both databases take and what a header or a page can show."""

import unicodedata

FORBIDDEN = frozenset({"Cc", "Cs"})
"""Unicode categories of control characters (NUL among them: PostgreSQL takes none) and of lone surrogates."""

DIRECTION_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of writing: with them ``gpj.exe`` shows as ``exe.jpg``."""


def is_plain(text: str) -> bool:
    """Whether ``text`` is free of control characters and of halves of characters."""
    return not any(unicodedata.category(char) in FORBIDDEN for char in text)


def without_tricks(text: str) -> str:
    """``text`` without control characters, halves of characters and direction marks."""
    kept = (char for char in text if char not in DIRECTION_MARKS)
    return "".join(char for char in kept if unicodedata.category(char) not in FORBIDDEN)
