"""The shared corpus over the wire: uploaded, refused in the envelope or taken, and whatever was taken is delivered.

A sample runs always, everything with ``WHOLE_CORPUS=1`` (``make nightly``).
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import corpus
import httpx
import pytest
from people import png_bytes
from platform_server import Platform
from pyvips import Image

Entry = dict[str, Any]
WHOLE = os.environ.get("WHOLE_CORPUS") == "1"
PER_KIND = 8
SECONDS = 10.0
REFUSALS = {(400, 9413), (400, 5443), (413, 5413), (413, 7011), (415, 5455), (422, 9422)}


def kind_of(entry: Entry) -> str:
    return f"{entry.get('expect', entry.get('accept'))} {entry['file'].rpartition('.')[2]}"


def chosen(folder: Path) -> list[Entry]:
    """All entries, or some of every kind, evenly over the list."""
    entries = corpus.entries(folder)
    kinds = Counter(map(kind_of, entries))
    seen: Counter[str] = Counter()
    found = []
    for entry in entries:
        kind = kind_of(entry)
        if WHOLE or seen[kind] % max(1, kinds[kind] // PER_KIND) == 0:
            found.append(entry)
        seen[kind] += 1
    return found


class Visitor:
    """Uploads and looks at what came of it."""

    def __init__(self, platform: Platform) -> None:
        headers = {"Authorization": f"Bearer {platform.facts['api_token']}"}
        self.http = httpx.Client(base_url=platform.servers[0].url, headers=headers, timeout=60)
        self.images = f"/client/v4/accounts/{platform.facts['account_id']}/images/v1"
        self.hash = platform.facts["account_hash"]

    def wrong_with(self, folder: Path, entry: Entry) -> str:
        """What is not as it should be with one file; empty when nothing is."""
        file = {"file": (entry.get("upload_name", "a.png"), corpus.bytes_of(folder, entry), "image/png")}
        answer = self.http.post(self.images, files=file)
        told = answer.json()
        if answer.status_code == 200:
            wrong = self._wrong_with_delivery(told["result"]["id"], entry)
            return "taken" if entry.get("expect") == "refuse" else wrong
        outcome = answer.status_code, told["errors"][0]["code"]
        if entry.get("expect") == "name" and outcome[0] == 400:
            return ""
        wanted = entry.get("accept") == "must" and entry["format"] != "svg"
        return "" if outcome in REFUSALS and not wanted else str(outcome)

    def _wrong_with_delivery(self, image_id: str, entry: Entry) -> str:
        begun = time.monotonic()
        answer = self.http.get(f"/{self.hash}/{image_id}/w=64,h=64", headers={"Accept": "image/webp"})
        took = time.monotonic() - begun
        if answer.status_code >= 500 or took > SECONDS:
            return f"delivered with {answer.status_code} in {took:.1f} s: {answer.text[:100]}"
        if answer.status_code != 200:
            return "" if "expect" in entry else f"not delivered: {answer.status_code} {answer.text[:100]}"
        if "animation" in answer.headers.get("warning", ""):
            return ""  # too large to transform: the original itself
        made = Image.new_from_buffer(answer.content, "")
        size = [made.width, made.get("page-height") if made.get_typeof("page-height") else made.height]
        near = all(abs(a - b) <= 1 for a, b in zip(size, entry.get("thumb64") or size, strict=True))
        return "" if near else f"{size} instead of {entry['thumb64']}"


@pytest.fixture
def visitor(platform: Platform) -> Iterator[Visitor]:
    found = Visitor(platform)
    with found.http:
        yield found


@pytest.mark.parametrize("name", ["bad", "good"])
def test_corpus(visitor: Visitor, shared: Path, name: str) -> None:
    folder = shared / "corpus" / name
    entries = chosen(folder)
    with ThreadPoolExecutor(4) as threads:
        wrong = list(threads.map(lambda entry: visitor.wrong_with(folder, entry), entries))
    assert not {entry["file"]: text for entry, text in zip(entries, wrong, strict=True) if text}
    answer = visitor.http.post(visitor.images, files={"file": ("a.png", png_bytes())})
    assert answer.status_code == 200  # the server is as well as before
