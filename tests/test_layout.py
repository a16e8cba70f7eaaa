"""The shape of the repository: what must not exist, what must lie where, how large a file may grow."""

import platform
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LONGEST_FILE = 400
UNDER_PLATFORM = {"accounts", "api", "config", "dashboard", "widget"}
AT_THE_TOP = {"images", "inference", "variants"}
VAGUE = {"base", "common", "core", "helpers", "managers", "misc", "utils"}


def tracked(*patterns: str) -> list[Path]:
    """The files of the repository that match; of the tree where git is absent."""
    run = subprocess.run(["git", "ls-files", "--", *patterns], cwd=ROOT, capture_output=True, text=True, timeout=60)
    return [path for name in run.stdout.splitlines() if (path := ROOT / name).is_file()]


def test_platform_is_a_folder_and_no_package() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()
    assert platform.python_version()


def test_every_package_has_its_place() -> None:
    packages = {path.parent.relative_to(ROOT).as_posix() for path in ROOT.glob("*/__init__.py")}
    assert packages == AT_THE_TOP
    assert {path.parent.name for path in (ROOT / "platform").glob("*/__init__.py")} == UNDER_PLATFORM


def test_tests_are_no_packages() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_files_stay_small() -> None:
    long = {
        str(path): count for path in tracked("*.py") if (count := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert not long


@pytest.mark.parametrize("folder", sorted(AT_THE_TOP | {"platform"}))
def test_modules_are_named_by_their_subject(folder: str) -> None:
    modules = {path.stem for path in (ROOT / folder).rglob("*.py")}
    assert not modules & VAGUE


def test_lock_files_name_no_host() -> None:
    for path in (ROOT / "requirements").iterdir():
        assert "://" not in path.read_text()


def test_tools_are_there() -> None:
    for name in ("Makefile", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docker-compose.yml", ".ci/run"):
        assert (ROOT / name).is_file(), name
