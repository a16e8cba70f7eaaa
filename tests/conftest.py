"""The people and places that tests share: an owner, a reader, a stranger; storage in a temporary directory."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
CI = os.environ.get("CI") == "true"


def require(present: object, what: str) -> None:
    """Skip where ``what`` is absent; fail where everything must be there (``CI=true``)."""
    if present:
        return
    if CI:
        pytest.fail(f"{what} is absent, but CI=true asks for it")
    pytest.skip(f"{what} is absent on this machine")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared photos, corpus and tables that lies beside the checkout."""
    require(SHARED.is_dir(), f"the folder {SHARED}")
    return SHARED
