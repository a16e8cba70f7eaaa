"""Every bad file of the shared corpus as an upload: refused in the envelope or taken, never a fault of ours."""

from pathlib import Path
from typing import Any

import corpus
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from people import Person

from images.models import Discarded, Image, ImageCount

REFUSALS = {(400, 9413), (400, 5443), (413, 5413), (415, 5455), (422, 9422)}


@pytest.mark.slow
def test_bad_files(owner: Person, files: Path, shared: Path) -> None:
    folder = shared / "corpus" / "bad"
    wrong = [fault for entry in corpus.entries(folder) if (fault := _fault(owner, folder, entry))]
    assert not wrong
    stored = [path for path in (files / "originals").rglob("*") if path.is_file()]
    assert len(stored) == Image.objects.count() == ImageCount.objects.get().count
    assert not Discarded.objects.exists()


def _fault(owner: Person, folder: Path, entry: dict[str, Any]) -> str:
    file = SimpleUploadedFile("a.png", corpus.bytes_of(folder, entry))
    answer = owner.post("/images/v1", {"file": file})
    body = answer.json()
    if answer.status_code == 200:
        return f"{entry['file']} was taken" if entry["expect"] == "refuse" else ""
    outcome = answer.status_code, body["errors"][0]["code"]
    return "" if outcome in REFUSALS and body["errors"][0]["message"] else f"{entry['file']}: {outcome}"


def test_hostile_file_names(owner: Person, shared: Path) -> None:
    folder = shared / "corpus" / "bad"
    named = [entry for entry in corpus.entries(folder) if entry["expect"] == "name"]
    assert named
    for entry in named:
        name = entry["upload_name"].replace("\\", "\\\\").replace("\0", "%00")
        head = f'--B\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        form = head.encode() + corpus.bytes_of(folder, entry) + b"\r\n--B--\r\n"
        answer = owner.ask("POST", "/images/v1", data=form, content_type="multipart/form-data; boundary=B")
        assert answer.status_code in {200, 400}, answer.content
        kept = (answer.json()["result"] or {}).get("filename", "")
        assert kept not in {".", ".."} and not set(kept) & set("/\\\0\u202e")
