"""Settings of an account that its owner changes: checked as a whole, effective for the next request everywhere."""

from collections.abc import Mapping

from django.db import transaction

from accounts import generation
from accounts.errors import SettingInvalid
from accounts.models import BROWSER_TTL_RANGE, Account

NAMES = (
    "flexible_variants",
    "browser_ttl",
    "preserve_content_credentials",
    "svg_rasterize",
    "any_origin",
    "fallback_image",
    "fallback_status",
    "policy_variant",
    "segment_model",
)
LONGEST_ID, LONGEST_NAME = 1024, 99
# 0: the status of what went wrong. Redirects and answers without a body cannot show a picture.
FALLBACK_STATUSES = (0, *range(200, 204), *range(400, 600))


def read(account: Account) -> dict[str, bool | int | str]:
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


def _checked(name: str, value: object) -> bool | int | str:
    if name not in NAMES:
        raise SettingInvalid(f"{name[:60]}: no such setting; there are {', '.join(NAMES)}")
    if name == "browser_ttl":
        return _seconds(value)
    if name == "fallback_image":
        return _image(value)
    if name in ("policy_variant", "segment_model"):
        return _name(name, value)
    if name == "fallback_status":
        return _status(value)
    if not isinstance(value, bool):
        raise SettingInvalid(f"{name}: expected true or false, got {_shown(value)}")
    return value


def _seconds(value: object) -> int:
    low, high = BROWSER_TTL_RANGE
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise SettingInvalid(f"browser_ttl: expected a whole number of seconds, {low} to {high}, got {_shown(value)}")
    return value


def _image(value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_ID or "\0" in value:
        raise SettingInvalid(f"fallback_image: expected the id of an image, or an empty text, got {_shown(value)}")
    return value


def _name(setting: str, value: object) -> str:
    """A name; that there is such a variant or model is for who knows them: see :mod:`variants.configuring`."""
    if not isinstance(value, str) or len(value) > LONGEST_NAME or "\0" in value:
        raise SettingInvalid(f"{setting}: expected a name, or an empty text, got {_shown(value)}")
    return value


def _status(value: object) -> int:
    if isinstance(value, bool) or value not in FALLBACK_STATUSES or not isinstance(value, int):
        raise SettingInvalid(f"fallback_status: expected 0, 200 to 203 or 400 to 599, got {_shown(value)}")
    return value


def _shown(value: object) -> str:
    return repr(value)[:60]
