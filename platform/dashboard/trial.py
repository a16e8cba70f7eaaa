"""A picture rendered with options that are not saved: what the preview shows."""

import base64
import json
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from asgiref.sync import async_to_sync
from django.core.exceptions import ValidationError

from accounts.models import Account
from images.models import Image, digest_of
from images.storage import storage
from variants import box, description, impression, lookers, named, needs, policy, sight
from variants.encoders import ENCODERS
from variants.errors import OverlayNotFound
from variants.facts import of_image
from variants.limits import Limits
from variants.lookers import Look
from variants.negotiate import Source, Target, negotiate
from variants.notation import body, url
from variants.operations.overlay import images
from variants.options.option import Options
from variants.render import Rendered
from variants.sighted import Notes, Sight
from variants.table import BROWSER_TTL, make

SAMPLE_FILE = Path(__file__).resolve().parent / "static" / "dashboard" / "sample.jpg"
SAMPLE = Source("jpeg", 1600, 1067, 1, False, SAMPLE_FILE.stat().st_size)
ACCEPT = "image/avif,image/webp,image/*"
FORMATS = {
    "jpeg": "JPEG",
    "baseline-jpeg": "JPEG",
    "png": "PNG",
    "webp": "WebP",
    "avif": "AVIF",
    "gif": "GIF",
    "svg": "SVG",
}


@dataclass(frozen=True)
class Trial:
    """A rendition as a page shows it: ``data`` is a data URL, ``size`` its bytes before that."""

    data: str
    width: int
    height: int
    frames: int
    size: int
    format: str
    warnings: tuple[str, ...]
    url_text: str


def source_of(image: Image | None) -> Source:
    """What rendering has to know of an image; of the sample for None."""
    if image is None:
        return SAMPLE
    return Source(image.format, image.width, image.height, image.frames, image.has_alpha, image.size)


def render(account: Account, options: Any, image: Image | None, limits: Limits) -> Trial:
    """Render ``image`` (None: the sample) with ``options`` for a browser that takes every format. Nothing is kept.

    What the options draw are images of ``account``; its policy holds for all of them. Raises ``VariantFault``, and
    ``Missing`` when storage has lost the original.
    """
    source, asked = source_of(image), tuple(_of_pixels(step) for step in body.check_chain(options))
    first = policy.steps_of(named.policy_of(account))
    if first and image:
        policy.check(asked, source.format, ACCEPT)
    chain = (*first, *asked) if image else asked
    target = negotiate(chain, ACCEPT, source, limits)
    made = _rendered(account, image, chain, target, limits, source, policy.on_drawings(first))
    form = made.format if target.formats else target.format
    mime = ENCODERS[form].mime if target.formats else target.mime
    return Trial(
        data=f"data:{mime};base64,{base64.b64encode(made.body).decode()}",
        width=made.width,
        height=made.height,
        frames=made.frames,
        size=len(made.body),
        format=FORMATS.get(form, form),
        warnings=tuple(dict.fromkeys((*target.warnings, *made.warnings))),
        url_text=unquote(url.write(asked)),
    )


def described(account: Account, include: list[str], image: Image, limits: Limits) -> Any:
    """What ``format=json`` tells of ``image``, as the policy leaves it, at the size of a placeholder.

    Raises as ``render`` does.
    """
    side = {"width": impression.LONGEST, "height": impression.LONGEST}
    source, asked = source_of(image), body.check_chain({"format": description.FORMAT, "include": include, **side})
    chain = (*policy.steps_of(named.policy_of(account)), *asked)
    target = negotiate(chain, ACCEPT, source, limits)
    return json.loads(_rendered(account, image, chain, target, limits, source).body)


def _of_pixels(step: Options) -> Options:
    return make({name: value for name, value in step.items() if name != BROWSER_TTL.name})


def _rendered(
    account: Account,
    image: Image | None,
    chain: tuple[Options, ...],
    target: Target,
    limits: Limits,
    source: Source,
    on_drawings: tuple[Options, ...] = (),
) -> Rendered:
    """The rendition; the original itself where that is what delivery would answer with."""
    original = _original(image)
    if target.untransformed:
        bytes_ = original if isinstance(original, bytes) else original.read_bytes()
        return Rendered(bytes_, source.width, source.height, source.frames)
    drawn = {image_id: _picture(account, image_id) for image_id in images(chain)}
    pictures = {image_id: _original(picture) for image_id, picture in drawn.items()}
    known = _known(account, image, drawn, chain, on_drawings, limits)
    about = target, limits, source
    return async_to_sync(box.render)(original, chain, *about, pictures=pictures, sight=known, on_drawings=on_drawings)


def _known(
    account: Account,
    image: Image | None,
    drawn: dict[str, Image],
    chain: tuple[Options, ...],
    on_drawings: tuple[Options, ...],
    limits: Limits,
) -> Sight:
    """What is known of the pictures, as far as somebody can look at them now."""
    rows = {image_id: of_image(row) for image_id, row in {"": image, **drawn}.items() if row}
    sights, masks = needs.of_sight(chain, on_drawings), account.segment_model
    looks = tuple(look for one in sights for look in lookers.looks(one, masks=masks))
    seen = sight.seen_now(account.id, looks, rows, limits)
    return seen if image else replace(seen, notes=seen.notes | _of_sample(looks, limits))


@lru_cache(maxsize=16)
def _of_sample(looks: tuple[Look, ...], limits: Limits) -> Notes:
    return sight.notes_of(SAMPLE_FILE, tuple(look for look in looks if not look.image_id), limits)


def _picture(account: Account, image_id: str) -> Image:
    """An image that is drawn. Raises ``OverlayNotFound``."""
    found = Image.objects.filter(account=account, draft=False, public_id_digest=digest_of(image_id)).first()
    if found is None:
        raise OverlayNotFound(image_id)
    return found


def _original(image: Image | None) -> Path | bytes:
    """The original's file, or its bytes where storage is elsewhere."""
    if image is None:
        return SAMPLE_FILE
    return storage().path(image.storage_key) or storage().get(image.storage_key)


def chosen(account: Account, uuid: str) -> Image | None:
    """The member's image with this uuid; None for anything else, so that the sample is shown."""
    try:
        return Image.objects.filter(account=account, draft=False, uuid=uuid).first() if uuid else None
    except ValidationError:
        return None
