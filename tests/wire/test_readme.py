"""The first picture of the README, run as it stands there."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import pyvips
from platform_server import Platform

README = Path(__file__).resolve().parents[2] / "README.md"


@pytest.fixture
def folder(tmp_path: Path, platform: Platform) -> Path:
    """A checkout as the reader has it after `make run`: credentials, a photo, the program."""
    url = platform.servers[0].url
    start = platform.facts | {"api_base": f"{url}/client/v4", "delivery_base": url}
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "credentials.json").write_text(json.dumps(start))
    pyvips.Image.perlin(800, 600).cast("uchar").jpegsave(str(tmp_path / "photo.jpg"))
    program = re.search(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert program
    (tmp_path / "first.py").write_text(program[1], encoding="utf-8")
    return tmp_path


def test_the_first_picture_comes_out(folder: Path) -> None:
    run = subprocess.run([sys.executable, "first.py"], cwd=folder, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    answers = [line.split()[:2] for line in run.stdout.splitlines()]
    assert answers == [["200", "image/avif"], ["200", "image/avif"], ["200", "image/webp"], ["200", "image/avif"]]
