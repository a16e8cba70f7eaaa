"""Origins whose pictures may be transformed by their URL; an extension of the API."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import origins
from accounts.authentication import account_of
from api import fields, schemas
from api.envelope import answer
from api.serializers import wire_origin
from images import remote


class Origins(APIView):
    """All entries."""

    @extend_schema(**schemas.LIST_ORIGINS)
    def get(self, request: Request, account_id: str = "") -> Response:
        """List the entries."""
        return answer({"origins": [wire_origin(origin) for origin in origins.all_of(account_of(request))]})

    @extend_schema(**schemas.CREATE_ORIGIN)
    def post(self, request: Request, account_id: str = "") -> Response:
        """Add an entry; one that exists stays as it is."""
        data = fields.data_of(request)
        made = origins.create(account_of(request), data.get("host"), data.get("path_prefix", ""))
        return answer(wire_origin(made))


class OneOrigin(APIView):
    """An entry by its id."""

    @extend_schema(**schemas.DELETE_ORIGIN)
    def delete(self, request: Request, name: str, account_id: str = "") -> Response:
        """Remove an entry: the next request for its pictures is refused."""
        origins.delete(account_of(request), name)
        return answer({})


class OriginCache(APIView):
    """What is kept of other servers."""

    @extend_schema(**schemas.PURGE_URL)
    def delete(self, request: Request, account_id: str = "") -> Response:
        """Forget what is behind ``url``, and drop all that was made of it."""
        return answer({"purged": remote.forget(account_of(request), request.query_params.get("url", ""))})
