"""The addresses of the processes that look at pictures."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def replicas_from(texts: Sequence[str]) -> list[str]:
    """``unix:/path/of/a.sock`` or ``http://host:port``, as they are; raises ``ImproperlyConfigured`` for another."""
    urls = [text.rstrip("/") for text in texts]
    for url in urls:
        if not (url.startswith("unix:/") or _is_http(url)):
            raise ImproperlyConfigured(f"INFERENCE_URLS: expected unix:/path or http://host:port, got {url!r}")
    return urls


def over_network(urls: Sequence[str]) -> bool:
    """Whether one of ``urls`` is reached over a network, where anybody might ask."""
    return any(not url.startswith("unix:") for url in urls)


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "http" and bool(parts.hostname) and not parts.path and parts.port != 0
    except ValueError:  # the port is no number
        return False
