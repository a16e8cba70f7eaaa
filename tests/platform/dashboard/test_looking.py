"""The word that is said where nobody looks at pictures."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from variants import eyesight

NOTICE = "/dashboard/looking"
PAGES = ("/dashboard/", "/dashboard/developers")


@pytest.fixture(autouse=True)
def away(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> None:
    """Nobody answers; each test asks anew."""
    monkeypatch.setattr(eyesight, "REMEMBERED_SECONDS", -1.0)
    settings.INFERENCE_URLS = [f"unix:{tmp_path}/nobody.sock"]


def said(member: Client, query: str = "") -> str:
    answer = member.get(NOTICE + query)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode().strip()


@pytest.mark.parametrize("page", PAGES)
def test_pages_ask_for_it_without_waiting(member: Client, page: str) -> None:
    assert f'hx-get="{NOTICE}' in member.get(page).content.decode()


def test_it_tells_what_is_wrong(member: Client) -> None:
    assert "away: nobody answers at INFERENCE_URLS" in said(member)
    assert 'role="status"' in said(member)


def test_who_wants_nobody_to_look_is_left_in_peace(member: Client, settings: Settings) -> None:
    settings.INFERENCE_URLS = []
    assert said(member) == ""
    assert "off: INFERENCE_URLS is empty" in said(member, "?partly")


def test_a_task_without_a_model_matters_to_developers(member: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eyesight, "state", lambda: "no model for saliency: see manage.py models list")
    assert said(member) == ""
    assert "no model for saliency" in said(member, "?partly")


def test_it_is_for_members(client: Client) -> None:
    assert client.get(NOTICE).status_code in {302, 404}
