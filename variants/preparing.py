"""Look at a new original before anybody asks for it, where a variant of its account needs that.

Nothing depends on it: what was not prepared is looked at when it is needed.
"""

import asyncio
import logging
from typing import Any

from accounts.models import Account
from images.models import Image
from variants import lookers, named, needs, sight
from variants.errors import BadOption, NotSeen
from variants.facts import of_image
from variants.findings import EMPTY, Sought
from variants.lookers import Look
from variants.needs import Sights
from variants.notation import body
from variants.order import limits
from variants.sighted import Sight

log = logging.getLogger(__name__)


def on_stored(sender: type[Image], image: Image, **kwargs: Any) -> None:
    """Have a worker look, if there is something to look for. An upload succeeds whatever becomes of this."""
    from variants.tasks import look_at

    if image.format == "svg" or not sought(image.account):
        return
    try:
        look_at.apply_async((str(image.uuid),), retry=False)
    except Exception:
        log.warning("no worker will look at %s", image.uuid, exc_info=True)


def sought(account: Account) -> frozenset[Sought]:
    """What the variants of ``account`` need to know of an image that they deliver."""
    found = EMPTY
    for variant in named.all_of(account):
        try:
            chain = body.check_chain(variant.options)
        except BadOption:
            continue
        found = found.union(*(one.aims | one.tells | one.acts for one in needs.of_sight(chain) if not one.image_id))
    return found


def look(image_uuid: str) -> int:
    """Look at an image for all that its account's variants need; how many models have."""
    image = Image.objects.select_related("account").filter(pk=image_uuid, draft=False).first()
    if image is None:
        return 0
    sights = Sights("", tells=sought(image.account))
    looks = lookers.looks(sights, masks=image.account.segment_model)
    try:
        seen = asyncio.run(_seen(image, looks))
    except NotSeen as fault:
        log.warning("%s was not looked at: %s", image_uuid, fault)
        return 0
    return len(seen.notes)


async def _seen(image: Image, looks: tuple[Look, ...]) -> Sight:
    try:
        return await sight.seen(image.account_id, looks, {"": of_image(image)}, limits())
    finally:
        await sight.settle()
