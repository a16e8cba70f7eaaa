"""Drop what was rendered (an extension): of an image, of a variant, of the account. It is made again when asked for."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import account_of
from api import schemas
from api.envelope import answer
from images import removal
from variants import cache, named


class ImageRenditions(APIView):
    """Everything made of one image."""

    @extend_schema(**schemas.PURGE_IMAGE)
    def delete(self, request: Request, image_id: str, account_id: str = "") -> Response:
        """Purge an image."""
        return answer({"purged": cache.purge_image(removal.find(account_of(request), image_id))})


class VariantRenditions(APIView):
    """Everything made with one variant."""

    @extend_schema(**schemas.PURGE_VARIANT)
    def delete(self, request: Request, name: str, account_id: str = "") -> Response:
        """Purge a variant."""
        account = account_of(request)
        return answer({"purged": cache.purge_variant(account, named.find(account, name).name)})


class AccountRenditions(APIView):
    """Everything made for the account."""

    @extend_schema(**schemas.PURGE_ACCOUNT)
    def delete(self, request: Request, account_id: str = "") -> Response:
        """Purge the account."""
        return answer({"purged": cache.purge_account(account_of(request))})
