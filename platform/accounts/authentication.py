"""Who asks: a bearer token, or the mail address of its user beside it, turned into an account."""

import hmac
from dataclasses import dataclass
from typing import Any, cast

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts import tokens
from accounts.models import Account, ApiToken

REFUSED = "Authentication error"


@dataclass(frozen=True)
class Access:
    """What a request may reach: one account, to look at or to change."""

    account: Account
    may_edit: bool


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer <token>``, or ``X-Auth-Email`` and ``X-Auth-Key: <token>``."""

    def authenticate(self, request: Request) -> tuple[Any, Access]:
        """The token's user (may be None) and what it opens. Raises ``AuthenticationFailed``."""
        token = _by_bearer(request) or _by_email(request)
        if token is None or (token.user and not token.user.is_active):
            raise AuthenticationFailed(REFUSED)
        return token.user, Access(token.account, token.scope == ApiToken.Scope.EDIT)

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return "Bearer"


def bearer(request: Request) -> str:
    """The text after ``Bearer`` in the header ``Authorization``, empty when there is none."""
    scheme, _, text = request.headers.get("Authorization", "").strip().partition(" ")
    return text.strip() if scheme.lower() == "bearer" else ""


def _by_bearer(request: Request) -> ApiToken | None:
    text = bearer(request)
    return tokens.find(text) if text else None


def _by_email(request: Request) -> ApiToken | None:
    email, key = request.headers.get("X-Auth-Email", "").strip(), request.headers.get("X-Auth-Key", "").strip()
    token = tokens.find(key) if email and key else None
    if token is None or token.user is None or not token.user.email:
        return None
    same = hmac.compare_digest(token.user.email.lower().encode(), email.lower().encode())
    return token if same else None


def account_of(request: Request) -> Account:
    """The account that an authenticated request may reach."""
    return access_of(request).account


def access_of(request: Request) -> Access:
    """What an authenticated request may reach."""
    return cast(Access, request.auth)
