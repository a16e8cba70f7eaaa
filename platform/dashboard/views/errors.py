"""Pages for what went wrong, in the clothes of the dashboard."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

PAGE = "errors/page.html"


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return _page(request, 403, "You may not do that", "Ask whoever runs this server for access.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that is too old, or that another site sent."""
    return _page(request, 403, "This form is too old", "Load the page again and send the form once more.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, also for what belongs to somebody else."""
    return _page(request, 404, "There is nothing here", "It was deleted, it never existed, or it is not yours.")


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    return render(request, PAGE, {"title": title, "text": text}, status=status)
