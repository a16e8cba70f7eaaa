"""The batch host: the same calls with a token that lives an hour, names its account itself and is counted apart."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from itsdangerous import BadSignature, URLSafeTimedSerializer
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from accounts.authentication import REFUSED, Access, access_of, bearer
from accounts.models import Account
from api import schemas
from api.envelope import answer
from api.serializers import instant_in_nanoseconds

LIFETIME = timedelta(hours=1)


class BatchToken(APIView):
    """Tokens for the batch host."""

    @extend_schema(**schemas.BATCH_TOKEN)
    def get(self, request: Request, account_id: str = "") -> Response:
        """A token that may do what the token of this request may do."""
        access = access_of(request)
        token = _serializer().dumps([access.account.id, access.may_edit])
        return answer({"token": token, "expiresAt": instant_in_nanoseconds(datetime.now(UTC) + LIFETIME)})


class BatchAuthentication(BaseAuthentication):
    """``Authorization: Bearer <batch token>``."""

    def authenticate(self, request: Request) -> tuple[Any, Access]:
        """No user, and what the token opens. Raises ``AuthenticationFailed``."""
        try:
            key, may_edit = _serializer().loads(bearer(request), max_age=int(LIFETIME.total_seconds()))
        except BadSignature:
            raise AuthenticationFailed(REFUSED) from None
        account = Account.objects.filter(pk=key).first()
        if account is None:
            raise AuthenticationFailed(REFUSED)
        return None, Access(account, may_edit)

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return "Bearer"


class BatchThrottle(SimpleRateThrottle):
    """So many calls a second for each token, counted in the cache."""

    scope = "batch"

    def get_rate(self) -> str:
        """The rate from the settings."""
        return f"{settings.BATCH_CALLS_PER_SECOND}/second"

    def get_cache_key(self, request: Request, view: Any) -> str:
        """One counter per token."""
        return self.cache_format % {"scope": self.scope, "ident": bearer(request)[-43:]}


def _serializer() -> URLSafeTimedSerializer:
    keys = [*reversed(settings.SECRET_KEY_FALLBACKS), settings.SECRET_KEY]
    return URLSafeTimedSerializer(keys, salt="api.batch")
