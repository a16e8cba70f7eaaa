"""What must be known of pictures before they are rendered: found, or seen once however many ask, and kept.

The bytes of a finding (``notes.py``) lie beside the renditions of its image, are shared by all of them and go with it.
"""

import asyncio
import functools
import hashlib
import logging
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy
from django.conf import settings

from images.box import Original, run_async, the_box
from images.storage import Missing, storage
from inference.client import Remote
from inference.errors import InferenceFault
from variants import notes, threads
from variants.errors import NotSeen
from variants.facts import ImageFacts
from variants.flight import Flights
from variants.limits import Limits
from variants.lookers import Look
from variants.memory import Memory
from variants.options.gravity import Point
from variants.sighted import Notes, Sight

REMEMBERED_BYTES = 8 * 2**20
MIME = "application/octet-stream"
Glance = tuple[int, int, bytes]

log = logging.getLogger(__name__)
memory: Memory[bytes] = Memory(len, lambda: REMEMBERED_BYTES, share=1 / 8)
# A render waits for notes, a note for a glance: each has lock files of its own.
flights: Flights[bytes] = Flights(floor="seen")
glances: Flights[Glance] = Flights(floor="glance")


@functools.cache
def eyes() -> Remote:
    """The service that looks at pictures."""
    return Remote(settings.INFERENCE_URLS, settings.INFERENCE_TOKEN, total=settings.INFERENCE_SECONDS)


async def settle() -> None:
    """Wait until nothing is being looked at."""
    await flights.settle()
    await glances.settle()


async def seen(account_id: str, looks: tuple[Look, ...], images: Mapping[str, ImageFacts], limits: Limits) -> Sight:
    """What all looks tell; those for which no model is here tell nothing.

    Raises ``NotSeen`` when the service does not answer, or when there must be an answer and no model is here.
    """
    _require_models(looks)
    asked = [look for look in looks if look.model]
    found = await asyncio.gather(*(_note(account_id, look, images[look.image_id], limits) for look in asked))
    noted = {(look.image_id, look.task): note for look, note in zip(asked, found, strict=True)}
    return Sight(noted, _points(images))


def seen_now(account_id: str, looks: tuple[Look, ...], images: Mapping[str, ImageFacts], limits: Limits) -> Sight:
    """The same for a thread of Django's, which shares no event loop with delivery; blocks. What the service does not
    answer is left out. Raises ``NotSeen`` for a look that is needed."""
    found: Notes = {}
    for image_id, image in images.items():
        asked = tuple(look for look in looks if look.image_id == image_id)
        keys = {look: key_of(account_id, image, look) for look in asked}
        known = {look: memory.get(key) or _load(key) for look, key in keys.items() if look.model}
        found |= {(image_id, look.task): note for look, note in known.items() if note is not None}
        missing = tuple(look for look in asked if known.get(look) is None)
        made = notes_of(_original(image), missing, limits) if missing else {}
        for look in missing:
            if note := made.get((image_id, look.task)):
                storage().put(keys[look], note, MIME)
        found |= made
    return Sight(found, _points(images))


def notes_of(original: Original, looks: tuple[Look, ...], limits: Limits) -> Notes:
    """What the looks tell of a picture that is not kept, as far as the service answers; blocks.

    Raises ``NotSeen`` for a look that is needed, and the faults of the box.
    """
    _require_models(looks)
    asked = [look for look in looks if look.model]
    if not asked:
        return {}
    glance = _glance(the_box().run("variants.glance:job", {"limits": asdict(limits)}, original))
    notes: Notes = {}
    for look in asked:
        try:
            notes[look.image_id, look.task] = _seen(look, glance)
        except NotSeen:
            if look.needed:
                raise
            log.warning("a picture is cut without looking for %s", look.task)
    return notes


def key_of(account_id: str, image: ImageFacts, look: Look) -> str:
    """Where the note lies in storage."""
    digest = hashlib.sha256(f"{notes.VERSION} {look.identity}".encode()).hexdigest()[:32]
    return f"renditions/{account_id}/{image.uuid}/seen-{digest}"


def _require_models(looks: tuple[Look, ...]) -> None:
    for look in looks:
        if look.needed and not look.model:
            raise NotSeen(f"no model that finds {look.task} is here; run: manage.py models pull")


async def _note(account_id: str, look: Look, image: ImageFacts, limits: Limits) -> bytes:
    key = key_of(account_id, image, look)
    note = memory.get(key)
    if note is None:
        note = await flights.once(
            hashlib.sha256(key.encode()).hexdigest(),
            functools.partial(threads.in_thread, _load, key),
            functools.partial(_look, look, image, limits),
            functools.partial(_keep, key, image),
        )
        memory.put(key, note)
    return note


async def _look(look: Look, image: ImageFacts, limits: Limits) -> bytes:
    """Ask the model; those who look at the same picture at a time share its copy."""
    key = hashlib.sha256(f"glance {image.uuid}".encode()).hexdigest()
    glance = await glances.once(key, _nothing, functools.partial(_glanced, image, limits), _forget)
    log.info("looking for %s in %s", look.task, image.uuid)
    return await threads.in_looker(_seen, look, glance)


async def _glanced(image: ImageFacts, limits: Limits) -> Glance:
    original = await threads.in_thread(_original, image)
    pixels = min(image.width * image.height, limits.max_pixels)
    return _glance(await run_async("variants.glance:job", {"limits": asdict(limits)}, original, pixels=pixels))


def _original(image: ImageFacts) -> Path | bytes:
    return storage().path(image.storage_key) or storage().get(image.storage_key)


def _points(images: Mapping[str, ImageFacts]) -> dict[str, Point]:
    return {image_id: image.point for image_id, image in images.items() if image.point}


def _glance(reply: Any) -> Glance:
    return reply.facts["width"], reply.facts["height"], reply.body


def _seen(look: Look, glance: Glance) -> bytes:
    width, height, body = glance
    picture = numpy.frombuffer(body, numpy.uint8).reshape(height, width, 3)
    try:
        return notes.written(eyes().look(look.model, picture), width, height)
    except InferenceFault as fault:
        raise NotSeen(f"the picture cannot be looked at just now: {fault}") from fault


def _load(key: str) -> bytes | None:
    try:
        return storage().get(key)
    except Missing:
        return None


async def _keep(key: str, image: ImageFacts, note: bytes) -> None:
    if image.origin is None or image.origin.kept:
        await threads.in_thread(storage().put, key, note, MIME)


async def _nothing() -> None:
    return None


async def _forget(glance: Glance) -> None:
    return None
