"""The headers of delivery's answers, in the order in which they must be sent."""

import re
import time

from variants import lifetime
from variants.cache import Told
from variants.hints import NOTHING
from variants.order import Order
from variants.serving import PLAIN, disposition

Headers = tuple[tuple[str, str], ...]

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
SANDBOXED: Headers = (
    ("content-security-policy", "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox"),
    *ALWAYS[1:],
)
VARY_ACCEPT: Headers = (("vary", "accept"),)
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
    mime = told.mime if told else order.target.mime
    return (
        ("content-type", mime),
        ("content-length", str(size)),
        *of_validity(order, remaining),
        *_handed_over(order, mime),
        ("cf-resized", f"internal=ok/{'-' if hit else 'm'}{quality} l={size}"),
        ("cf-cache-status", "HIT" if hit else "MISS"),
        *_warnings((*order.warnings, *told.warnings) if told else order.warnings),
    )


def of_unchanged(order: Order, remaining: int | None) -> Headers:
    """Of a 304."""
    return (*of_validity(order, remaining), *ALWAYS, ("cf-resized", "internal=ok/-"))


def of_validity(order: Order, remaining: int | None) -> Headers:
    """How long the answer holds, for whom, and how to ask again."""
    return (*lifetime.of(order, remaining, time.time()), ("etag", order.etag), *_varying(order))


def _varying(order: Order) -> Headers:
    """Which headers of browsers the answer depends on, and which they are asked to send."""
    if order.seen is NOTHING:
        return VARY_ACCEPT if order.target.negotiated else ()
    names = (*(("accept",) if order.target.negotiated else ()), *order.seen.vary)
    asked: Headers = (("accept-ch", ", ".join(order.seen.accept_ch)),) if order.seen.accept_ch else ()
    return (("vary", ", ".join(names)), *asked)


def of_redirect(location: str, code: int) -> Headers:
    """Of an answer that sends browsers elsewhere, because of the fault ``code``."""
    return (
        ("location", location),
        ("content-length", "0"),
        ("x-accel-expires", "0"),
        ("cache-control", "no-store"),
        ("cf-resized", f"err={code}"),
        *ALWAYS,
    )


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


def _handed_over(order: Order, mime: str) -> Headers:
    """Under which name; bytes that were not looked into run nothing and are saved rather than shown."""
    if order.serving is PLAIN:
        return ALWAYS
    named = disposition(order.serving, mime)
    name: Headers = (("content-disposition", named),) if named else ()
    return (*(SANDBOXED if order.serving.raw else ALWAYS), *name)


def _warnings(texts: tuple[str, ...]) -> Headers:
    """One header for all notes. They may repeat what a visitor wrote, so only harmless characters are let through."""
    if not texts:
        return ()
    notes = [f'cf-images 299 "{_UNSAFE.sub("?", text)[:200]}"' for text in texts]
    return (("warning", ", ".join(notes[:8])),)
