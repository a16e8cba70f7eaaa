"""What a test needs and may not find on this machine."""

import os

import pytest

CI = os.environ.get("CI") == "true"


def require(present: object, what: str) -> None:
    """Skip where ``what`` is absent; fail where everything must be there (``CI=true``)."""
    if present:
        return
    if CI:
        pytest.fail(f"{what} is absent, but CI=true asks for it")
    pytest.skip(f"{what} is absent on this machine")
