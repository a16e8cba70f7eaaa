"""A picture by its URL: fetched within limits, from public addresses only, into a temporary file."""

import base64
import re
import ssl
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpcore
import httpx
from django.conf import settings

from images.addresses import PublicNetwork
from images.errors import FetchRefused, FileTooLarge

MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
LONGEST_URL = 4096
STEP_SECONDS = 10.0
AUTHORITY = re.compile(r"[^:]*://[^/?#]*")
Headers = list[tuple[bytes, bytes]]


@contextmanager
def fetched(url: str) -> Iterator[Path]:
    """The bytes behind ``url`` in a file that is gone after the block.

    http and https, with ``user:password@`` for basic authentication. Every hop of a redirect is checked anew. Raises
    ``FetchRefused`` and ``FileTooLarge``.
    """
    deadline = time.monotonic() + settings.FETCH_SECONDS
    with tempfile.NamedTemporaryFile(prefix="fetch-") as file:
        try:
            _follow(_parsed(url), file, deadline)
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, ssl.SSLError) as error:
            raise FetchRefused(f"url: could not be fetched ({error or type(error).__name__}); check it") from None
        file.flush()
        yield Path(file.name)


def filename_of(url: str) -> str:
    """The last segment of the path, as it is written; of a URL that :func:`fetched` took."""
    rest = AUTHORITY.sub("", url.strip())
    return re.split(r"[?#]", rest)[0].rpartition("/")[2]


def _follow(url: httpx.URL, file: IO[bytes], deadline: float) -> None:
    network = PublicNetwork(deadline)
    context = httpx.create_ssl_context(trust_env=False)
    with httpcore.ConnectionPool(ssl_context=context, network_backend=network) as pool:
        for _ in range(MOST_REDIRECTS + 1):
            following = _hop(pool, url, file)
            if following is None:
                return
            url = following
    raise FetchRefused(f"url: more than {MOST_REDIRECTS} redirects; give the last address")


def _hop(pool: httpcore.ConnectionPool, url: httpx.URL, file: IO[bytes]) -> httpx.URL | None:
    """One request: the next URL, or None when the bytes are in ``file``."""
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), STEP_SECONDS)
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    with pool.stream("GET", target, headers=_headers(url), extensions={"timeout": timeouts}) as response:
        if response.status in REDIRECTS:
            return _next(url, _header(response.headers, b"location"))
        if response.status != 200:
            raise FetchRefused(f"url: the server answered {response.status}; check the address")
        if _header(response.headers, b"content-encoding").lower() not in {"", "identity"}:
            raise FetchRefused("url: the server sent compressed bytes unasked; upload the file itself")
        _copy(response, file)
    return None


def _headers(url: httpx.URL) -> Headers:
    headers = [(b"Host", url.netloc), (b"Accept", b"image/*,*/*;q=0.1"), (b"Accept-Encoding", b"identity")]
    headers += [(b"User-Agent", b"Tintype"), (b"Connection", b"close")]
    if url.userinfo:
        pair = f"{url.username}:{url.password}".encode()
        headers.append((b"Authorization", b"Basic " + base64.b64encode(pair)))
    return headers


def _copy(response: httpcore.Response, file: IO[bytes]) -> None:
    length = _header(response.headers, b"content-length")
    if length.isdigit() and len(length) < 20:
        _refuse_large(int(length))
    size = 0
    for part in response.iter_stream():
        size += len(part)
        _refuse_large(size)
        file.write(part)


def _refuse_large(size: int) -> None:
    if size > settings.MAX_UPLOAD_BYTES:
        raise FileTooLarge(
            f"The file behind the URL has more than {settings.MAX_UPLOAD_BYTES} bytes; send a smaller one"
        )


def _header(headers: Headers, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in headers if key.lower() == name), "")


def _next(url: httpx.URL, location: str) -> httpx.URL:
    """Where a redirect leads; a name and password stay with the host that they were given for."""
    try:
        following = url.join(location)
    except httpx.InvalidURL:
        raise FetchRefused("url: redirects to something that is no URL") from None
    same = (following.scheme, following.netloc) == (url.scheme, url.netloc)
    if same and not following.userinfo:
        following = following.copy_with(userinfo=url.userinfo)
    return _checked(following)


def _parsed(text: str) -> httpx.URL:
    try:
        if len(text) > LONGEST_URL:
            raise httpx.InvalidURL("too long")
        return _checked(httpx.URL(text.strip()))
    except (httpx.InvalidURL, UnicodeError):
        raise FetchRefused(f"url: expected an http or https URL of at most {LONGEST_URL} characters") from None


def _checked(url: httpx.URL) -> httpx.URL:
    if url.scheme not in {"http", "https"} or not url.host:
        raise FetchRefused("url: expected an address that begins with http:// or https://")
    if url.netloc == httpx.URL(settings.DELIVERY_URL).netloc:
        raise FetchRefused("url: images that are delivered from here are stored here already; upload the original")
    return url
