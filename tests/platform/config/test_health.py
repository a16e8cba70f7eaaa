"""GET /healthz: 200 when everything works; 503 names the part that does not, and tells nothing else."""

from pathlib import Path
from typing import Any

import inference_server
import pytest
from django.db import connection
from django.test import Client

from config import health
from variants import eyesight, lookers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    """Each test looks anew, at a storage of its own."""
    monkeypatch.setattr(health, "REMEMBERED_SECONDS", -1.0)
    monkeypatch.setattr(eyesight, "REMEMBERED_SECONDS", -1.0)
    settings.STORAGE_DIR = tmp_path / "storage"
    settings.MODELS_DIR = tmp_path / "models"
    settings.INFERENCE_URLS = []
    lookers.forget()


def parts(client: Client, status: int) -> dict[str, str]:
    answer = client.get("/healthz")
    assert answer.status_code == status, answer.content
    assert answer["Cache-Control"] == "no-store"
    found: dict[str, str] = answer.json()["parts"]
    return found


def test_all_is_well(client: Client) -> None:
    assert parts(client, 200) == {"database": "ok", "storage": "ok", "render": "ok"}
    assert client.head("/healthz").status_code == 200
    assert client.post("/healthz").status_code == 405


def test_nobody_who_looks_makes_nothing_unfit(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.INFERENCE_URLS = [f"unix:{tmp_path}/nobody.sock"]
    assert parts(client, 200)["inference"] == "away: nobody answers at INFERENCE_URLS"


def test_who_looks_without_models_is_told_how_to_get_them(client: Client, settings: Any) -> None:
    with inference_server.running(settings.MODELS_DIR) as service:
        settings.INFERENCE_URLS = [service.url]
        assert parts(client, 200)["inference"] == "no models: run manage.py models pull"


def test_who_looks_with_all_models_is_well(client: Client, settings: Any, shared: Path, tmp_path: Path) -> None:
    settings.MODELS_DIR = shared / "models"
    with inference_server.running(settings.MODELS_DIR) as service:
        settings.INFERENCE_URLS = [service.url]
        assert parts(client, 200)["inference"] == "ok"
        settings.INFERENCE_URLS = [service.url, f"unix:{tmp_path}/nobody.sock"]
        assert parts(client, 200)["inference"] == "ok, but not all of INFERENCE_URLS answer"
        service.kill()
        assert parts(client, 200)["inference"].startswith("away: ")


def test_a_task_without_a_model_is_named(client: Client, settings: Any, shared: Path) -> None:
    settings.MODELS_DIR.mkdir()
    (settings.MODELS_DIR / "yunet-n.onnx").write_bytes((shared / "models" / "yunet-n.onnx").read_bytes())
    with inference_server.running(settings.MODELS_DIR) as service:
        settings.INFERENCE_URLS = [service.url]
        lacking = "no model for objects, saliency, mask: see manage.py models list"
        assert parts(client, 200)["inference"] == lacking


def test_storage_that_cannot_be_written(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.STORAGE_DIR = tmp_path / "a file"
    settings.STORAGE_DIR.write_text("in the way")
    found = parts(client, 503)
    assert found["database"] == found["render"] == "ok"
    assert str(tmp_path) not in found["storage"]


def test_redis_is_asked_where_it_is_used(client: Client, settings: Any, redis_url: str, tmp_path: Path) -> None:
    settings.REDIS_URL = redis_url
    assert parts(client, 200)["redis"] == "ok"
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    assert parts(client, 503)["redis"] == "does not answer; see the log of the server"


def test_a_database_without_its_tables(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    health._migrated_once.cache_clear()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'images'")
    assert parts(client, 503)["database"] == "migrations are missing: run manage.py migrate"


def test_an_answer_is_remembered_for_a_moment(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []
    monkeypatch.setattr(health, "REMEMBERED_SECONDS", 60.0)
    monkeypatch.setattr(health, "_last", health.Health({}, float("-inf")))
    monkeypatch.setattr(health, "examine", lambda now: asked.append(now) or health.Health({"database": "ok"}, now))
    for _ in range(3):
        assert client.get("/healthz").status_code == 200
    assert len(asked) == 1
