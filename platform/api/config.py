"""Settings of the account."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import configuration
from accounts.authentication import account_of
from api import fields, schemas
from api.envelope import answer
from variants import configuring


class Config(APIView):
    """Read and change settings; a change holds for the next request everywhere."""

    @extend_schema(**schemas.GET_CONFIG)
    def get(self, request: Request, account_id: str = "") -> Response:
        """All settings."""
        return answer(configuration.read(account_of(request)))

    @extend_schema(**schemas.EDIT_CONFIG)
    def patch(self, request: Request, account_id: str = "") -> Response:
        """Change the settings that are named."""
        return answer(configuration.read(configuring.change(account_of(request), fields.data_of(request))))
