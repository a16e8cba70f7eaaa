"""Named in the domain, numbered here: one table from faults to status, code and text."""

import logging
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response

from accounts import errors as accounts
from api.envelope import fault
from images import errors as images
from variants import errors as variants

logger = logging.getLogger(__name__)
MOUNTS = ("/client/v4/", "/upload/", "/batch/")
RETRY_SECONDS = "2"
LONGEST_TEXT = 1000
"""A fault may quote the value that was sent; the answer stays short all the same."""


class NotAForm(exceptions.APIException):
    """The body of an upload is the picture itself, or JSON."""


@dataclass(frozen=True)
class Row:
    """How a fault is told. ``text`` None: as the fault itself says."""

    fault: type[Exception]
    status: int
    code: int
    text: str | None = None


# The first row whose class fits is taken: special ones stand before general ones.
TABLE = (
    Row(images.ImageNotFound, 404, 5404),
    Row(images.IdTaken, 409, 5409),
    Row(images.IdInvalid, 400, 5411),
    Row(images.FieldInvalid, 400, 5400),
    Row(images.FileMissing, 400, 5400),
    Row(images.FileTooLarge, 413, 5413),
    Row(images.PictureTooLarge, 400, 9413),
    Row(images.AnimationTooLong, 400, 5443),
    Row(images.NotAnImage, 415, 5455),
    Row(images.CannotDecode, 422, 9422),
    Row(images.LimitReached, 403, 5453),
    Row(images.FetchRefused, 400, 5454),
    Row(images.UploadUsed, 409, 5409),
    Row(images.UploadExpired, 410, 5400),
    Row(images.UploadUnknown, 404, 5404),
    Row(images.BoxBusy, 503, 5503, "The server is busy; try again in a moment"),
    Row(images.BoxTimeout, 422, 9422, "error during decoding: the image takes too long to decode; send a simpler one"),
    Row(images.BoxFault, 422, 9422, "error during decoding: the image cannot be decoded; save it anew and try again"),
    Row(images.StorageFault, 503, 5540, "Storage cannot be reached; try again in a moment"),
    Row(images.Missing, 404, 5404, "Image not found"),
    Row(variants.VariantNotFound, 404, 5401),
    Row(variants.VariantTaken, 409, 5409),
    Row(variants.VariantRefused, 400, 5400),
    Row(variants.TooManyVariants, 403, 5453),
    Row(variants.BadOption, 400, 5400),
    Row(variants.PolicyForbids, 403, 5403),
    Row(accounts.OtherAccount, 403, 5403),
    Row(accounts.SettingInvalid, 400, 5400),
    Row(accounts.KeyNameInvalid, 400, 5400),
    Row(accounts.KeyUnknown, 404, 5404),
    Row(accounts.TooManyKeys, 403, 5453),
    Row(accounts.OriginInvalid, 400, 5400),
    Row(accounts.OriginUnknown, 404, 5404),
    Row(accounts.TooManyOrigins, 403, 5453),
    Row(NotAForm, 415, 5415, "Images must be uploaded as a form, not as raw image data. Please use multipart/form-data "
        "format"),
    Row(Http404, 404, 7003, "Could not route to this address; check the path and the id"),
    Row(exceptions.AuthenticationFailed, 401, 10000, "Authentication error"),
    Row(exceptions.NotAuthenticated, 401, 10000, "Authentication error"),
    Row(exceptions.PermissionDenied, 403, 10000),
    Row(exceptions.MethodNotAllowed, 405, 7001),
    Row(exceptions.Throttled, 429, 10100),
    Row(exceptions.APIException, 400, 5400),
    Row(RequestDataTooBig, 413, 7011, "Request entity is too large"),
    Row(SuspiciousOperation, 400, 5400, "Bad request"),
    Row(BadRequest, 400, 5400, "Bad request"),
    Row(OperationalError, 503, 5503, "The database is busy; try again in a moment"),
)  # fmt: skip


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. None for what no row names: that is our mistake, and Django reports it."""
    row = row_of(error)
    if row is None:
        return None
    if row.status >= 500:
        logger.error("%s: %s", type(error).__name__, error, exc_info=error)
    text = (row.text or str(getattr(error, "detail", error)))[:LONGEST_TEXT]
    return Response(fault(row.code, text), status=row.status, headers=_headers(row, error))


def row_of(error: Exception) -> Row | None:
    """The row that names ``error``."""
    return next((row for row in TABLE if isinstance(error, row.fault)), None)


def _headers(row: Row, error: Exception) -> dict[str, str]:
    if row.status == 409:
        return {"x-should-retry": "false"}  # the SDKs would send the whole file twice more
    if row.status in {429, 503}:
        return {"Retry-After": RETRY_SECONDS}
    if row.status == 401:
        return {"WWW-Authenticate": "Bearer"}
    return {"Allow": ", ".join(getattr(error, "allowed", ()))} if row.status == 405 else {}


@csrf_exempt
def no_route(request: HttpRequest, *args: str) -> HttpResponseBase:
    """The answer at addresses below the API's mounts where nothing is."""
    return JsonResponse(fault(7003, "Could not route to this address; check the path and the id"), status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Django's handler of what fails before a view is found: a host that is not ours, for instance."""
    if request.path.startswith(MOUNTS):
        return JsonResponse(fault(5400, "Bad request"), status=400)
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Django's handler of faults that are ours; they are logged with their traceback before this."""
    if request.path.startswith(MOUNTS):
        return JsonResponse(fault(5500, "Internal error; it was logged"), status=500)
    return defaults.server_error(request)
