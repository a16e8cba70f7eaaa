"""Images: upload, both lists, get, edit, delete, and the original's bytes."""

from pathlib import Path
from typing import Any

from django.http import FileResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import account_of
from accounts.models import Account
from api import fields, schemas
from api.envelope import answer
from api.parsers import file_of, refuse_unless_form
from api.serializers import wire_image
from images import fetch, filters, listing, removal, upload
from images.errors import FieldInvalid, FileMissing, ImageNotFound
from images.formats import MIMES
from images.models import Image
from images.storage import storage
from variants import cache, configuring, named

V1_PAGE, V1_MOST = 50, 100
V2_MOST = 1000
LAST_PAGE = 10**9
ORDERS = {None: False, "desc": False, "asc": True}
BLOB_HEADERS = {
    # Whatever the bytes are, a browser must save them and not run them.
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}


class ImagesV1(APIView):
    """POST takes an image in; GET is the deprecated list."""

    @extend_schema(**schemas.UPLOAD)
    def post(self, request: Request, account_id: str = "") -> Response:
        """Upload an image, as a file or by its URL."""
        refuse_unless_form(request)
        account = account_of(request)
        return answer(wired(_received(request, account), account))

    @extend_schema(**schemas.LIST_V1)
    def get(self, request: Request, account_id: str = "") -> Response:
        """Images by page number, the newest first."""
        account = account_of(request)
        number = fields.query_number(request, "page", 1, 1, LAST_PAGE)
        size = fields.query_number(request, "per_page", V1_PAGE, 1, V1_MOST)
        selection = listing.Selection(creator=fields.query_text(request, "creator"))
        found, total = listing.page(account, selection, number, size)
        info = {"page": number, "per_page": size, "count": len(found), "total_count": total}
        return answer({"images": all_wired(found, account)}, info)


class ImagesV2(APIView):
    """The list that pages by a token and filters by metadata."""

    @extend_schema(**schemas.LIST_V2)
    def get(self, request: Request, account_id: str = "") -> Response:
        """Images after the last one of the answer before."""
        account = account_of(request)
        order = fields.query_text(request, "sort_order")
        if order not in ORDERS:
            raise FieldInvalid(f"sort_order: expected asc or desc, got {order!r:.60}")
        size = fields.query_number(request, "per_page", V2_MOST, 1, V2_MOST)
        token = fields.query_text(request, "continuation_token")
        found, following = listing.following(account, selection_of(request), token, size, ascending=ORDERS[order])
        return answer({"images": all_wired(found, account), "continuation_token": following})


class OneImage(APIView):
    """An image or a draft."""

    @extend_schema(**schemas.GET_IMAGE)
    def get(self, request: Request, image_id: str, account_id: str = "") -> Response:
        """What is known of an image."""
        account = account_of(request)
        return answer(wired(removal.find(account, image_id), account))

    @extend_schema(**schemas.EDIT_IMAGE)
    def patch(self, request: Request, image_id: str, account_id: str = "") -> Response:
        """Replace the metadata, the creator, whether URLs must be signed, or the focal point."""
        account = account_of(request)
        image = removal.find(account, image_id)
        changed = removal.change(image, **fields.changed_fields(fields.data_of(request)))
        if _shown(changed) != _shown(image):
            cache.purge_image(changed)
        return answer(wired(changed, account))

    @extend_schema(**schemas.DELETE_IMAGE)
    def delete(self, request: Request, image_id: str, account_id: str = "") -> Response:
        """Remove an image and everything made of it."""
        removal.remove(removal.find(account_of(request), image_id))
        return answer({})


class Blob(APIView):
    """The original, byte for byte."""

    @extend_schema(**schemas.BLOB)
    def get(self, request: Request, image_id: str, account_id: str = "") -> FileResponse:
        """Download the bytes that were uploaded; not while the account has a policy."""
        image = removal.find(account_of(request), image_id)
        configuring.refuse_originals(image.account)
        if image.draft:
            raise ImageNotFound("Image not found: its bytes have not been uploaded yet")
        name = image.filename or f"image.{image.format}"
        response = FileResponse(
            storage().open(image.storage_key), as_attachment=True, filename=name, content_type=MIMES[image.format]
        )
        for header, value in BLOB_HEADERS.items():
            response[header] = value
        response["Content-Length"] = str(image.size)
        return response


def wired(image: Image, account: Account) -> dict[str, Any]:
    """One image on the wire."""
    return wire_image(image, account, named.all_of(account))


def all_wired(images: list[Image], account: Account) -> list[dict[str, Any]]:
    """Images on the wire; the variants are asked for once."""
    variants = named.all_of(account)
    return [wire_image(image, account, variants) for image in images]


def selection_of(request: Request) -> listing.Selection:
    """The filters of a v2 list."""
    pairs = [(name, value) for name, values in request.query_params.lists() for value in values]
    return listing.Selection(
        creator=fields.query_text(request, "creator"),
        prefix=fields.query_text(request, "prefix") or "",
        conditions=filters.parse(pairs),
    )


def _shown(image: Image) -> tuple[object, ...]:
    """What decides who sees what of an image: with another value, what was made of it is of no use."""
    return image.require_signed_urls, image.focal_point


def _received(request: Request, account: Account) -> Image:
    values = fields.image_fields(fields.data_of(request))
    file, url = file_of(request), fields.text_of(fields.data_of(request), "url")
    if (file is None) == (url is None):
        raise FileMissing("Send exactly one of the fields file and url")
    if file is not None:
        path, name = file
        return upload.receive(account, path, filename=name, **values)
    return _received_from(url or "", account, values)


def _received_from(url: str, account: Account, values: dict[str, Any]) -> Image:
    # What is wrong with the fields is told before anything is fetched.
    upload.refuse_taken(upload.prepare(account, **values))
    with fetch.fetched(url) as path:
        return upload.receive(account, Path(path), filename=fetch.filename_of(url), **values)
