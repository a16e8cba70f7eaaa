"""Transformation by URL: ``/cdn-cgi/image/<options>/<source>``, read from the path as it travels.

The source is a path of the same host, or an http or https URL, plain or percent-encoded as a whole. It is decoded once;
the query of the request belongs to it. An adapter's name may stand before the options.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes, urlsplit

from variants.errors import BadOption, SourceMalformed, SourceNotFound

PREFIX = "/cdn-cgi/image/"
PLAIN_ADAPTER, OTHER_ADAPTERS = "flow", frozenset({"fastly", "akamai"})
ABSOLUTE = re.compile(r"(https?):/{1,2}(?=[^/])", re.IGNORECASE)
# What may stand in a URL as it is. A fragment would never be sent, so a # can only be a letter of the path.
LEGAL = "/-._~!$&'()*+,;=:@?[]%"
LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
DOTS = re.compile(r"/(\.|%2e){1,2}(/|\?|$)", re.IGNORECASE)
LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Source:
    """Where a picture comes from: ``origin`` is scheme and host, empty for the same host; ``path`` has the query."""

    origin: str
    path: str

    @property
    def url(self) -> str:
        """All of it."""
        return self.origin + self.path


def is_for(path: str) -> bool:
    """Whether a path asks for a transformation by URL."""
    return path.startswith(PREFIX)


def parse(path: str, query: str) -> tuple[str, Source]:
    """Options, raw, and source of a raw path and query. Raises ``BadOption``, ``SourceMalformed``,
    ``SourceNotFound``."""
    if not (path + query).isascii() or len(path) + len(query) > LONGEST:
        raise SourceMalformed(f"expected a percent-encoded URL of at most {LONGEST} characters")
    options, _, rest = path.removeprefix(PREFIX).partition("/")
    if options in OTHER_ADAPTERS:
        raise SourceNotFound(f"there is no adapter {options}; write the options as /cdn-cgi/image/width=80/<source>")
    if options == PLAIN_ADAPTER:
        options, _, rest = rest.partition("/")
    if "=" not in options and "%3d" not in options.lower():
        raise BadOption("options", options[:200], "at least one option, as in /cdn-cgi/image/width=80/<source>")
    return options, _source(_decoded(rest), query)


def _source(text: str, query: str) -> Source:
    if query:
        text += ("&" if "?" in text else "?") + query
    found = ABSOLUTE.match(text)
    if not found:
        return Source("", _path("/" + text.lstrip("/")))
    authority, slash, rest = text[found.end() :].partition("/")
    host, mark, more = authority.partition("?")
    return Source(f"{found[1].lower()}://{_authority(host)}", _path("/" + mark + more + (slash and rest)))


def _decoded(text: str) -> str:
    """Percent-decoding, once; what may not stand in a URL is encoded again."""
    try:
        plain = unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise SourceMalformed("expected percent-encoded UTF-8 in the source") from None
    if not plain.strip("/"):
        raise SourceMalformed("the path ends without a source; expected a path or a URL after the options")
    if any(character < " " or character in "\\\x7f" for character in plain):
        raise SourceMalformed("the source holds a backslash or control characters")
    return quote(LONE_PERCENT.sub("%25", plain), safe=LEGAL)


def _authority(text: str) -> str:
    try:
        parts = urlsplit(f"//{text}")
        wrong = not parts.hostname or parts.username is not None or parts.port == 0 or "%" in text
    except ValueError:
        wrong = True
    if wrong:
        raise SourceMalformed("expected a host name in the source, without name and password")
    return text.lower()


def _path(text: str) -> str:
    if DOTS.search(text.partition("?")[0] + "/"):
        raise SourceMalformed("the source holds . or .. as parts of its path; write where they lead")
    return text
