"""Instances with several server processes, embedded and with services; made once for the run, whatever the order."""

from collections.abc import Callable, Iterator

import pytest
from platform_server import Platform


@pytest.fixture(scope="session")
def embedded(platforms: Callable[..., Platform]) -> Iterator[Platform]:
    """Three server processes over SQLite."""
    instance = platforms()
    instance.start_several(3)
    yield instance
    instance.stop()


@pytest.fixture(scope="session")
def with_services(platforms: Callable[..., Platform], postgres_url: str, redis_url: str) -> Iterator[Platform]:
    """Three server processes over PostgreSQL and Redis."""
    instance = platforms(DATABASE_URL=postgres_url, REDIS_URL=redis_url)
    instance.start_several(3)
    yield instance
    instance.stop()


@pytest.fixture(params=["embedded", "with_services"])
def trio(request: pytest.FixtureRequest) -> Platform:
    """An instance with three server processes, of each kind."""
    instance: Platform = request.getfixturevalue(request.param)
    return instance
