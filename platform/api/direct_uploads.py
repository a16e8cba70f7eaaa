"""One-time upload URLs: issued to an account, used by anybody from any page."""

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import account_of
from api import fields, schemas
from api.envelope import answer
from api.images import wired
from api.parsers import file_of, refuse_unless_form
from images import direct_upload
from images.errors import FileMissing


class DirectUploads(APIView):
    """Version 2, and version 1 as another name of it."""

    @extend_schema(**schemas.ISSUE)
    def post(self, request: Request, account_id: str = "") -> Response:
        """Make a draft and the URL that fills it, once."""
        values = fields.image_fields(fields.data_of(request))
        expiry = fields.time_of(fields.data_of(request), "expiry")
        image, url = direct_upload.issue(account_of(request), expiry=expiry, **values)
        return answer({"id": image.public_id, "uploadURL": url})


class Receive(APIView):
    """What the URL leads to. No token of an account, no cookie: the ``t`` in the URL is all that opens it."""

    authentication_classes = ()
    permission_classes = ()

    @extend_schema(**schemas.RECEIVE)
    def post(self, request: Request, account_hash: str, image_id: str) -> Response:
        """Upload one image in the field ``file``."""
        refuse_unless_form(request)
        file = file_of(request)
        if file is None:
            raise FileMissing("Send the image in the field file")
        token = fields.query_text(request, "t") or ""
        path, name = file
        image = direct_upload.redeem(token, path, account_hash=account_hash, public_id=image_id, filename=name)
        wire = wired(image, image.account)
        if not settings.UPLOAD_ANSWERS_META:
            wire.pop("meta")
        return answer(wire)
