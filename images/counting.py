"""How many images an account holds: moved in the transaction that adds or removes one, so it is always exact."""

from django.conf import settings
from django.db.models import F

from accounts.models import Account
from images.errors import LimitReached
from images.models import ImageCount


def current(account: Account) -> int:
    """Stored images of ``account``, drafts left out."""
    return ImageCount.objects.filter(account=account).values_list("count", flat=True).first() or 0


def refuse_when_full(account: Account) -> None:
    """Raise ``LimitReached`` when the account can take no more; :func:`add` decides, this saves the work before it."""
    if current(account) >= settings.IMAGE_LIMIT:
        raise LimitReached(f"The account has reached its limit of {settings.IMAGE_LIMIT} images; delete some first")


def add(account: Account) -> None:
    """Count one more, inside the transaction that stores it. Raises ``LimitReached``."""
    ImageCount.objects.get_or_create(account=account)
    room = ImageCount.objects.filter(account=account, count__lt=settings.IMAGE_LIMIT)
    if not room.update(count=F("count") + 1):
        refuse_when_full(account)


def subtract(account: Account) -> None:
    """Count one less, inside the transaction that removes it."""
    ImageCount.objects.filter(account=account, count__gt=0).update(count=F("count") - 1)
