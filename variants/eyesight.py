"""Whether somebody looks at pictures, and with what: for /healthz, the dashboard and ``make run``."""

import importlib.util
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, get_args

from django.conf import settings

from inference.client import Remote
from inference.model import Model, Task
from inference.models import SMALL, known
from inference.weights import is_here, small
from variants.lookers import chosen

REMEMBERED_SECONDS = 10.0
OK = "ok"
OFF = "off: INFERENCE_URLS is empty"
AWAY = "away: "
NO_MODELS = "no models: run manage.py models pull"
NOT_INSTALLED = "onnxruntime is not installed"
NOT_AS_ASKED = "ok, but not computed where it was asked to; see the log of inference"
SOME_AWAY = "ok, but not all of INFERENCE_URLS answer"
NO_ANSWER = "nobody answers at INFERENCE_URLS"
TASKS: tuple[Task, ...] = get_args(Task)


def state() -> str:
    """``OK``, or what is wrong in words that anybody may read. Asks every service, for 3 s at most."""
    reports = [report for report in _reports(settings.INFERENCE_URLS) if report.get("status") == "ok"]
    if not reports:
        return f"{AWAY}{_why_away()}"
    lacking = [task for task in TASKS if not _can(task, reports)]
    if len(lacking) == len(TASKS):
        return NO_MODELS
    if lacking:
        return f"no model for {', '.join(lacking)}: see manage.py models list"
    if any(report.get("warnings") for report in reports):
        return NOT_AS_ASKED
    return OK if len(reports) == len(settings.INFERENCE_URLS) else SOME_AWAY


def remembered() -> str:
    """As ``state``, some seconds old."""
    global _last
    now = time.monotonic()
    if now - _last[0] > REMEMBERED_SECONDS:
        _last = now, state()
    return _last[1]


def is_blind(text: str) -> bool:
    """Whether ``state`` says that nothing is looked at, though it was meant to be."""
    return text == NO_MODELS or text.startswith(AWAY)


def missing() -> list[Model]:
    """The small models that can be fetched, where neither they nor what would do instead is here.

    Raises ``RowRefused``.
    """
    models, folder = known(settings.MODELS_DIR), settings.MODELS_DIR
    lacking = [row for row in SMALL if not any(is_here(models[name], folder) for name in row)]
    return [model for model in small(settings.TINTYPE_MODELS_MIRROR) if any(model.name in row for row in lacking)]


_last = float("-inf"), ""


def _reports(urls: Sequence[str]) -> list[dict[str, Any]]:
    """What each service says of itself; all are asked at the same time."""
    if not urls:
        return []
    with ThreadPoolExecutor(len(urls)) as threads:
        return [report for told in threads.map(_report, urls) for report in told.values()]


def _report(url: str) -> dict[str, Any]:
    """One of them, asked by a client of its own: a slow one holds nobody up."""
    return Remote([url], settings.INFERENCE_TOKEN).health()


def _can(task: Task, reports: Iterable[dict[str, Any]]) -> bool:
    """Whether delivery has a model for ``task``, and none of the services lacks its weights."""
    model = chosen(task)
    told = [row for report in reports for row in report.get("models", ()) if model and row["name"] == model.name]
    return model is not None and all(row["here"] for row in told)


def _why_away() -> str:
    own = any(url.startswith("unix:") for url in settings.INFERENCE_URLS) and not settings.PRODUCTION
    return NOT_INSTALLED if own and importlib.util.find_spec("onnxruntime") is None else NO_ANSWER
