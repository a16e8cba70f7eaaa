"""Instances with several server processes, embedded and with Redis; made once for the run, whatever the order."""

from collections.abc import Callable

import pytest
from platform_server import Platform


@pytest.fixture(scope="session")
def embedded(platforms: Callable[..., Platform]) -> Platform:
    """Three server processes over SQLite."""
    instance = platforms()
    instance.start_several(3)
    return instance


@pytest.fixture(scope="session")
def with_redis(platforms: Callable[..., Platform], redis_url: str) -> Platform:
    """Three server processes over SQLite and Redis."""
    instance = platforms(REDIS_URL=redis_url)
    instance.start_several(3)
    return instance


@pytest.fixture(params=["embedded", "with_redis"])
def trio(request: pytest.FixtureRequest) -> Platform:
    """An instance with three server processes, of each kind."""
    instance: Platform = request.getfixturevalue(request.param)
    return instance
