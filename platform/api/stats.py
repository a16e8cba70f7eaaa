"""How many images there are and may be."""

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import account_of
from api import schemas
from api.envelope import answer
from images import counting


class Stats(APIView):
    """Exact as soon as an upload or a delete has answered."""

    @extend_schema(**schemas.STATS)
    def get(self, request: Request, account_id: str = "") -> Response:
        """Images stored, and the most there may be."""
        return answer({"count": {"allowed": settings.IMAGE_LIMIT, "current": counting.current(account_of(request))}})
