"""Numbers as URLs and JSON write them: never huge, never NaN, with four decimals at most."""

import re

NUMBER = re.compile(r"[+-]?(\d{1,9}(\.\d{0,20})?|\.\d{1,20})")
DECIMALS = 4
LARGEST = 10**15  # a JSON number may have any number of digits, or be none at all


def number_of(text: str) -> float:
    """The decimal number that ``text`` is. Raises ``ValueError``."""
    if not NUMBER.fullmatch(text):
        raise ValueError(text)
    return float(text)


def real(value: object) -> float:
    """A JSON value that is a number. Raises ``ValueError``."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -LARGEST < value < LARGEST:
        raise ValueError(value)
    return value


def plain(value: float) -> str:
    """1.5, 2, 0.0001: without a tail of zeros."""
    return str(value) if isinstance(value, int) else f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")


def tidy(value: float) -> float:
    """Rounded to what ``plain`` writes, and an int where it is whole, so that equal values are equal text."""
    value = round(value, DECIMALS)
    return int(value) if value == int(value) else value
