"""Pages of an account's images, newest first: found by where the last page ended, so that a page never shifts."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Q

from accounts.models import Account
from images import listing
from images.models import Image

PAGE = 48


@dataclass(frozen=True)
class Listing:
    """One page of images; ``after`` opens the next one, empty when there is none."""

    images: list[Image]
    after: str


def page_of(account: Account, search: str = "", after: str = "", size: int = PAGE) -> Listing:
    """The images behind ``after`` whose id or file name holds ``search``, letter case aside."""
    found = Image.objects.filter(account=account, draft=False).order_by("-uploaded", "-uuid")
    if search:
        found = found.filter(Q(public_id__icontains=search) | Q(filename__icontains=search))
    position = _read(after)
    if position:
        found = found.filter(listing.after(*position))
    images = list(found[: size + 1])
    return Listing(images[:size], _write(images[size - 1]) if len(images) > size else "")


def _write(image: Image) -> str:
    return f"{image.uploaded.isoformat()}_{image.uuid.hex}"


def _read(after: str) -> tuple[datetime, UUID] | None:
    """The position that ``after`` names; None for the beginning and for text that is no position."""
    uploaded, _, uuid = after.partition("_")
    try:
        moment = datetime.fromisoformat(uploaded)
        return (moment.astimezone(UTC), UUID(uuid)) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
