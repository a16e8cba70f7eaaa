"""Signing keys of an account: up to ten by name, all valid at the same time, never none."""

import re

from django.conf import settings
from django.db import transaction

from accounts import generation
from accounts.create import DEFAULT_KEY
from accounts.errors import KeyNameInvalid, KeyUnknown, TooManyKeys
from accounts.models import Account, SigningKey

NAME = re.compile(r"[a-zA-Z0-9]{1,20}")


def all_of(account: Account) -> list[SigningKey]:
    """The keys of ``account``, the oldest first."""
    return list(SigningKey.objects.filter(account=account).order_by("pk"))


@transaction.atomic
def create(account: Account, name: str) -> SigningKey:
    """A new key; one that exists stays as it is. Raises ``KeyNameInvalid`` and ``TooManyKeys``."""
    if not NAME.fullmatch(name):
        raise KeyNameInvalid("The name of a signing key has 1 to 20 letters and digits; choose another name")
    _lock(account)
    keys = {key.name: key for key in all_of(account)}
    if name in keys:
        return keys[name]
    if len(keys) >= settings.SIGNING_KEY_LIMIT:
        raise TooManyKeys(f"The account has reached its limit of {settings.SIGNING_KEY_LIMIT} signing keys; delete one")
    key = SigningKey.objects.create(account=account, name=name)
    generation.bump()
    return key


@transaction.atomic
def delete(account: Account, name: str) -> None:
    """End a key: what it signed does not open any more. The last one is replaced by a new ``default``."""
    _lock(account)
    if not SigningKey.objects.filter(account=account, name=name).delete()[0]:
        raise KeyUnknown("The account has no signing key of this name")
    if not SigningKey.objects.filter(account=account).exists():
        SigningKey.objects.create(account=account, name=DEFAULT_KEY)
    generation.bump()


def _lock(account: Account) -> None:
    """Two changes at once must not both see room for one more."""
    Account.objects.select_for_update().get(pk=account.pk)
