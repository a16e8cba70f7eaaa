"""API tokens: made at random, shown once, kept as SHA-256.

A token carries 256 random bits, so a plain hash is enough: there is nothing to guess that a slow hash would slow down.
"""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from accounts.models import Account, ApiToken

LAST_USED_STEP = timedelta(minutes=5)


def digest_of(text: str) -> str:
    """What the database keeps of a token's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def issue(account: Account, name: str, scope: str = ApiToken.Scope.EDIT, user: User | None = None) -> str:
    """Make a token; the text returned is not kept anywhere."""
    text = secrets.token_urlsafe(32)
    ApiToken.objects.create(account=account, name=name, scope=scope, user=user, digest=digest_of(text))
    return text


def find(text: str) -> ApiToken | None:
    """The token with this text, its account loaded with it; notes from time to time that it was used."""
    token = ApiToken.objects.select_related("account", "user").filter(digest=digest_of(text)).first()
    now = timezone.now()
    if token and (token.last_used is None or now - token.last_used > LAST_USED_STEP):
        ApiToken.objects.filter(pk=token.pk).update(last_used=now)
    return token
