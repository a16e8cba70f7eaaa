"""Production settings: complete ones start, each missing or unsafe one is refused by name."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
COMPLETE = {
    "TINTYPE_PRODUCTION": "1",
    "SECRET_KEY": "k" * 50,
    "DATABASE_URL": "postgresql://tintype:secret@db/tintype",
    "REDIS_URL": "redis://redis:6379/0",
    "S3_BUCKET": "pictures",
    "S3_ACCESS_KEY": "access",
    "S3_SECRET_KEY": "secret",
    "PUBLIC_URL": "https://img.example",
    "ALLOWED_HOSTS": "img.example",
    "STATIC_ROOT": "/srv/static",
}
SHOWN = (
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "SECURE_HSTS_SECONDS",
    "SECURE_PROXY_SSL_HEADER",
    "DEBUG",
    "DATABASES",
)
SHOW = f"""
import json
from config import settings
print(json.dumps([getattr(settings, name) for name in {SHOWN}], default=str))
"""


def start(tmp_path: Path, **changes: str | None) -> subprocess.CompletedProcess[str]:
    """Read the settings in a process whose environment is ``COMPLETE`` with ``changes``."""
    environment = {**COMPLETE, "DATA_DIR": str(tmp_path / "data"), "PATH": os.environ["PATH"]}
    environment |= {name: text for name, text in changes.items() if text is not None}
    environment = {name: text for name, text in environment.items() if changes.get(name, text) is not None}
    environment["PYTHONPATH"] = f"{ROOT}:{ROOT / 'platform'}"
    return subprocess.run([sys.executable, "-c", SHOW], env=environment, capture_output=True, text=True, timeout=60)


def shown(run: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The settings that a start printed, by name."""
    return dict(zip(SHOWN, json.loads(run.stdout), strict=True))


def test_complete_settings_start_and_are_safe(tmp_path: Path) -> None:
    run = start(tmp_path)
    assert run.returncode == 0, run.stderr
    found = shown(run)
    assert found["SESSION_COOKIE_SECURE"] is found["CSRF_COOKIE_SECURE"] is True
    assert found["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert found["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert found["DEBUG"] is False
    assert found["DATABASES"]["default"]["HOST"] == "db"


def test_a_production_start_leaves_no_secret_on_disk(tmp_path: Path) -> None:
    start(tmp_path)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SECRET_KEY", None),
        ("SECRET_KEY", "short"),
        ("DATABASE_URL", None),
        ("DATABASE_URL", "mysql://somewhere/db"),
        ("REDIS_URL", None),
        ("REDIS_URL", "memcached://cache"),
        ("S3_BUCKET", None),
        ("S3_ACCESS_KEY", None),
        ("S3_SECRET_KEY", None),
        ("PUBLIC_URL", None),
        ("PUBLIC_URL", "http://img.example"),
        ("DELIVERY_URL", "http://cdn.example"),
        ("UPLOAD_URL", "http://upload.example"),
        ("ALLOWED_HOSTS", None),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "other.example"),
        ("STATIC_ROOT", None),
        ("DEBUG", "1"),
        ("MAX_PIXELS", "many"),
        ("SECRET_KEY_FILE", "/there/is/no/such/file"),
        ("INFERENCE_URLS", "inference:8100"),
        ("INFERENCE_URLS", "http://inference/path"),
        ("INFERENCE_URLS", "http://inference:many"),
        ("INFERENCE_PROVIDER", "gpu"),
    ],
)
def test_what_is_missing_or_unsafe_is_named(tmp_path: Path, name: str, text: str | None) -> None:
    run = start(tmp_path, **{name: text})
    assert run.returncode != 0
    assert f"ImproperlyConfigured: {name}:" in run.stderr.splitlines()[-1]


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL", "S3_ACCESS_KEY", "S3_SECRET_KEY"])
def test_a_secret_may_come_from_a_file(tmp_path: Path, name: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text(COMPLETE[name] + "\n")
    run = start(tmp_path, **{name: None, f"{name}_FILE": str(secret)})
    assert run.returncode == 0, run.stderr


def test_a_replica_on_the_network_needs_a_token(tmp_path: Path) -> None:
    run = start(tmp_path, INFERENCE_URLS="unix:/run/a.sock,http://gpu:8100")
    assert "ImproperlyConfigured: INFERENCE_TOKEN:" in run.stderr.splitlines()[-1]
    assert start(tmp_path, INFERENCE_URLS="http://gpu:8100", INFERENCE_TOKEN="t").returncode == 0
    assert start(tmp_path, INFERENCE_URLS="unix:/run/a.sock").returncode == 0


def test_plain_http_needs_a_word(tmp_path: Path) -> None:
    run = start(tmp_path, PUBLIC_URL="http://localhost:8080", ALLOWED_HOSTS="localhost", ALLOW_HTTP="1")
    assert run.returncode == 0, run.stderr
    assert shown(run)["SESSION_COOKIE_SECURE"] is False


def test_make_run_refuses_a_production_start(tmp_path: Path) -> None:
    environment = {**os.environ, **COMPLETE, "DATA_DIR": str(tmp_path / "data")}
    command = [sys.executable, "manage.py", "serve"]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert run.returncode == 1
    assert "serve is for one machine" in run.stderr
    assert not (tmp_path / "data").exists()
