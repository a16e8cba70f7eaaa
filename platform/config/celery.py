"""The Celery app: its broker, its one queue and what runs from time to time.

Embedded, jobs travel as files below the data directory; with ``REDIS_URL`` through Redis. A job is never the only
record of work to do: rows say what is due and periodic tasks look at them, so a job that is lost costs a minute.
"""

import os
from pathlib import Path
from typing import Any

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

QUEUE = "tintype"
MINUTE = 60.0
# With a polling broker a prefetch of one task per process stalls the worker: 4 tasks a second instead of 700.
FILE_PREFETCH = 16
REDIS_PREFETCH = 4
PERIODIC = {
    "images.tasks.remove_discarded": float(settings.SWEEP_SECONDS),
    "images.tasks.expire_drafts": float(settings.SWEEP_SECONDS),
    "images.tasks.remove_remote": MINUTE,
    "variants.tasks.trim_renditions": MINUTE,
}


def broker_of_files(directory: Path) -> dict[str, Any]:
    """Settings of a broker that keeps messages as files below ``directory``, which is made."""
    messages, control = directory / "messages", directory / "control"
    for folder in (messages, control):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return {
        "broker_url": "filesystem://localhost/",
        "worker_prefetch_multiplier": FILE_PREFETCH,
        "broker_transport_options": {
            "data_folder_in": str(messages),
            "data_folder_out": str(messages),
            "control_folder": str(control),
            "store_processed": False,
            "polling_interval": 0.05,
        },
    }


def broker_of_redis(url: str) -> dict[str, Any]:
    """Settings of a broker in Redis; ``url`` as the redis package writes it (redis://, rediss://, unix://)."""
    scheme, _, rest = url.partition("://")
    return {
        "broker_url": f"redis+socket://{rest}" if scheme == "unix" else url,
        "worker_prefetch_multiplier": REDIS_PREFETCH,
        "broker_transport_options": {"global_keyprefix": "tintype:celery:"},
    }


def tick(task: str, seconds: float) -> dict[str, Any]:
    """A row of the schedule. A run that waited until the next one is due is dropped."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


broker = broker_of_redis(settings.REDIS_URL) if settings.REDIS_URL else broker_of_files(settings.DATA_DIR / "celery")

app = Celery("tintype")
app.conf.update(
    **broker,
    beat_schedule={task: tick(task, seconds) for task, seconds in PERIODIC.items()},
    beat_schedule_filename=str(settings.DATA_DIR / "beat-schedule"),
    task_default_queue=QUEUE,
    task_ignore_result=True,
    # Every task may run twice: it is acknowledged when it is done, not when it is taken.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_time_limit=600,
    accept_content=["json"],
    timezone="UTC",
    broker_connection_retry_on_startup=True,
    worker_hijack_root_logger=False,
)
# The threads that serve requests send tasks too; "current app" alone belongs to the thread that imported this.
app.set_default()
app.autodiscover_tasks()
