"""Signing keys: listed, made, ended. Their texts are shown to whoever may edit or read the account."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import keys
from accounts.authentication import account_of
from api import schemas
from api.envelope import answer
from api.serializers import wire_keys


class Keys(APIView):
    """All keys."""

    @extend_schema(**schemas.LIST_KEYS)
    def get(self, request: Request, account_id: str = "") -> Response:
        """List the keys with their texts."""
        return answer(wire_keys(keys.all_of(account_of(request))))


class OneKey(APIView):
    """A key by its name."""

    @extend_schema(**schemas.PUT_KEY)
    def put(self, request: Request, name: str, account_id: str = "") -> Response:
        """Make a key; one that exists stays as it is."""
        keys.create(account_of(request), name)
        return answer(wire_keys(keys.all_of(account_of(request))))

    @extend_schema(**schemas.DELETE_KEY)
    def delete(self, request: Request, name: str, account_id: str = "") -> Response:
        """End a key; the last one is replaced by a new ``default``."""
        keys.delete(account_of(request), name)
        return answer(wire_keys(keys.all_of(account_of(request))))
