"""Pictures of the shared corpus, made ready to be sent: unpacked and padded as their description says."""

import json
import zlib
from pathlib import Path
from typing import Any


def entries(folder: Path) -> list[dict[str, Any]]:
    """The descriptions in ``folder``, ``good`` or ``bad``."""
    files: list[dict[str, Any]] = json.loads((folder / "expected.json").read_text())["files"]
    return files


def bytes_of(folder: Path, entry: dict[str, Any]) -> bytes:
    """The bytes that are sent for ``entry``."""
    data = (folder / entry["file"]).read_bytes()
    if entry.get("packed") == "zlib":
        data = zlib.decompress(data)
    return data.ljust(entry.get("pad_to", 0), b"\0")
