"""docker-compose.yml says what it must: every service is watched, bounded and closed; no secret stands in it."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from inference.__main__ import main
from inference.configuration import FLAGS, Configuration

ROOT = Path(__file__).resolve().parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "beat", "models")
ONCE = ("migrate", "models")
LOOK = {"inference": "cpu", "inference-gpu": "gpu"}
DATA = ("postgres", "redis", "s3")
SOURCES = "".join((ROOT / "platform" / "config" / name).read_text() for name in ("settings.py", "production.py"))
KNOWN = set(re.findall(r'env_(?:str|bool|choice|int|list|secret)\("([A-Z0-9_]+)"', SOURCES))
SECRET = set(re.findall(r'env_secret\("([A-Z0-9_]+)"', SOURCES))


def test_all_parts_are_there() -> None:
    assert set(SERVICES) == {"nginx", *OURS, *LOOK, *DATA}


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
    assert "test" in service["healthcheck"] or (name in ONCE and service["restart"] == "no")


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_runs_as_root(name: str) -> None:
    service = SERVICES[name]
    if "build" in service:
        context = ROOT / service["build"]["context"]
        assert re.search(r"^USER (?!root|0\b)\S+", (context / service["build"]["dockerfile"]).read_text(), re.MULTILINE)
    else:
        assert "unprivileged" in service["image"] or service["user"] not in {"root", "0"}


@pytest.mark.parametrize("name", [*DATA, *LOOK])
def test_what_holds_data_or_looks_at_it_is_reached_from_inside_only(name: str) -> None:
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


@pytest.mark.parametrize("name", ["web", "inference"])
def test_the_images_copy_what_exists(name: str) -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    sources = re.findall(r"^COPY (?!-)(\S+) ", (ROOT / "docker" / f"{name}.Dockerfile").read_text(), re.MULTILINE)
    assert sources
    for source in sources:
        assert (ROOT / source).exists()
        assert f"!{source}" in ignored


def test_a_gpu_is_asked_for_in_its_profile_only() -> None:
    assert SERVICES["inference-gpu"]["profiles"] == ["gpu"]
    devices = SERVICES["inference-gpu"]["deploy"]["resources"]["reservations"]["devices"]
    assert devices == [{"driver": "nvidia", "count": 1, "capabilities": ["gpu"]}]
    others = (service for name, service in SERVICES.items() if name != "inference-gpu")
    assert not any("reservations" in service["deploy"]["resources"] for service in others)


def test_weights_are_written_by_one_service_and_read_by_the_others() -> None:
    volumes = {name: service.get("volumes", ()) for name, service in SERVICES.items()}
    mounts = {name: [one for one in several if one.startswith("models:")] for name, several in volumes.items()}
    assert mounts.pop("models") == ["models:/models"]
    assert all(mounts[name] == ["models:/models:ro"] for name in ("web", "worker", *LOOK))
    assert {one for several in mounts.values() for one in several} == {"models:/models:ro"}


@pytest.mark.parametrize("name", ["web", "worker"])
def test_the_address_of_inference_is_that_of_its_service(name: str) -> None:
    given = SERVICES[name]["environment"]["INFERENCE_URLS"]
    address = re.fullmatch(r"\$\{INFERENCE_URLS-http://([a-z-]+):(\d+)\}", given)
    assert address
    assert f"EXPOSE {address[2]}" in (ROOT / "docker" / "inference.Dockerfile").read_text()
    assert SERVICES[address[1]]["networks"] == ["inside"]
    assert "inside" in SERVICES[name]["networks"]


@pytest.mark.parametrize(("name", "target"), LOOK.items())
def test_the_inference_images_install_their_lock_with_hashes_and_drop_root(name: str, target: str) -> None:
    build = SERVICES[name]["build"]
    stages = re.split(r"^FROM ", (ROOT / build["dockerfile"]).read_text(), flags=re.MULTILINE)
    by_name = {stage.splitlines()[0].rpartition(" AS ")[2]: stage for stage in stages[1:]}
    assert build["target"] == target
    assert f"COPY requirements/{target}.lock " in by_name[f"install-{target}"]
    assert "--require-hashes" in by_name[f"install-{target}"]
    assert re.search(r"^USER tintype$", by_name[target], re.MULTILINE)
    assert re.search(r"^HEALTHCHECK ", by_name[target], re.MULTILINE)


@pytest.mark.parametrize("name", LOOK)
def test_what_looks_is_told_what_it_understands(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables of the service, with their defaults, are taken by its command."""
    for variable, text in SERVICES[name]["environment"].items():
        monkeypatch.setenv(variable, re.sub(r"^\$\{\w+:-(.*)\}$", r"\1", text))
    monkeypatch.delenv("INFERENCE_TOKEN_FILE")
    known = {f"INFERENCE_{flag.name.upper().replace('-', '_')}" for flag in FLAGS} | {"INFERENCE_TOKEN_FILE"}
    assert set(SERVICES[name]["environment"]) <= known
    told: list[Configuration] = []
    monkeypatch.setattr("inference.__main__.run", lambda command, configuration: told.append(configuration) or 0)
    assert main(["serve"]) == 0
    assert told[0].listen == "0.0.0.0:8100"
    assert told[0].provider == ("cuda" if name == "inference-gpu" else "cpu")
    assert 0 < told[0].memory < told[0].max_rss
