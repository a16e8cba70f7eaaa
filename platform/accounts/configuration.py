"""Settings of an account that its owner changes: checked as a whole, effective for the next request everywhere."""

from collections.abc import Mapping

from django.db import transaction

from accounts import generation
from accounts.errors import SettingInvalid
from accounts.models import BROWSER_TTL_RANGE, Account

NAMES = ("flexible_variants", "browser_ttl", "preserve_content_credentials")


def read(account: Account) -> dict[str, bool | int]:
    """All settings."""
    return {name: getattr(account, name) for name in NAMES}


@transaction.atomic
def change(account: Account, values: Mapping[str, object]) -> Account:
    """Set the settings in ``values``; the others stay. Raises ``SettingInvalid`` and then changes nothing."""
    current = Account.objects.select_for_update().get(pk=account.pk)
    for name, value in values.items():
        setattr(current, name, _checked(name, value))
    current.save(update_fields=list(values))
    generation.bump()
    return current


def _checked(name: str, value: object) -> bool | int:
    if name not in NAMES:
        raise SettingInvalid(f"{name[:60]}: no such setting; there are {', '.join(NAMES)}")
    if name == "browser_ttl":
        return _seconds(value)
    if not isinstance(value, bool):
        raise SettingInvalid(f"{name}: expected true or false, got {_shown(value)}")
    return value


def _seconds(value: object) -> int:
    low, high = BROWSER_TTL_RANGE
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise SettingInvalid(f"browser_ttl: expected a whole number of seconds, {low} to {high}, got {_shown(value)}")
    return value


def _shown(value: object) -> str:
    return repr(value)[:60]
