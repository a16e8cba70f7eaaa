"""The wire protocol of the Images binding of Cloudflare Workers: ``/info`` and ``/transform``.

Nothing is stored. A failure is text, ``ERROR <code>: <message>``, with the code once more in a header, which is what
the runtime reads.
"""

import logging
from contextlib import ExitStack
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.permissions import OwnAccount
from api.binding_form import Composition, composition
from api.binding_info import facts
from api.parts import Bounds, FormMalformed, PartTooLong, parts_of
from images import errors as images
from images.box import Reply, the_box
from images.fetch import fetched
from images.formats import MIMES
from variants import errors as variants
from variants import lookers, sight
from variants.fonts import family
from variants.order import limits
from variants.sighted import Notes, Sight

logger = logging.getLogger(__name__)
LONGEST_TEXT = 2**18
MOST_PARTS = 64
PIXELS_PER_BYTE = 10  # a guess, for the box to say how many of these jobs may run at a time

# The first row whose class fits is taken.
FAULTS: tuple[tuple[type[Exception], int, int], ...] = (
    (FormMalformed, 400, 9523),
    (PartTooLong, 413, 9413),
    (images.FetchRefused, 400, 9401),
    (images.NotAnImage, 415, 9412),
    (images.PictureTooLarge, 413, 9413),
    (images.AnimationTooLong, 413, 9413),
    (images.FileTooLarge, 413, 9413),
    (images.CannotDecode, 422, 9516),
    (images.BoxBusy, 503, 9522),
    (images.BoxTimeout, 504, 9522),
    (images.BoxFault, 422, 9516),
    (variants.BadOption, 400, 9401),
    (variants.TooLarge, 413, 9413),
    (variants.NotSeen, 503, 9522),
    (variants.CannotDecode, 422, 9516),
    (variants.CannotEncode, 500, 9516),
    (Http404, 404, 9404),
    (exceptions.AuthenticationFailed, 401, 9430),
    (exceptions.NotAuthenticated, 401, 9430),
    (exceptions.MethodNotAllowed, 405, 9424),
)


class Binding(APIView):
    """A call of the binding; a token that may read is enough."""

    permission_classes = [OwnAccount]

    def get_exception_handler(self) -> Any:
        """As the runtime reads it."""
        return refusal

    @staticmethod
    def parts(request: Request) -> Any:
        """The parts of the form, in a ``with`` block."""
        bounds = Bounds(settings.BINDING_MAX_BYTES, LONGEST_TEXT, MOST_PARTS)
        return parts_of(request.stream or BytesIO(), request.META.get("CONTENT_TYPE", ""), bounds)


class Info(Binding):
    """What a picture is."""

    def post(self, request: Request) -> HttpResponse:
        """Format, bytes, width and height; of an SVG the format alone; and what ``include`` names."""
        with self.parts(request) as parts:
            return JsonResponse(facts(parts, request.query_params.get("include")))


class Transform(Binding):
    """Pictures and texts, and operations on them."""

    def post(self, request: Request) -> HttpResponse:
        """The bytes that come out."""
        with self.parts(request) as parts:
            asked = composition(parts)
            reply = _composed(asked)
        if asked.format in ("rgb", "rgba"):
            size = {"x-image-width": reply.facts["width"], "x-image-height": reply.facts["height"]}
            return HttpResponse(reply.body, content_type="application/octet-stream", headers=size)
        return HttpResponse(reply.body, content_type=MIMES[reply.facts["format"]])


class Trusted(Binding):
    """The same calls at the root, without a token, for the host name that workerd sends (BINDING_TRUSTED_HOST)."""

    authentication_classes = []
    permission_classes = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """For any other host there is nothing here."""
        host = request.get_host().partition(":")[0]
        if not settings.BINDING_TRUSTED_HOST or host != settings.BINDING_TRUSTED_HOST:
            raise Http404("nothing is at this address")


class TrustedInfo(Trusted, Info):
    """``/info``."""


class TrustedTransform(Trusted, Transform):
    """``/transform``."""


def refusal(error: Exception, context: dict[str, Any]) -> HttpResponse:
    """The answer to any fault."""
    for kind, status, code in FAULTS:
        if isinstance(error, kind):
            return _told(status, code, str(getattr(error, "detail", error)) or type(error).__name__)
    logger.error("a call of the binding failed", exc_info=error)
    return _told(500, 9523, "internal error; it was logged")


def _told(status: int, code: int, text: str) -> HttpResponse:
    headers = {"cf-images-binding": f"err={code}", "cache-control": "no-store"}
    headers |= {"www-authenticate": "Bearer"} if status == 401 else {"retry-after": "2"} if status == 503 else {}
    body = f"ERROR {code}: {text[:1000]}"
    return HttpResponse(body, status=status, content_type="text/plain; charset=utf-8", headers=headers)


def _composed(asked: Composition) -> Reply:
    """Everything done in one job of the box; fonts are fetched before."""
    files = list(asked.files)
    with ExitStack() as stack:
        fonts: dict[str, tuple[int, str]] = {}
        for url in dict.fromkeys(asked.fonts):
            font = stack.enter_context(fetched(url))
            fonts[url] = (len(files), family(font))
            files.append(font)
        arguments = asked.arguments(fonts) | {"limits": asdict(limits())}
        guess = sum(min(settings.MAX_PIXELS, file.stat().st_size * PIXELS_PER_BYTE) for file in asked.files)
        known = _known(asked)
        arguments |= known.arguments
        first = files[0] if files else None
        others: list[Path | bytes] = [*files[1:], *known.notes.values()]
        return the_box().run("variants.composition:job", arguments, first, others=others, pixels=guess)


def _known(asked: Composition) -> Sight:
    """What the operations need to know of the pictures. Raises ``NotSeen`` where one cannot do without."""
    found: Notes = {}
    for picture, sights in asked.sights:
        found |= sight.notes_of(picture, lookers.looks(sights), limits())
    return Sight(found)
