"""Locks: one holder on a host, and with Redis one among hosts, which tests take for folders of their own."""

import asyncio
from pathlib import Path

import pytest
import redis
from pytest_django import Settings

from variants import locks
from variants.errors import Busy

KEY = "0123456789abcdef"


async def is_free(key: str = KEY, seconds: float = 0.2) -> bool:
    try:
        async with locks.hold(key, seconds):
            return True
    except Busy:
        return False


def test_one_holder_on_a_host(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.REDIS_URL = tmp_path, ""

    async def case() -> None:
        async with locks.hold(KEY, 1):
            assert not await is_free()
            assert await is_free("f" * 16)
        assert await is_free()

    asyncio.run(case())


def test_a_holder_that_fails_frees_the_key(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.REDIS_URL = tmp_path, ""

    async def case() -> None:
        with pytest.raises(ValueError, match="x"):
            async with locks.hold(KEY, 1):
                raise ValueError("x")
        assert await is_free()

    asyncio.run(case())


def test_one_holder_among_hosts(
    settings: Settings, tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = redis_url
    monkeypatch.setattr(locks, "LEASE", 0.6)

    async def case() -> None:
        settings.DATA_DIR = tmp_path / "here"
        async with locks.hold(KEY, 1):
            settings.DATA_DIR = tmp_path / "there"
            assert not await is_free()
            assert not await is_free(seconds=1.5)  # the lease was prolonged
        assert await is_free()

    asyncio.run(case())


def test_a_lease_that_nobody_prolongs_ends(
    settings: Settings, tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL, settings.DATA_DIR = redis_url, tmp_path
    monkeypatch.setattr(locks, "LEASE", 0.3)
    with redis.Redis.from_url(redis_url) as client:
        client.set(f"tintype:render:{KEY}", "a holder that was killed", px=300)
    assert asyncio.run(is_free(seconds=5))


def test_without_redis_hosts_work_for_themselves(settings: Settings, tmp_path: Path) -> None:
    settings.REDIS_URL, settings.DATA_DIR = f"unix://{tmp_path}/nobody.sock", tmp_path
    assert asyncio.run(is_free())
