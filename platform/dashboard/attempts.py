"""How often somebody may try to sign in: counted per address and email, for a while."""

import hashlib

from django.core.cache import cache
from django.http import HttpRequest

LIMIT = 10
WINDOW_SECONDS = 900


def _key(request: HttpRequest, email: str) -> str:
    text = f"{request.META.get('REMOTE_ADDR', '')} {email.strip().lower()}"
    return "sign-in:" + hashlib.sha256(text.encode()).hexdigest()


def too_many(request: HttpRequest, email: str) -> bool:
    """Count one attempt; true when it is one too many."""
    key = _key(request, email)
    cache.add(key, 0, WINDOW_SECONDS)
    try:
        return cache.incr(key) > LIMIT
    except ValueError:  # ran out between the two calls
        return False


def forget(request: HttpRequest, email: str) -> None:
    """Start anew after a successful sign-in."""
    cache.delete(_key(request, email))
