"""Which models look at pictures: those that the settings name, else the best ones whose weights are here.

They are part of the key of every rendition that depends on what they saw, so the question is asked for every request
that does: the answer is remembered for some seconds.
"""

import logging
import time
from dataclasses import dataclass

from django.conf import settings

from inference import weights
from inference.errors import InferenceFault
from inference.model import Model, Task
from inference.models import known
from variants.findings import EMPTY
from variants.needs import Sights

REMEMBERED_SECONDS = 5.0

log = logging.getLogger(__name__)

_chosen: dict[tuple[Task, str], tuple[float, Model | None]] = {}


@dataclass(frozen=True, slots=True)
class Look:
    """What is to be known of an image (``image_id``; "" is the one that is delivered), and by which model.

    ``model`` and ``identity`` are empty where no model is here. ``needed``: without it there must be no result.
    """

    image_id: str
    task: Task
    model: str
    identity: str
    wanted: str
    needed: bool


def look(image_id: str, task: Task, needed: bool, wanted: str = "") -> Look:
    """The look for ``task``; ``wanted`` is the name of a model where not the usual one is to do it."""
    model = chosen(task, wanted)
    named = (model.name, model.identity) if model else ("", "")
    return Look(image_id, task, *named, wanted, needed)


def looks(sights: Sights, *, aims: bool = True, masks: str = "") -> tuple[Look, ...]:
    """The looks at one image; without ``aims`` those alone that do more than cut it. ``masks``: the model for them,
    where an account has chosen one."""
    tasks = sights.acts | sights.tells | (sights.aims if aims else EMPTY)
    return tuple(
        look(sights.image_id, task, task in sights.acts, masks if task == "mask" else "") for task in sorted(tasks)
    )


def is_current(one: Look) -> bool:
    """Whether the same model would look today."""
    model = chosen(one.task, one.wanted)
    return one.identity == (model.identity if model else "")


def chosen(task: Task, wanted: str = "") -> Model | None:
    """The model for ``task``; None where none is named and no weights are here."""
    now = time.monotonic()
    until, model = _chosen.get((task, wanted), (0.0, None))
    if now >= until:
        model = _choose(task, wanted or _settings()[task])
        _chosen[task, wanted] = now + REMEMBERED_SECONDS, model
    return model


def require(task: Task, wanted: str) -> None:
    """Raise an ``InferenceFault`` unless ``wanted`` is empty or names a model for ``task``."""
    if wanted:
        weights.choose(task, settings.MODELS_DIR, wanted)


def names(task: Task) -> list[str]:
    """The models for ``task`` whose weights are here."""
    models = known(settings.MODELS_DIR).values()
    return [model.name for model in models if model.task == task and weights.is_here(model, settings.MODELS_DIR)]


def forget() -> None:
    """Ask anew which models are here."""
    _chosen.clear()


def _settings() -> dict[Task, str]:
    return {
        "faces": settings.FACE_MODEL,
        "objects": settings.OBJECT_MODEL,
        "saliency": settings.SALIENCY_MODEL,
        "mask": settings.MASK_MODEL,
    }


def _choose(task: Task, wanted: str) -> Model | None:
    try:
        model = weights.choose(task, settings.MODELS_DIR, wanted)
    except InferenceFault as fault:
        log.error("nothing looks for %s: %s", task, fault)
        return None
    return model if wanted or weights.is_here(model, settings.MODELS_DIR) else None
