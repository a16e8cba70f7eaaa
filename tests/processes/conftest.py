"""Instances with several server processes, embedded and with Redis."""

from collections.abc import Callable

import pytest
from platform_server import Platform


@pytest.fixture(scope="module", params=["embedded", "redis"])
def pair(request: pytest.FixtureRequest, platforms: Callable[..., Platform]) -> Platform:
    """An instance with two server processes."""
    environment = {"REDIS_URL": request.getfixturevalue("redis_url")} if request.param == "redis" else {}
    instance = platforms(**environment)
    instance.start_several(2)
    return instance
