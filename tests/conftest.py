"""The people and places that tests share: an owner, a reader, a stranger; storage in a temporary directory."""

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import postgres_service
import pytest
import redis_service
import swift_service
from people import files, owner, reader, stranger
from platform_server import platform, platforms
from presence import require

from images.s3 import Bucket

SHARED = Path(__file__).resolve().parents[2] / "shared"
__all__ = ["files", "owner", "platform", "platforms", "reader", "stranger"]

# `make nightly` looks longer for a case that breaks a parser.
hypothesis.settings.register_profile("nightly", max_examples=5000, deadline=None)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared photos, corpus and tables that lies beside the checkout."""
    require(SHARED.is_dir(), f"the folder {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bucket]:
    """A bucket on a real S3 server, OpenStack Swift in a process of its own."""
    folder = tmp_path_factory.mktemp("swift")
    require(importlib.util.find_spec("swift"), "OpenStack Swift (a development dependency)")
    require(swift_service.takes_attributes(folder), "a file system with extended attributes below the temporary folder")
    with swift_service.running(folder) as bucket:
        yield bucket


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A DATABASE_URL of a PostgreSQL server of the tests' own."""
    require(postgres_service.programs(), "PostgreSQL (Debian: postgresql)")
    with postgres_service.running() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A REDIS_URL of a Redis server of the tests' own."""
    require(redis_service.program(), "Redis (Debian: redis-server)")
    with redis_service.running() as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> str:
    """The program of the browser."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    require(program, "Chromium (Debian: chromium)")
    return str(program)
