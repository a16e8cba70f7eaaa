"""One holder of a key: on this host through ``flock``, across hosts through Redis where there is one.

A holder that is killed frees the key: the kernel drops its ``flock`` at once, Redis forgets it after ``LEASE`` seconds.
"""

import asyncio
import contextlib
import fcntl
import logging
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable

import redis.asyncio
from django.conf import settings
from redis.exceptions import RedisError

from variants.errors import Busy

# Keys share this many lock files of a floor, so that they need not be removed. Two keys meet in one file now and then
# and wait for each other a little. Who holds one takes others on deeper floors only, so nobody waits for ever.
FILES = 4096
FIRST_PAUSE, LONGEST_PAUSE = 0.004, 0.1
LEASE = 4.0
# Only its owner may end or prolong a lease.
END = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end"
PROLONG = (
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) else return 0 end"
)

log = logging.getLogger(__name__)


@contextlib.asynccontextmanager
async def hold(key: str, seconds: float, floor: str = "") -> AsyncIterator[None]:
    """Hold ``key`` (hexadecimal) against everybody else. Raises ``Busy`` when it is not free within ``seconds``.

    ``floor`` names the lock files of a kind of work that is done while another kind is waited for.
    """
    async with contextlib.AsyncExitStack() as stack:
        try:
            async with asyncio.timeout(seconds):
                await stack.enter_async_context(_on_host(key, floor))
                if settings.REDIS_URL:
                    await stack.enter_async_context(_across_hosts(key))
        except TimeoutError:
            raise Busy("this picture is being made elsewhere for too long; try again") from None
        yield


@contextlib.asynccontextmanager
async def _on_host(key: str, floor: str) -> AsyncIterator[None]:
    file = os.open(_folder(floor) + f"/{int(key[:8], 16) % FILES:03x}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        await _until(lambda: _try_flock(file))
        yield
    finally:
        os.close(file)


async def _try_flock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.asynccontextmanager
async def _across_hosts(key: str) -> AsyncIterator[None]:
    """A lease in Redis. Without Redis, hosts may do the same work twice, which costs time but is not wrong."""
    client = redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
    name, owner = f"tintype:render:{key}", secrets.token_hex(16)
    async with client:
        with contextlib.suppress(RedisError, OSError):
            await _until(lambda: _try_lease(client, name, owner))
        renewal = asyncio.get_running_loop().create_task(_prolong(client, name, owner))
        try:
            yield
        finally:
            renewal.cancel()
            with contextlib.suppress(RedisError, OSError):
                await client.eval(END, 1, name, owner)


async def _try_lease(client: redis.asyncio.Redis, name: str, owner: str) -> bool:
    return bool(await client.set(name, owner, nx=True, px=int(LEASE * 1000)))


async def _prolong(client: redis.asyncio.Redis, name: str, owner: str) -> None:
    while True:
        await asyncio.sleep(LEASE / 3)
        with contextlib.suppress(RedisError, OSError):
            await client.eval(PROLONG, 1, name, owner, str(int(LEASE * 1000)))


async def _until(attempt: Callable[[], Awaitable[bool]]) -> None:
    pause = FIRST_PAUSE
    while not await attempt():
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE)


def _folder(floor: str) -> str:
    path = settings.DATA_DIR / "locks" / floor
    path.mkdir(parents=True, exist_ok=True)
    return str(path)
