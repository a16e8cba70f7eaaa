"""Expiring delivery URLs: an HMAC-SHA256 over path and query as they travel.

The string that is signed is ``<raw path>?<raw query without sig>``. The key is the text of a signing key as it stands.
Source: "Serve private images" of the API we are compatible with; its vector is in tests/images/test_signing.py.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

from images.errors import SignatureExpired, SignatureMissing, SignatureWrong

MAX_EXP_DIGITS = 15  # beyond any date; longer numbers are only work
HEX_LENGTH = 64


def sign(url_or_path: str, key: str, exp: int | None = None) -> str:
    """``url_or_path`` with ``exp`` (Unix time in seconds; None: for ever) and ``sig`` at its end.

    The path must already be percent-encoded, as it will travel. Scheme and host are kept but not signed.
    """
    parts = urlsplit(url_or_path)
    query = "&".join(part for part in (parts.query, "" if exp is None else f"exp={exp}") if part)
    digest = _digest(key, f"{parts.path}?{query}" if query else parts.path)
    return parts._replace(query="&".join(part for part in (query, f"sig={digest}") if part)).geturl()


def verify(path: str, query: str, keys: Iterable[str], now: float, alternatives: Iterable[str] = ()) -> int | None:
    """Check the signature of a request; return its ``exp``, or None where the signature never expires.

    ``path`` and ``query`` are raw, as they travelled. ``alternatives`` are other spellings of the path that may have
    been signed (without a prefix, with the account hash). ``now`` is Unix time in seconds. Every key may have signed.
    Raises ``SignatureMissing``, ``SignatureWrong`` or, for a right signature whose time is over, ``SignatureExpired``.
    """
    given, rest = _split(query)
    texts = [text for spelling in (path, *alternatives) for text in _signed_texts(spelling, rest)]
    if not _any_matches(given, texts, keys):
        raise SignatureWrong("the signature fits none of the account's keys; sign the path exactly as it is requested")
    exp = _expiry(rest)
    if exp is not None and exp <= now:
        raise SignatureExpired(f"the signature expired at {exp}; ask for a new URL")
    return exp


def _split(query: str) -> tuple[str, str]:
    """The value of ``sig``, and the query without it."""
    if not query.isascii():
        raise SignatureWrong("the query holds raw characters; percent-encode them, exp and sig are ASCII")
    parts = query.split("&")
    given = [part[4:] for part in parts if part.startswith("sig=")]
    if not given:
        raise SignatureMissing("this image is private; sign the URL")
    if len(given) > 1 or len(given[0]) != HEX_LENGTH:
        raise SignatureWrong(f"sig: expected once, {HEX_LENGTH} hexadecimal digits")
    return given[0].lower(), "&".join(part for part in parts if not part.startswith("sig="))


def _signed_texts(path: str, rest: str) -> Iterator[str]:
    """What may have been signed: the raw query, or the same as a browser's URLSearchParams writes it."""
    yield f"{path}?{rest}"
    if not rest:
        yield path
        return
    rewritten = urlencode(parse_qsl(rest, keep_blank_values=True, encoding="latin-1"), encoding="latin-1")
    rewritten = rewritten.replace("~", "%7E").replace("%2A", "*")  # the two characters that browsers treat otherwise
    if rewritten != rest:
        yield f"{path}?{rewritten}"


def _any_matches(given: str, texts: list[str], keys: Iterable[str]) -> bool:
    """Whether a key gives ``given`` for a text; looks at all of them, so that time tells nothing."""
    found = False
    for key in keys:
        for text in texts:
            found |= hmac.compare_digest(_digest(key, text), given)
    return found


def _digest(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def _expiry(rest: str) -> int | None:
    values = [value for name, value in parse_qsl(rest, keep_blank_values=True) if name == "exp"]
    if not values:
        return None
    text = values[0]
    if len(values) > 1 or not (text.isascii() and text.isdigit() and len(text) <= MAX_EXP_DIGITS):
        raise SignatureWrong("exp: expected once, a Unix time in seconds, decimal digits only")
    return int(text)
