"""What ``make run`` makes on the first start, and the file that tells how to get in.

``credentials.json`` is for the person at this machine and for scripts: addresses, the first account, its token, its
user. Whoever loses the file removes it and starts again: token and password are made anew, the data stay.
"""

import json
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from accounts import tokens
from accounts.create import create_account
from accounts.models import Account, ApiToken, Membership
from variants import named

EMAIL = "owner@localhost"
TOKEN_NAME = "make run"  # noqa: S105 - the name of the token, not its text
ACCOUNT_NAME = "Tintype"
MADE_ONCE = ("account_id", "account_hash", "api_token", "email", "password")


def ensure_credentials() -> dict[str, str]:
    """The content of credentials.json, written when it is new or when an address in it has changed."""
    path = settings.DATA_DIR / "credentials.json"
    kept = _read(path)
    made = {key: kept[key] for key in MADE_ONCE} if _opens(kept) else make_owner()
    content = in_order(made)
    if content != kept:
        _write(path, content)
    return content


def in_order(made: dict[str, str]) -> dict[str, str]:
    """Addresses of now and what was made once, as the file has them."""
    public, hidden = settings.PUBLIC_URL, dict(made)
    return {
        "api_base": f"{public}/client/v4",
        "delivery_base": settings.DELIVERY_URL,
        "upload_base": settings.UPLOAD_URL,
        "batch_base": f"{public}/batch",
        "binding_base": f"{public}/binding",
        "account_id": hidden["account_id"],
        "account_hash": hidden["account_hash"],
        "api_token": hidden["api_token"],
        "dashboard_url": f"{public}/dashboard/",
        "email": hidden["email"],
        "password": hidden["password"],
    }


@transaction.atomic
def make_owner() -> dict[str, str]:
    """The first account, its user, an edit token, the variant ``public``: what exists is kept, its secrets are new."""
    password = secrets.token_urlsafe(12)
    user = _owner(password)
    account = Account.objects.order_by("created").first() or create_account(ACCOUNT_NAME, user)
    Membership.objects.get_or_create(account=account, user=user)
    named.all_of(account)  # makes the variant "public"
    ApiToken.objects.filter(account=account, name=TOKEN_NAME).delete()
    return {
        "account_id": account.id,
        "account_hash": account.hash,
        "api_token": tokens.issue(account, TOKEN_NAME, ApiToken.Scope.EDIT, user),
        "email": EMAIL,
        "password": password,
    }


def _owner(password: str) -> User:
    users = User.objects
    user = users.filter(username=EMAIL).first() or users.create_superuser(username=EMAIL, email=EMAIL)
    user.set_password(password)
    user.save()
    return user


def _opens(kept: dict[str, Any]) -> bool:
    """Whether the token of the file still opens the account of the file."""
    if not all(isinstance(kept.get(key), str) for key in MADE_ONCE):
        return False
    token = tokens.find(kept["api_token"])
    return token is not None and (token.account.id, token.account.hash) == (kept["account_id"], kept["account_hash"])


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _write(path: Path, content: dict[str, str]) -> None:
    """Whole or not at all, and never readable to others (a new temporary file has mode 0600)."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".credentials-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)
