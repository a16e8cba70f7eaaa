"""The addresses of the processes that look at pictures."""

from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured

SCHEMES = ("unix:/", "http://", "https://")


def replicas_from(texts: Sequence[str]) -> list[str]:
    """``unix:/path/of/a.sock`` or ``http://host:port``, as they are; raises ``ImproperlyConfigured`` for another."""
    for text in texts:
        if not text.startswith(SCHEMES):
            raise ImproperlyConfigured(f"INFERENCE_URLS: expected unix:/path, http://… or https://…, got {text!r}")
    return [text.rstrip("/") for text in texts]


def over_network(urls: Sequence[str]) -> bool:
    """Whether one of ``urls`` is reached over a network, where anybody might ask."""
    return any(not url.startswith("unix:") for url in urls)
