"""What ``make run`` does so that pictures are looked at: weights, fetched once, and a process that is watched."""

import importlib.util
import sys
import time
from collections.abc import Callable, Mapping

from django.conf import settings

from config.programs import Program, stop
from inference.errors import RowRefused
from variants import eyesight

PULL_SECONDS = 30.0
SOCKET_BYTES = 100  # Linux takes 107 for the path of a socket

BESIDE_OTHERS = {"INFERENCE_NICE": "5", "INFERENCE_MAX_RSS": "3G"}  # delivery on the same cores goes first

NOT_INSTALLED = f"{eyesight.NOT_INSTALLED} (requirements/cpu.lock)"
WITHOUT = "Nobody looks at pictures: {}. Everything else works."


def pull_once(environment: Mapping[str, str], *, say: Callable[[str], None], stopping: Callable[[], bool]) -> None:
    """Fetch the small weights that are missing; a start waits for them for ``PULL_SECONDS`` and goes on without."""
    if not _own_socket() or not _missing():
        return
    command = (sys.executable, str(settings.BASE_DIR / "manage.py"), "models", "pull")
    program = Program("models pull", command, environment)
    program.start()
    deadline = time.monotonic() + PULL_SECONDS
    while program.exit_status() is None and time.monotonic() < deadline and not stopping():
        time.sleep(0.05)
    stop([program], hurry=stopping)
    if missing := _missing():
        say(f"Going on without {', '.join(missing)}. The next start tries again; so does `manage.py models pull`.")


def inference(environment: Mapping[str, str], *, say: Callable[[str], None]) -> list[Program]:
    """The process that looks at pictures, where one is ours to start and can be; else why not is said."""
    path = _own_socket()
    if not path:
        return []
    if reason := _obstacle(path):
        say(WITHOUT.format(reason))
        return []
    command = (
        *(sys.executable, "-m", "inference", "serve", "--listen", f"unix:{path}"),
        *("--models", str(settings.MODELS_DIR), "--provider", settings.INFERENCE_PROVIDER),
    )
    return [Program("Inference", command, {**BESIDE_OTHERS, **environment})]


def _missing() -> list[str]:
    """Names of the small models to fetch; none where an operator's row has to be mended first."""
    try:
        return [model.name for model in eyesight.missing()]
    except RowRefused:
        return []


def _own_socket() -> str:
    """The path of the first unix socket in INFERENCE_URLS: what listens there is started here. Else ""."""
    urls = (url.removeprefix("unix:") for url in settings.INFERENCE_URLS if url.startswith("unix:"))
    return next(urls, "")


def _obstacle(path: str) -> str:
    if importlib.util.find_spec("onnxruntime") is None:
        return NOT_INSTALLED
    if len(path.encode()) > SOCKET_BYTES:
        return f"the path {path} is too long for a socket; set INFERENCE_URLS=unix:/a/shorter/path.sock"
    return ""
