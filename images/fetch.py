"""A picture by its URL: fetched within limits, from public addresses only, into a file."""

import base64
import re
import ssl
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpcore
import httpx
from django.conf import settings

from images.addresses import PublicNetwork
from images.errors import (
    FetchBroken,
    FetchMalformed,
    FetchNotPublic,
    FetchTimedOut,
    FetchUnreachable,
    FileTooLarge,
    OriginAnswered,
    RedirectRefused,
    TooManyRedirects,
)

MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
LONGEST_URL = 4096
STEP_SECONDS = 10.0
AUTHORITY = re.compile(r"[^:]*://[^/?#]*")
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Terms:
    """How something is fetched: the largest body, the seconds for all of it, further headers.

    ``credentials``: a name and password in the URL go to its host. ``own``: may be what this platform delivers.
    """

    most_bytes: int
    seconds: float
    headers: tuple[tuple[bytes, bytes], ...] = ()
    credentials: bool = False
    own: bool = False


@dataclass(frozen=True)
class Answered:
    """What came: status 200 with a body in the file, or 304. ``headers`` have lower-case names."""

    status: int
    headers: dict[str, str]


@contextmanager
def fetched(url: str) -> Iterator[Path]:
    """The bytes behind ``url``, which is to be uploaded, in a file that is gone after the block.

    http and https, with ``user:password@`` for basic authentication. Raises the faults of ``get``.
    """
    terms = Terms(settings.MAX_UPLOAD_BYTES, settings.FETCH_SECONDS, credentials=True)
    with tempfile.NamedTemporaryFile(prefix="fetch-") as file:
        get(url, file, terms)
        yield Path(file.name)


def get(url: str, file: IO[bytes], terms: Terms) -> Answered:
    """Write what is behind ``url`` into ``file``. Every hop of a redirect is checked anew.

    304 is an answer where ``terms`` hold a condition. Raises a ``FetchRefused`` that says what is wrong, and
    ``FileTooLarge``.
    """
    try:
        answered = _follow(_parsed(url, terms), file, terms)
    except httpcore.TimeoutException as error:
        raise FetchTimedOut(f"url: could not be fetched ({_named(error)}); try again") from None
    except (httpcore.NetworkError, ssl.SSLError) as error:
        raise FetchUnreachable(f"url: could not be fetched ({_named(error)}); check it") from None
    except httpcore.ProtocolError as error:
        raise FetchBroken(f"url: could not be fetched ({_named(error)}); check it") from None
    file.flush()
    return answered


def filename_of(url: str) -> str:
    """The last segment of the path, as it is written; of a URL that :func:`fetched` took."""
    rest = AUTHORITY.sub("", url.strip())
    return re.split(r"[?#]", rest)[0].rpartition("/")[2]


def _named(error: Exception) -> str:
    return str(error) or type(error).__name__


def _follow(url: httpx.URL, file: IO[bytes], terms: Terms) -> Answered:
    network = PublicNetwork(time.monotonic() + terms.seconds)
    context = httpx.create_ssl_context(trust_env=False)
    with httpcore.ConnectionPool(ssl_context=context, network_backend=network) as pool:
        for hop in range(MOST_REDIRECTS + 1):
            try:
                answered = _hop(pool, url, file, terms)
            except FetchNotPublic as fault:
                raise RedirectRefused(str(fault)) if hop else fault from None
            if isinstance(answered, Answered):
                return answered
            url = answered
    raise TooManyRedirects(f"url: more than {MOST_REDIRECTS} redirects; give the last address")


def _hop(pool: httpcore.ConnectionPool, url: httpx.URL, file: IO[bytes], terms: Terms) -> httpx.URL | Answered:
    """One request: the next URL, or the answer when the bytes are in ``file``."""
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), min(STEP_SECONDS, terms.seconds))
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    with pool.stream("GET", target, headers=_headers(url, terms), extensions={"timeout": timeouts}) as response:
        headers = _joined(response.headers)
        if response.status in REDIRECTS:
            return _next(url, headers.get("location", ""), terms)
        if response.status == 200:
            if headers.get("content-encoding", "identity").lower() not in {"", "identity"}:
                raise FetchBroken("url: the server sent compressed bytes unasked; upload the file itself")
            _copy(response, headers.get("content-length", ""), file, terms.most_bytes)
        elif response.status != 304 or not terms.headers:
            raise OriginAnswered(response.status)
        return Answered(response.status, headers)


def _headers(url: httpx.URL, terms: Terms) -> Headers:
    headers = [(b"Host", url.netloc), (b"Accept", b"image/*,*/*;q=0.1"), (b"Accept-Encoding", b"identity")]
    headers += [(b"User-Agent", b"Tintype"), (b"Connection", b"close"), *terms.headers]
    if url.userinfo and terms.credentials:
        pair = f"{url.username}:{url.password}".encode()
        headers.append((b"Authorization", b"Basic " + base64.b64encode(pair)))
    return headers


def _joined(headers: Headers) -> dict[str, str]:
    """Headers by lower-case name; what came several times is joined by commas."""
    found: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _copy(response: httpcore.Response, length: str, file: IO[bytes], most: int) -> None:
    if length.isdigit() and len(length) < 20:
        _refuse_large(int(length), most)
    size = 0
    for part in response.iter_stream():
        size += len(part)
        _refuse_large(size, most)
        file.write(part)


def _refuse_large(size: int, most: int) -> None:
    if size > most:
        raise FileTooLarge(f"The file behind the URL has more than {most} bytes; send a smaller one")


def _next(url: httpx.URL, location: str, terms: Terms) -> httpx.URL:
    """Where a redirect leads; a name and password stay with the host that they were given for."""
    try:
        following = url.join(location)
        same = (following.scheme, following.netloc) == (url.scheme, url.netloc)
        if same and not following.userinfo:
            following = following.copy_with(userinfo=url.userinfo)
        return _checked(following, terms)
    except (httpx.InvalidURL, UnicodeError):
        raise RedirectRefused("url: redirects to something that is no URL") from None
    except FetchMalformed as fault:
        raise RedirectRefused(str(fault)) from None


def _parsed(text: str, terms: Terms) -> httpx.URL:
    try:
        if len(text) > LONGEST_URL:
            raise httpx.InvalidURL("too long")
        return _checked(httpx.URL(text.strip()), terms)
    except (httpx.InvalidURL, UnicodeError):
        raise FetchMalformed(f"url: expected an http or https URL of at most {LONGEST_URL} characters") from None


def _checked(url: httpx.URL, terms: Terms) -> httpx.URL:
    if url.scheme not in {"http", "https"} or not url.host:
        raise FetchMalformed("url: expected an address that begins with http:// or https://")
    if not terms.own and url.netloc == httpx.URL(settings.DELIVERY_URL).netloc:
        raise FetchMalformed("url: images that are delivered from here are stored here already; upload the original")
    return url
