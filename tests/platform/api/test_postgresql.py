"""The same tests once more over PostgreSQL: filters, cursors, locks and texts mean the same there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
FILES = ["tests/platform/api", "tests/images/test_upload.py", "tests/variants/test_indexes.py"]


@pytest.mark.slow
@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="this run has a database of its own already")
def test_models_over_postgresql(postgres_url: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", "--create-db", *FILES]
    environment = os.environ | {"DATABASE_URL": postgres_url}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
