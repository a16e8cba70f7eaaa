"""The addresses of the processes that look at pictures."""

from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured

from inference.connection import Address


def replicas_from(texts: Sequence[str]) -> list[str]:
    """The texts, when each is ``unix:PATH`` or ``http(s)://HOST:PORT``; raises ``ImproperlyConfigured`` else."""
    for text in texts:
        try:
            Address.of(text)
        except ValueError as fault:
            raise ImproperlyConfigured(f"INFERENCE_URLS: {fault}") from None
    return list(texts)


def over_network(urls: Sequence[str]) -> bool:
    """Whether one of ``urls`` is reached over a network, where anybody might ask."""
    return any(not url.startswith("unix:") for url in urls)
