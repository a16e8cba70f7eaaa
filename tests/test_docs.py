"""The documentation says what is there: its examples run, and nothing is left out."""

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from api.errors import TABLE, Row
from variants.refusals import FAULTS

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
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


def variables() -> set[str]:
    """The names that settings read from the environment, found in the source."""
    names = set()
    for file in (ROOT / "platform" / "config").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.startswith("env_"):
                names |= {argument.value for argument in node.args[:1] if isinstance(argument, ast.Constant)}
    return names


def test_the_settings_were_found() -> None:
    assert {"PORT", "DATABASE_URL", "VARIANT_LIMIT"} <= variables()


@pytest.mark.parametrize("name", sorted(variables()))
def test_every_setting_is_explained(name: str) -> None:
    assert re.search(rf"^\|[^|]*`{name}`", (DOCS / "settings.md").read_text(encoding="utf-8"), re.MULTILINE)


def test_every_setting_explained_exists() -> None:
    rows = re.findall(r"^\|([^|]*)\|", (DOCS / "settings.md").read_text(encoding="utf-8"), re.MULTILINE)
    explained = {name for row in rows for name in re.findall(r"`([A-Z0-9_]+)`", row)}
    assert explained <= variables()


def section(title: str) -> str:
    return (DOCS / "errors.md").read_text(encoding="utf-8").partition(f"## {title}")[2].partition("\n## ")[0]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.fault.__name__}-{row.code}")
def test_every_error_of_the_api_is_explained(row: Row) -> None:
    assert f"| {row.code} | {row.status} |" in section("API")


@pytest.mark.parametrize("row", FAULTS, ids=lambda row: f"{row[0].__name__}-{row[2]}")
def test_every_error_of_delivery_is_explained(row: tuple[type[Exception], int, int, str]) -> None:
    assert f"| {row[2]} | {row[1]} |" in section("Delivery")


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", *(f"docs/{page.name}" for page in DOCS.glob("*.md"))])
def test_no_link_leads_nowhere(page: str) -> None:
    file = ROOT / page
    targets = re.findall(r"\]\((?!https?:)([^)#\s]+)[^)]*\)", file.read_text(encoding="utf-8"))
    assert [target for target in targets if not (file.parent / target).exists()] == []
