"""A real worker with its clock, on both brokers: discarded bytes go, and a killed worker loses nothing."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from platform_server import ROOT, Platform
from serve_command import wait_until

PREFIXES, FILES = 200, 30
LONG_AGO = "2020-01-01 00:00:00"

pytestmark = pytest.mark.slow


@pytest.fixture(params=["files", "redis"])
def instance(request: pytest.FixtureRequest, platforms: Callable[..., Platform]) -> Platform:
    """An instance whose clock ticks every second, with its broker in files or in Redis."""
    redis = {"REDIS_URL": request.getfixturevalue("redis_url")} if request.param == "redis" else {}
    return platforms(SWEEP_SECONDS="1", **redis)


@contextmanager
def worker(instance: Platform) -> Iterator[subprocess.Popen[bytes]]:
    """A worker with beat; it and its children end with the block."""
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "config",
        "-q",
        "worker",
        "-B",
        "--concurrency",
        "2",
        "--loglevel",
        "INFO",
    ]
    with (instance.directory / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=instance.environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """kill -9 of the worker, its pool and its clock."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def discard(instance: Platform, prefix: str, files: int) -> Path:
    """Bytes below ``prefix`` and the row that says nobody needs them; the folder."""
    folder = instance.directory / "storage" / prefix
    folder.mkdir(parents=True)
    for number in range(files):
        (folder / f"{number:03}").write_bytes(b"bytes")
    values = f"('{prefix}', '{LONG_AGO}', 0)"
    sql(instance, f"INSERT INTO images_discarded (prefix, next_attempt_at, attempts) VALUES {values}")
    return folder


def sql(instance: Platform, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(instance.directory / "tintype.sqlite3", timeout=30, isolation_level=None)) as database:
        return database.execute(statement).fetchall()


def said(instance: Platform) -> str:
    return (instance.directory / "worker.log").read_text(errors="replace")[-4000:]


def test_discarded_bytes_go(instance: Platform) -> None:
    folder = discard(instance, "originals/account/image", 3)
    with worker(instance):
        wait_until(lambda: not folder.exists(), "the end of discarded bytes", lambda: said(instance))
        wait_until(lambda: not sql(instance, "SELECT 1 FROM images_discarded"), "the end of the row")


def test_a_worker_that_is_killed_at_work_loses_nothing(instance: Platform) -> None:
    folders = [discard(instance, f"originals/account/image-{number:03}", FILES) for number in range(PREFIXES)]
    with worker(instance) as first:
        wait_until(lambda: any(not folder.exists() for folder in folders), "the first sweep", lambda: said(instance))
        kill(first)
    assert sql(instance, "SELECT 1 FROM images_discarded"), "it was too quick for this test"
    # What was under way is tried again after a pause; here that time has passed.
    sql(instance, f"UPDATE images_discarded SET next_attempt_at = '{LONG_AGO}'")
    with worker(instance):
        wait_until(
            lambda: not any(folder.exists() for folder in folders), "the end of all bytes", lambda: said(instance)
        )
        wait_until(lambda: not sql(instance, "SELECT 1 FROM images_discarded"), "the end of all rows")
