"""The content security policy of our own pages: nothing from elsewhere, no script or style inside the page."""

from collections.abc import Callable
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

PAGES = ("/dashboard/", "/widget/")


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL, as a policy names it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@cache
def policy(delivery_url: str, upload_url: str) -> str:
    """The header's value. Pictures also come from delivery, and files go to the upload host."""
    return "; ".join(
        (
            "default-src 'self'",
            f"img-src 'self' data: {origin_of(delivery_url)}",
            f"connect-src 'self' {origin_of(upload_url)}",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def pages_only(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: the policy on every page of the dashboard, its errors included; caches keep none of them."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.path.startswith(PAGES):
            response.headers.setdefault("Cache-Control", "private, no-cache")
            response.headers.setdefault("Content-Security-Policy", policy(settings.DELIVERY_URL, settings.UPLOAD_URL))
        return response

    return middleware
