"""The page of images: what was uploaded, newest first; search, upload, delete."""

from contextlib import suppress
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from dashboard.access import member_page
from dashboard.addresses import key_of, picture_url
from dashboard.listing import page_of
from images import counting, direct_upload
from images.errors import ImageFault, ImageNotFound
from images.models import Image, digest_of
from images.removal import remove

MAX_SELECTION = 1000


def cards_of(account: Account, images: list[Image]) -> list[dict[str, object]]:
    """What the grid's template needs of each image."""
    key = key_of(account)
    return [{"image": image, "thumbnail": picture_url(account, image, key)} for image in images]


@require_safe
@member_page
def images(request: HttpRequest, account: Account) -> HttpResponseBase:
    """The whole page; for htmx only the next cards, or those that a search found."""
    search = request.GET.get("q", "").strip().replace("\0", "")
    listing = page_of(account, search, request.GET.get("after", ""))
    context = {
        "section": "images",
        "cards": cards_of(account, listing.images),
        "after": listing.after,
        "search": search,
        "total": f"{counting.current(account):,}",
        "max_size": settings.MAX_UPLOAD_BYTES,
    }
    part = request.headers.get("HX-Request") == "true"
    response = render(request, "dashboard/parts/cards.html" if part else "dashboard/images.html", context)
    response.headers["Vary"] = "HX-Request, Cookie"
    response.headers["Cache-Control"] = "no-store"
    return response


@require_safe
@member_page
def card(request: HttpRequest, account: Account) -> HttpResponseBase:
    """The card of one image, named by its id: what the page adds when an upload is done."""
    digest = digest_of(request.GET.get("id", ""))
    image = get_object_or_404(Image, account=account, draft=False, public_id_digest=digest)
    return render(request, "dashboard/parts/cards.html", {"cards": cards_of(account, [image])})


@require_POST
@member_page
def upload_url(request: HttpRequest, account: Account) -> HttpResponseBase:
    """A one-time URL for the uploader, so that files go straight to the upload host."""
    try:
        image, url = direct_upload.issue(account)
    except ImageFault as fault:
        return JsonResponse({"error": str(fault)}, status=403)
    return JsonResponse({"id": image.public_id, "uploadURL": url})


@require_POST
@member_page
def delete_selection(request: HttpRequest, account: Account) -> HttpResponse:
    """Delete the images whose uuids were ticked; those of others are passed over as if they did not exist."""
    chosen = [uuid for uuid in ",".join(request.POST.getlist("image")).split(",")[:MAX_SELECTION] if _is_uuid(uuid)]
    found = list(Image.objects.filter(account=account, draft=False, uuid__in=chosen))
    for image in found:
        with suppress(ImageNotFound):  # somebody else was quicker
            remove(image)
    messages.success(request, "1 image deleted." if len(found) == 1 else f"{len(found)} images deleted.")
    return redirect("dashboard:images")


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
