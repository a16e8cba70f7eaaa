"""The focal point on the page of an image: set by a click or by two numbers, and removed."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.models import Account
from dashboard.access import member_page
from dashboard.forms import FocalForm
from dashboard.views.image import image_of, page_of
from images.errors import ImageFault
from images.focal import Point
from images.models import Image
from images.removal import change
from variants.cache import purge_image


@require_POST
@member_page
def focal_point(request: HttpRequest, account: Account, uuid: UUID) -> HttpResponseBase:
    """Set the focal point, or remove it; holds for the next delivery request."""
    one, form = image_of(account, uuid), FocalForm(request.POST)
    if "remove" in request.POST:
        return _changed(request, one, None)
    if form.is_valid():
        return _changed(request, one, (form.cleaned_data["x"], form.cleaned_data["y"]))
    return page_of(request, account, one, form)


def _changed(request: HttpRequest, image: Image, point: Point | None) -> HttpResponse:
    try:
        purge_image(change(image, focal_point=point))
    except ImageFault as fault:
        messages.error(request, str(fault))
    else:
        messages.success(request, "The focal point was saved." if point else "The focal point was removed.")
    return redirect("dashboard:image", uuid=image.uuid)
