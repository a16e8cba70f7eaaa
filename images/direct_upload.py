"""One-time upload URLs: given out by an account, used by anybody, once.

The token in the URL is signed, so a guess never reaches the database. What decides is the row: it is taken in the
transaction that turns the draft into an image, so of two uploads at once exactly one wins.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from itsdangerous import BadSignature, URLSafeSerializer

from accounts.models import Account
from images import counting, filenames
from images.arrival import arriving
from images.errors import FieldInvalid, UploadExpired, UploadUnknown, UploadUsed
from images.focal import Point
from images.models import DirectUpload, Image
from images.signals import original_stored
from images.upload import insert, prepare, refuse_taken

DEFAULT = timedelta(minutes=30)
SHORTEST = timedelta(minutes=2)
LONGEST = timedelta(hours=6)
GRACE = timedelta(seconds=10)
"""Clocks of callers differ a little, and a request takes its time to arrive."""

ARRIVED = ["filename", "draft", "uploaded", "format", "width", "height", "frames", "has_alpha", "size", "sha256"]
ARRIVED += ["storage_key"]
"""What an upload writes; the rest of the draft may be changed by its owner meanwhile."""


def issue(
    account: Account,
    *,
    expiry: datetime | None = None,
    public_id: str | None = None,
    meta: dict[str, Any] | None = None,
    creator: str | None = None,
    require_signed_urls: bool = False,
    focal_point: Point | None = None,
) -> tuple[Image, str]:
    """Make a draft and the URL that fills it, once, until ``expiry`` (2 minutes to 6 hours ahead; default 30 minutes).

    Raises ``IdInvalid``, ``IdTaken``, ``FieldInvalid``, ``LimitReached``.
    """
    expires_at = _checked_expiry(expiry)
    image = prepare(account, public_id, meta, creator, require_signed_urls, focal_point)
    image.draft = True
    counting.refuse_when_full(account)
    with transaction.atomic():
        refuse_taken(image)
        insert(image)
        upload = DirectUpload.objects.create(image=image, expires_at=expires_at)
    return image, _url(image, upload)


def redeem(token: str, file: Path, *, account_hash: str, public_id: str, filename: str) -> Image:
    """Fill the draft of ``token`` with ``file``. A file that is refused leaves the URL usable.

    Raises ``UploadUnknown``, ``UploadUsed``, ``UploadExpired`` and what ``images.upload.receive`` raises for a file.
    """
    upload = _find(token, account_hash, public_id)
    image = upload.image
    image.filename, image.draft, image.uploaded = filenames.clean(filename), False, timezone.now()
    with arriving(image, file) as accept, transaction.atomic():
        # The image first, then the permission: a delete locks in the same order.
        if not Image.objects.select_for_update().filter(pk=image.pk).exists():
            raise UploadUnknown("The image was deleted; ask for a new upload URL")
        _use(upload)
        image.save(update_fields=ARRIVED)
        image.refresh_from_db(fields=["meta", "creator", "require_signed_urls", "focal_x", "focal_y"])
        counting.add(image.account)
        accept()
    transaction.on_commit(lambda: original_stored.send(Image, image=image))
    return image


def expire() -> int:
    """Remove drafts whose upload URL ran out unused; how many went."""
    late = DirectUpload.objects.filter(used_at=None, expires_at__lte=timezone.now())
    return sum(_expire_one(key) for key in late.values_list("image_id", flat=True)[:1000])


@transaction.atomic
def _expire_one(key: UUID) -> bool:
    draft = Image.objects.select_for_update().filter(pk=key, draft=True).first()
    if draft is None:
        return False
    draft.delete()
    return True


def _serializer() -> URLSafeSerializer:
    """Signs with today's key and reads what older keys signed (itsdangerous wants the newest last)."""
    keys = [*reversed(settings.SECRET_KEY_FALLBACKS), settings.SECRET_KEY]
    return URLSafeSerializer(keys, salt="images.direct_upload")


def _url(image: Image, upload: DirectUpload) -> str:
    token = _serializer().dumps([upload.id.hex, int(upload.expires_at.timestamp())])
    return f"{settings.UPLOAD_URL}/{image.account.hash}/{quote(image.public_id)}?t={token}"


def _checked_expiry(expiry: datetime | None) -> datetime:
    now = timezone.now()
    if expiry is None:
        return now + DEFAULT
    if not SHORTEST - GRACE <= expiry - now <= LONGEST + GRACE:
        raise FieldInvalid("expiry: expected a time between 2 minutes and 6 hours from now")
    return expiry


def _find(token: str, account_hash: str, public_id: str) -> DirectUpload:
    """The permission that ``token`` stands for, while it can be used. :func:`_use` decides in the end."""
    try:
        key, expires = _serializer().loads(token)
    except BadSignature:
        raise UploadUnknown("This upload URL was never given out; ask for a new one") from None
    upload = DirectUpload.objects.select_related("image__account").filter(id=key).first()
    if upload is None and expires <= timezone.now().timestamp():
        raise UploadExpired("This upload URL has expired; ask for a new one")
    if upload is None or (upload.image.account.hash, upload.image.public_id) != (account_hash, public_id):
        raise UploadUnknown("This upload URL is not valid any more; ask for a new one")
    _refuse_spent(upload)
    return upload


def _refuse_spent(upload: DirectUpload) -> None:
    if upload.used_at:
        raise UploadUsed("This upload URL was used already; ask for a new one")
    if upload.expires_at <= timezone.now():
        raise UploadExpired("This upload URL has expired; ask for a new one")


def _use(upload: DirectUpload) -> None:
    """Take the permission; of several that try, one succeeds. Raises ``UploadUsed`` or ``UploadExpired``."""
    now = timezone.now()
    if not DirectUpload.objects.filter(pk=upload.pk, used_at=None, expires_at__gt=now).update(used_at=now):
        upload.refresh_from_db(fields=["used_at", "expires_at"])
        _refuse_spent(upload)
        raise UploadUsed("This upload URL was used already; ask for a new one")
