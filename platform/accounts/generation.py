"""One number that moves whenever something changes that delivery keeps in memory.

Every process remembers facts (accounts, images, variants, keys, domains) together with the number under which it read
them, and reads again what is older than the number of now. So a change that was acknowledged is seen by the next
request of every process. Embedded, the number is a row of the database that counts; with Redis it is a key there that
holds a random number, which is never the same again, even when Redis has lost what it knew.
"""

import functools
import secrets

import redis
from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts.models import Generation

REDIS_KEY = "tintype:generation"


@functools.cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL)


def bump() -> None:
    """Say that facts changed. Call it inside the transaction of the change, as its last statement."""
    if settings.REDIS_URL:
        transaction.on_commit(_bump_redis)
        return
    if not Generation.objects.filter(id=1).update(number=F("number") + 1):
        Generation.objects.create(id=1, number=1)


def _bump_redis() -> None:
    _redis().set(REDIS_KEY, secrets.randbits(62))


def current() -> int:
    """The number of now."""
    if settings.REDIS_URL:
        return int(_redis().get(REDIS_KEY) or 0)
    return Generation.objects.filter(id=1).values_list("number", flat=True).first() or 0
