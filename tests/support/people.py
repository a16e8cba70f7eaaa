"""Three people: who owns an account, who may only read it, and a stranger with an account of their own."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings
from pyvips import Image as Picture

from accounts.create import create_account
from accounts.models import Account
from accounts.tokens import issue


@dataclass(frozen=True)
class Person:
    """Somebody with a token of an account; ``at`` is the account in the URLs they ask for."""

    account: Account
    token: str
    at: Account

    def ask(self, method: str, path: str, **request: Any) -> Any:
        """Ask for ``path`` below the account; the answer of Django's test client."""
        client = Client(headers={"Authorization": f"Bearer {self.token}"})
        return client.generic(method, f"/client/v4/accounts/{self.at.id}{path}", **request)

    def get(self, path: str, **request: Any) -> Any:
        return self.ask("GET", path, **request)

    def delete(self, path: str, **request: Any) -> Any:
        return self.ask("DELETE", path, **request)

    def post(self, path: str, data: Any = None) -> Any:
        """Send a form with files and fields."""
        client = Client(headers={"Authorization": f"Bearer {self.token}"})
        return client.post(f"/client/v4/accounts/{self.at.id}{path}", data or {})

    def send(self, method: str, path: str, body: Any) -> Any:
        """Send JSON; an object is written as JSON, text and bytes go out as they are."""
        body = json.dumps(body) if isinstance(body, dict) else body
        client = Client(headers={"Authorization": f"Bearer {self.token}"})
        return client.generic(method, f"/client/v4/accounts/{self.at.id}{path}", body, content_type="application/json")

    def upload(self, **fields: Any) -> Any:
        """Upload a small picture with these fields; the Image of the answer."""
        answer = self.post("/images/v1", {"file": png(), **fields})
        assert answer.status_code == 200, answer.content
        return answer.json()["result"]


def png(width: int = 8, height: int = 6, name: str = "a.png") -> SimpleUploadedFile:
    """A picture to upload."""
    return SimpleUploadedFile(name, png_bytes(width, height), "image/png")


def png_bytes(width: int = 8, height: int = 6) -> bytes:
    """A grey picture."""
    body: bytes = (Picture.black(width, height) + 90).cast("uchar").write_to_buffer(".png")
    return body


def refused(answer: Any, status: int, code: int) -> str:
    """Assert that ``answer`` is an envelope that refuses so; the sentence in it."""
    body = answer.json()
    found = (answer.status_code, body["success"], body["result"], [error["code"] for error in body["errors"]])
    assert found == (status, False, None, [code]), answer.content
    message: str = body["errors"][0]["message"]
    return message


@pytest.fixture
def files(tmp_path: Path, settings: Settings) -> Path:
    """Storage in a temporary directory."""
    settings.STORAGE_DIR = tmp_path / "storage"
    return settings.STORAGE_DIR


@pytest.fixture
def owner(db: None, files: Path) -> Person:
    account = create_account("owner")
    return Person(account, issue(account, "edit"), account)


@pytest.fixture
def reader(owner: Person) -> Person:
    return Person(owner.account, issue(owner.account, "read", scope="read"), owner.account)


@pytest.fixture
def stranger(owner: Person) -> Person:
    """Has a good token of another account, and asks for the owner's."""
    account = create_account("stranger")
    return Person(account, issue(account, "edit"), owner.account)
