"""The documentation says what is there: its examples run, and nothing is left out."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[1] / "docs"
KEY = "Oix0bbNaT8Rge9PuyxUBrjI6zrgnsyJ5="
URL = "https://img.example/cheeW4oKsx5ljh8e8BoL2A/bc27a117-9509-446b-8c69-c81bfeac0a01/mobile"
SIGNED = f"{URL}?exp=1631289275&sig=72411885ee02134d38662f3e70ac8ff694f408e9d14b05125f6b022c3f403efa"


def example(page: str, language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    assert found, f"docs/{page} has no {language} example"
    return found[1]


def test_the_python_example_signs() -> None:
    names: dict[str, object] = {}
    exec(example("signing.md", "python"), names)
    assert names["sign"](URL, KEY, 1631289275) == SIGNED  # type: ignore[operator]


def test_the_javascript_example_signs() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is absent on this machine")
    program = f"{example('signing.md', 'javascript')}\nsign({URL!r}, {KEY!r}, 1631289275).then(console.log)"
    run = subprocess.run([node, "-e", program], capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.strip() == SIGNED
