"""The uploader for customers' pages: one file, for any origin, with a validator so that asking again is cheap."""

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

SCRIPT = Path(__file__).resolve().parent / "static" / "widget" / "upload.js"
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=3600, stale-while-revalidate=86400",
    "X-Content-Type-Options": "nosniff",
}


@cache
def _script() -> tuple[bytes, str]:
    """The file and its strong ETag; read once per process."""
    body = SCRIPT.read_bytes()
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'


@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """GET /widget/upload.js; 304 for a copy that is still right."""
    body, etag = _script()
    known = parse_etags(request.headers.get("If-None-Match", ""))
    fresh = "*" in known or any(tag.removeprefix("W/") == etag for tag in known)
    response = HttpResponseNotModified() if fresh else HttpResponse(body, content_type="text/javascript; charset=utf-8")
    for name, value in {**HEADERS, "ETag": etag}.items():
        response.headers[name] = value
    return response


@require_safe
def demo(request: HttpRequest) -> HttpResponse:
    """How the uploader is put on a page, and one to try with an upload URL of one's own."""
    context = {"script_url": f"{settings.PUBLIC_URL}/widget/upload.js", "api": f"{settings.PUBLIC_URL}/client/v4"}
    return render(request, "widget/demo.html", {**context, "upload_url": request.GET.get("upload-url", "")})
