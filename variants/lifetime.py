"""How long an answer holds: for browsers, and for our own proxy."""

from variants.facts import OriginFacts
from variants.order import Order

PRIVATE_TTL, DEGRADED_TTL = 3600, 60
STALE_WHILE_REVALIDATE = 7200
# How long our own proxy may answer without asking. It obeys its header only where it stands before Cache-Control.
EDGE_TTL = 10
Headers = tuple[tuple[str, str], ...]


def of(order: Order, remaining: int | None, now: float) -> Headers:
    """The headers for ``order`` at ``now`` (Unix time); ``remaining`` is None for the public, else the seconds for
    which the URL still opens."""
    expires = order.serving.expires
    left = None if expires is None else max(int(expires - now), 0)
    if remaining is not None:
        longest = DEGRADED_TTL if order.degraded else PRIVATE_TTL
        return _written(0, f"private, max-age={_least(remaining, left, longest)}")
    if order.degraded:
        return _written(0, f"public, max-age={_least(DEGRADED_TTL, left)}")
    # The proxy's key does not hold what a browser told of itself.
    edge = 0 if order.seen.vary else _least(EDGE_TTL, left)
    if order.image.origin:
        return _of_remote(order.image.origin, edge, left, now)
    if left is not None and left < order.browser_ttl:
        return _written(edge, f"public, max-age={left}")
    return _written(edge, f"public, max-age={order.browser_ttl}, stale-while-revalidate={STALE_WHILE_REVALIDATE}")


def _of_remote(origin: OriginFacts, edge: int, left: int | None, now: float) -> Headers:
    """As the other server has it: browsers subtract the age."""
    if not origin.kept:
        return _written(0, "no-store")
    age = max(int(now - origin.fetched), 0)
    fresh = max(origin.seconds - age, 0)
    if origin.insists:
        return _written(_least(edge, fresh), f"public, max-age={_least(fresh, left)}, must-revalidate")
    if left is not None and left < fresh:
        return _written(edge, f"public, max-age={left}")
    return (*_written(edge, f"public, max-age={origin.seconds}"), ("age", str(min(age, origin.seconds))))


def _written(edge: int, text: str) -> Headers:
    return (("x-accel-expires", str(edge)), ("cache-control", text))


def _least(*seconds: int | None) -> int:
    return min(number for number in seconds if number is not None)
