"""How long the answer of another server may be used: HTTP's rules for a shared cache (RFC 9111), read once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

LEAST, MOST = 3600, 30 * 86_400
"""Seconds. A result is worth work, so it is used for an hour, unless its origin insists to be asked."""

DIRECTIVE = re.compile(r'([a-z-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s,;"]*)))?')


@dataclass(frozen=True)
class Rules:
    """``seconds`` an answer is fresh from now on. ``kept``: it may be kept at all. ``insists``: never used longer."""

    seconds: int
    kept: bool = True
    insists: bool = False


def rules_of(headers: Mapping[str, str], now: float) -> Rules:
    """The rules of an answer with ``headers`` (names in lower case) that came at ``now``, Unix time in seconds."""
    told = _directives(headers.get("cache-control", ""))
    kept = not told.keys() & {"no-store", "private"} and headers.get("vary", "").strip() != "*"
    insists = bool(told.keys() & {"no-cache", "must-revalidate", "proxy-revalidate"})
    seconds = 0 if "no-cache" in told else _lifetime(told, headers, now) - _seconds(headers.get("age", "0"))
    return Rules(min(max(seconds, 0 if insists else LEAST), MOST), kept, insists)


def says_something(headers: Mapping[str, str]) -> bool:
    """Whether ``headers`` hold rules; without any, those that held before hold again."""
    return "cache-control" in headers or "expires" in headers


def _directives(text: str) -> dict[str, str]:
    """Names and values; of a name that stands twice the first, as RFC 9111 (4.2.1) asks for."""
    found: dict[str, str] = {}
    for match in DIRECTIVE.finditer(text.lower()[:2000]):
        found.setdefault(match[1], match[2] if match[2] is not None else match[3] or "")
    return found


def _lifetime(told: Mapping[str, str], headers: Mapping[str, str], now: float) -> int:
    for name in ("s-maxage", "max-age"):
        if name in told:
            return _seconds(told[name])
    if "expires" in headers:
        return int(_moment(headers["expires"], 0) - _moment(headers.get("date", ""), now))
    return LEAST


def _seconds(text: str) -> int:
    """Digits; anything else is no time at all."""
    text = text.strip()
    return min(int(text), MOST * 2) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def _moment(text: str, otherwise: float) -> float:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        return otherwise
