"""Whether somebody looks at pictures, and with what: for /healthz, the dashboard and ``make run``."""

import importlib.util
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, get_args

from django.conf import settings

from inference.client import Remote
from inference.model import Model, Task
from inference.models import MODELS, SMALL
from inference.weights import is_here, small

CONNECT_SECONDS = 0.5
REMEMBERED_SECONDS = 10.0
OK = "ok"
NO_MODELS = "no models: run manage.py models pull"
NOT_INSTALLED = "onnxruntime is not installed"
NO_ANSWER = "nobody answers at INFERENCE_URLS"
TASKS: tuple[Task, ...] = get_args(Task)


def state() -> str:
    """"ok", or what is wrong in a sentence that may be shown to anybody. Asks every service; takes 3 s at most."""
    reports = [report for report in _reports(settings.INFERENCE_URLS) if report.get("status") == "ok"]
    if not reports:
        return f"away: {_why_away()}"
    if lacking := _lacking(reports):
        return NO_MODELS if lacking == list(TASKS) else f"no model for {', '.join(lacking)}: see manage.py models list"
    if any(report.get("warnings") for report in reports):
        return "ok, but not computed where it was asked to; see the log"
    return OK


def remembered() -> str:
    """As ``state``, some seconds old."""
    global _last
    now = time.monotonic()
    if now - _last[0] > REMEMBERED_SECONDS:
        _last = now, state()
    return _last[1]


def missing() -> list[Model]:
    """The small models that can be fetched and of which there is none, nor what would do instead."""
    lacking = [row for row in SMALL if not any(is_here(MODELS[name], settings.MODELS_DIR) for name in row)]
    return [model for model in small(settings.TINTYPE_MODELS_MIRROR) if any(model.name in row for row in lacking)]


_last = float("-inf"), ""


def _reports(urls: Iterable[str]) -> list[dict[str, Any]]:
    """What each service says of itself; all are asked at the same time."""
    ask = [Remote([url], settings.INFERENCE_TOKEN, CONNECT_SECONDS).health for url in urls]
    if not ask:
        return []
    with ThreadPoolExecutor(len(ask)) as threads:
        return [report for told in threads.map(lambda one: one(), ask) for report in told.values()]


def _lacking(reports: Iterable[dict[str, Any]]) -> list[Task]:
    """The tasks for which no service has weights."""
    able = {model["task"] for report in reports for model in report.get("models", ()) if model["here"]}
    return [task for task in TASKS if task not in able]


def _why_away() -> str:
    own = any(url.startswith("unix:") for url in settings.INFERENCE_URLS) and not settings.PRODUCTION
    return NOT_INSTALLED if own and importlib.util.find_spec("onnxruntime") is None else NO_ANSWER
