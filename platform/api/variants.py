"""Named variants."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import account_of
from api import fields, schemas
from api.envelope import answer
from api.serializers import wire_variant
from images.errors import FieldInvalid
from variants import named


class Variants(APIView):
    """All variants, as a map from their ids."""

    @extend_schema(**schemas.LIST_VARIANTS)
    def get(self, request: Request, account_id: str = "") -> Response:
        """List the variants."""
        found = named.all_of(account_of(request))
        return answer({"variants": {variant.name: wire_variant(variant) for variant in found}})

    @extend_schema(**schemas.CREATE_VARIANT)
    def post(self, request: Request, account_id: str = "") -> Response:
        """Make a variant; it applies to all images at once."""
        name = fields.text_of(fields.data_of(request), "id")
        if name is None or "options" not in fields.data_of(request):
            raise FieldInvalid("Send an id and the options of the variant")
        never = fields.flag_of(fields.data_of(request), "neverRequireSignedURLs") or False
        options = fields.options_of(fields.data_of(request))
        return answer({"variant": wire_variant(named.create(account_of(request), name, options, never))})


class OneVariant(APIView):
    """A variant by its id."""

    @extend_schema(**schemas.GET_VARIANT)
    def get(self, request: Request, name: str, account_id: str = "") -> Response:
        """One variant."""
        return answer({"variant": wire_variant(named.find(account_of(request), name))})

    @extend_schema(**schemas.EDIT_VARIANT)
    def patch(self, request: Request, name: str, account_id: str = "") -> Response:
        """Replace the options; what was made with the old ones goes."""
        options = fields.options_of(fields.data_of(request)) if "options" in fields.data_of(request) else None
        never = fields.flag_of(fields.data_of(request), "neverRequireSignedURLs")
        return answer({"variant": wire_variant(named.change(account_of(request), name, options, never))})

    @extend_schema(**schemas.DELETE_VARIANT)
    def delete(self, request: Request, name: str, account_id: str = "") -> Response:
        """Remove a variant and what was made with it."""
        named.delete(account_of(request), name)
        return answer({})
