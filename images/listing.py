"""Images of an account, page by page: by number (v1), or by what came last (v2), which no insert or delete disturbs."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Left
from itsdangerous import BadSignature, URLSafeSerializer

from accounts.models import Account
from images import counting, meta_query
from images.errors import FieldInvalid
from images.filters import Condition
from images.models import Image, creator_digest_of

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True)
class Selection:
    """Which images: with ``creator`` (empty: without one), ``prefix`` of the id, conditions on metadata. No drafts."""

    creator: str | None = None
    prefix: str = ""
    conditions: list[Condition] = field(default_factory=list)

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return self == Selection()


def page(account: Account, selection: Selection, number: int, size: int) -> tuple[list[Image], int]:
    """Page ``number`` (from 1) of ``size`` images, the newest first, and how many there are in all."""
    found = _selected(account, selection).order_by("-uploaded", "-uuid")
    total = counting.current(account) if selection.is_everything else found.count()
    start = (number - 1) * size
    return list(found[start : start + size]) if start < total else [], total


def following(
    account: Account, selection: Selection, token: str | None, size: int, *, ascending: bool = False
) -> tuple[list[Image], str | None]:
    """The ``size`` images after those that ``token`` ended with, and the next token, None at the end.

    Raises ``FieldInvalid`` for a token that was not given out to this account.
    """
    found = _selected(account, selection)
    if token:
        found = found.filter(after(*_read(account, token), ascending=ascending))
    order = ("uploaded", "uuid") if ascending else ("-uploaded", "-uuid")
    images = list(found.order_by(*order)[: size + 1])
    more = len(images) > size
    return images[:size], _write(account, images[size - 1]) if more else None


def _selected(account: Account, selection: Selection) -> "QuerySet[Image]":
    found = Image.objects.filter(meta_query.where(selection.conditions), account=account, draft=False)
    if selection.creator is not None:
        found = found.filter(creator_digest=creator_digest_of(selection.creator))
    if selection.prefix:
        # startswith would take a for A on SQLite.
        found = found.alias(head=Left("public_id", len(selection.prefix))).filter(head=selection.prefix)
    return found


def after(uploaded: datetime, key: uuid.UUID, *, ascending: bool = False) -> Q:
    """The condition that an image comes after another one in the order by ``uploaded`` and ``uuid``."""
    # The first condition alone tells the database where in the index to begin.
    if ascending:
        return Q(uploaded__gte=uploaded) & (Q(uploaded__gt=uploaded) | Q(uuid__gt=key))
    return Q(uploaded__lte=uploaded) & (Q(uploaded__lt=uploaded) | Q(uuid__lt=key))


def _serializer(account: Account) -> URLSafeSerializer:
    keys = [*reversed(settings.SECRET_KEY_FALLBACKS), settings.SECRET_KEY]
    return URLSafeSerializer(keys, salt=f"images.listing.{account.id}")


def _write(account: Account, last: Image) -> str:
    token = _serializer(account).dumps([last.uploaded.isoformat(), last.uuid.hex])
    return token if isinstance(token, str) else token.decode()


def _read(account: Account, token: str) -> tuple[datetime, uuid.UUID]:
    try:
        uploaded, key = _serializer(account).loads(token)
    except (BadSignature, UnicodeError):
        raise FieldInvalid("continuation_token: send the one from the previous answer as it stands") from None
    return datetime.fromisoformat(uploaded), uuid.UUID(key)
