"""A part of ``make corpus``: some files of every kind, in and out of a real server; all with ``WHOLE_CORPUS=1``."""

import os
from pathlib import Path

import corpus_run
import pytest
from platform_server import Platform

EVERY = 1 if os.environ.get("WHOLE_CORPUS") == "1" else 9


@pytest.mark.slow
def test_files_of_the_corpus(platform: Platform, shared: Path) -> None:
    counts, deviations = corpus_run.run(corpus_run.credentials_of(platform.facts, platform.servers[0].url), EVERY)
    assert deviations == []
    assert counts["bad: refused"] > 20
    assert {f"good: accepted and rendered, {form}" for form in ("jpeg", "png", "webp", "gif", "avif", "svg")} <= set(
        counts
    )
