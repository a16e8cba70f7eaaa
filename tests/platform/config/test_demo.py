"""``make demo`` on an empty instance: pictures that can be seen, and a second run that changes nothing."""

from collections.abc import Callable

import pytest
from platform_server import Platform

pytestmark = pytest.mark.slow


def test_an_empty_instance_is_filled_once(platforms: Callable[..., Platform]) -> None:
    instance = platforms()
    said = instance.manage("demo").splitlines()
    drawn = [line.split()[1] for line in said if line.startswith("drawn")]
    assert len(drawn) >= 12
    again = instance.manage("demo").splitlines()
    assert [line.split() for line in again] == [["kept", name] for name in drawn]
    server, base = instance.start(), f"/{instance.facts['account_hash']}"
    for name in drawn:
        status = server.get(f"{base}/{name}/thumbnail").status
        assert status == (403 if name == "demo/private" else 200)


def test_without_an_account_it_says_what_to_do(platforms: Callable[..., Platform]) -> None:
    instance = platforms()
    with pytest.raises(AssertionError, match="Start the platform once"):
        instance.manage("demo", "--account", "0" * 32)
