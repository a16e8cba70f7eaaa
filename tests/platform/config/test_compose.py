"""docker-compose.yml says what it must: every service is watched, bounded and closed; no secret stands in it."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "beat")
DATA = ("postgres", "redis", "s3")
SOURCES = "".join((ROOT / "platform" / "config" / name).read_text() for name in ("settings.py", "production.py"))
KNOWN = set(re.findall(r'env_(?:str|bool|choice|int|list|secret)\("([A-Z0-9_]+)"', SOURCES))
SECRET = set(re.findall(r'env_secret\("([A-Z0-9_]+)"', SOURCES))


def test_all_parts_are_there() -> None:
    assert set(SERVICES) == {"nginx", *OURS, *DATA}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_watched_bounded_and_closed(name: str) -> None:
    service = SERVICES[name]
    assert "image" in service
    assert not service["image"].endswith(":latest")
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"cpus", "memory"} <= set(service["deploy"]["resources"]["limits"])
    # What ends by itself has an exit status instead of a health check.
    assert "test" in service["healthcheck"] or (name == "migrate" and service["restart"] == "no")


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_runs_as_root(name: str) -> None:
    service = SERVICES[name]
    if "build" in service:
        context = ROOT / service["build"]["context"]
        assert re.search(r"^USER (?!root|0\b)\S+", (context / service["build"]["dockerfile"]).read_text(), re.MULTILINE)
    else:
        assert "unprivileged" in service["image"] or service["user"] not in {"root", "0"}


@pytest.mark.parametrize("name", DATA)
def test_what_holds_data_is_reached_from_inside_only(name: str) -> None:
    assert SERVICES[name]["networks"] == ["inside"]
    assert "ports" not in SERVICES[name]
    assert COMPOSE["networks"]["inside"]["internal"] is True


@pytest.mark.parametrize("name", OURS)
def test_our_settings_exist_and_secrets_come_from_files(name: str) -> None:
    for variable in SERVICES[name]["environment"]:
        assert variable.removesuffix("_FILE") in KNOWN
        assert variable not in SECRET, f"{variable} would be seen by whoever may inspect the container"


def test_secrets_are_files_that_the_script_makes(tmp_path: Path) -> None:
    script = tmp_path / "make-secrets.sh"
    script.write_bytes((ROOT / "docker" / "make-secrets.sh").read_bytes())
    subprocess.run(["sh", script], check=True, capture_output=True, timeout=60)
    made = {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()}
    assert set(made) == {Path(secret["file"]).name for secret in COMPOSE["secrets"].values()}
    assert len(made["secret_key"].strip()) >= 50
    assert made["postgres_password"].strip() in made["database_url"]
    subprocess.run(["sh", script], check=True, capture_output=True, timeout=60)
    assert made == {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()}


def test_named_volumes_and_secrets_are_declared() -> None:
    for service in SERVICES.values():
        named = {volume.split(":")[0] for volume in service.get("volumes", ()) if not volume.startswith((".", "/"))}
        assert named <= set(COMPOSE["volumes"])
        assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])


def test_the_images_copy_what_exists() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    for source in re.findall(r"^COPY (?!-)(\S+) ", (ROOT / "docker" / "web.Dockerfile").read_text(), re.MULTILINE):
        assert (ROOT / source).exists()
        assert f"!{source}" in ignored
