"""Pages of every origin may post to upload URLs and read the answer, whatever it is."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

MOUNT = "/upload/"
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "content-type",
    "Access-Control-Max-Age": "86400",
}


class UploadCors:
    """Middleware: answers preflights below ``/upload/`` and puts the headers on every answer there, errors included."""

    def __init__(self, following: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer with its headers."""
        if not request.path_info.startswith(MOUNT):
            return self.following(request)
        response = HttpResponse(status=204) if request.method == "OPTIONS" else self.following(request)
        for name, value in HEADERS.items():
            response[name] = value
        return response
