"""The headers of delivery's answers, in the order in which they must be sent."""

import re
from collections.abc import Iterable

from variants.cache import Told
from variants.order import Order

Headers = tuple[tuple[str, str], ...]

PRIVATE_TTL, DEGRADED_TTL = 3600, 60
STALE_WHILE_REVALIDATE = 7200
# How long our own proxy may answer without asking. It obeys this header only where it stands before Cache-Control.
EDGE_TTL = 10

ALWAYS: Headers = (
    (
        "content-security-policy",
        "default-src 'none'; navigate-to 'none'; form-action 'none'; img-src data:; style-src 'unsafe-inline';",
    ),
    ("x-content-type-options", "nosniff"),
    ("access-control-allow-origin", "*"),
    ("cross-origin-resource-policy", "cross-origin"),
    ("timing-allow-origin", "*"),  # pages may ask the browser how many bytes a picture took
)
PREFLIGHT: Headers = (
    ("allow", "GET, HEAD, OPTIONS"),
    ("access-control-allow-origin", "*"),
    ("access-control-allow-methods", "GET, HEAD, OPTIONS"),
    ("access-control-allow-headers", "*"),
    ("access-control-max-age", "86400"),
    ("content-length", "0"),
)

_UNSAFE = re.compile(r"[^ !#-\[\]-~]")


def of_picture(order: Order, remaining: int | None, size: int, hit: bool, told: Told | None = None) -> Headers:
    """With a body of ``size`` bytes. ``remaining`` is None for the public, else the seconds the URL still opens.

    ``told`` is what trials came to; ``q`` then says the quality.
    """
    quality = f" q={told.quality}" if told and told.quality else ""
    return (
        ("content-type", told.mime if told else order.target.mime),
        ("content-length", str(size)),
        *of_validity(order, remaining),
        *ALWAYS,
        ("cf-resized", f"internal=ok/{'-' if hit else 'm'}{quality} l={size}"),
        ("cf-cache-status", "HIT" if hit else "MISS"),
        *_warnings((*order.warnings, *(told.warnings if told else ()))),
    )


def of_unchanged(order: Order, remaining: int | None) -> Headers:
    """Of a 304."""
    return (*of_validity(order, remaining), *ALWAYS, ("cf-resized", "internal=ok/-"))


def of_validity(order: Order, remaining: int | None) -> Headers:
    """How long the answer holds, for whom, and how to ask again."""
    vary: Headers = (("vary", "accept"),) if order.target.negotiated else ()
    return (*_lifetime(order, remaining), ("etag", order.etag), *vary)


def of_refusal(status: int, code: int, size: int) -> Headers:
    """Of an answer that is no picture."""
    retry: Headers = (("retry-after", "2"),) if status == 503 else ()
    allow: Headers = (("allow", "GET, HEAD, OPTIONS"),) if status == 405 else ()
    return (
        ("content-type", "text/plain; charset=utf-8"),
        ("content-length", str(size)),
        ("x-accel-expires", "0"),
        ("cache-control", "no-store"),
        ("cf-resized", f"err={code}"),
        *ALWAYS,
        *retry,
        *allow,
    )


def _lifetime(order: Order, remaining: int | None) -> Headers:
    if remaining is not None:
        seconds = min(remaining, DEGRADED_TTL if order.degraded else PRIVATE_TTL)
        return (("x-accel-expires", "0"), ("cache-control", f"private, max-age={seconds}"))
    if order.degraded:
        return (("x-accel-expires", "0"), ("cache-control", f"public, max-age={DEGRADED_TTL}"))
    lifetime = f"public, max-age={order.browser_ttl}, stale-while-revalidate={STALE_WHILE_REVALIDATE}"
    return (("x-accel-expires", str(EDGE_TTL)), ("cache-control", lifetime))


def _warnings(texts: Iterable[str]) -> Headers:
    """One header for all notes. They may repeat what a visitor wrote, so only harmless characters are let through."""
    notes = [f'cf-images 299 "{_UNSAFE.sub("?", text)[:200]}"' for text in texts]
    return (("warning", ", ".join(notes[:8])),) if notes else ()
