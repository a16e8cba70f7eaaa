"""The page of one image: its variants with their URLs, its facts, and what can be done with it."""

import json
from contextlib import suppress
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from dashboard.access import member_page
from dashboard.addresses import FOR_EVER, PREVIEW, key_of, needs_signature, picture_url, shown_url
from dashboard.forms import FocalForm
from images import focal
from images.errors import ImageFault, ImageNotFound, Missing, StorageFault
from images.models import Image
from images.removal import change, remove
from images.storage import storage
from variants.cache import purge_image
from variants.configuring import FORBIDDEN
from variants.named import all_of

LIFETIMES = ((3_600, "1 hour"), (86_400, "1 day"), (604_800, "7 days"), (2_592_000, "30 days"), (FOR_EVER, "no end"))
DEFAULT_LIFETIME = 86_400
FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WebP", "gif": "GIF", "avif": "AVIF", "heic": "HEIC", "svg": "SVG"}


def image_of(account: Account, uuid: UUID) -> Image:
    """The image of the account, else 404."""
    return get_object_or_404(Image, account=account, draft=False, uuid=uuid)


@require_safe
@member_page
def image(request: HttpRequest, account: Account, uuid: UUID) -> HttpResponseBase:
    """Everything about one image; for htmx only the variants, signed for another lifetime."""
    one = image_of(account, uuid)
    if request.headers.get("HX-Request") == "true":
        return render(request, "dashboard/parts/renditions.html", _shown(request, account, one))
    return page_of(
        request, account, one, FocalForm(initial=focal.written(one.focal_point) if one.focal_point else None)
    )


def page_of(request: HttpRequest, account: Account, image: Image, focal_form: FocalForm) -> HttpResponse:
    """The page; 422 where the form says what is wrong with it."""
    facts = _shown(request, account, image) | _page_facts(account, image) | {"focal_form": focal_form}
    return render(request, "dashboard/image.html", facts, status=422 if focal_form.errors else 200)


def _shown(request: HttpRequest, account: Account, image: Image) -> dict[str, Any]:
    lifetime = _lifetime(request)
    return {
        "section": "images",
        "image": image,
        "format": FORMATS.get(image.format, image.format.upper()),
        "lifetime": lifetime,
        "lifetimes": LIFETIMES,
        "renditions": _renditions(account, image, lifetime),
    }


def _page_facts(account: Account, image: Image) -> dict[str, Any]:
    api = f"{settings.PUBLIC_URL}/client/v4/accounts/{account.id}/images/v1/{quote(image.public_id, safe='')}"
    return {
        "meta": json.dumps(image.meta, indent=2, ensure_ascii=False) if image.meta else "",
        "marker": [f"{share:.3%}" for share in image.focal_point or (0.5, 0.5)],
        "large": picture_url(account, image, key_of(account), PREVIEW),
        "curl": f'curl -H "Authorization: Bearer $TINTYPE_TOKEN" \\\n  "{api}"',
        "private_possible": settings.CUSTOM_IDS_MAY_BE_PRIVATE or image.public_id == str(image.uuid),
    }


def _lifetime(request: HttpRequest) -> int:
    """The lifetime asked for, if it is one of those offered."""
    text = request.GET.get("lifetime", "")
    return next((seconds for seconds, _ in LIFETIMES if str(seconds) == text), DEFAULT_LIFETIME)


def _renditions(account: Account, image: Image, lifetime: int) -> list[dict[str, Any]]:
    """The image in every variant: a URL to copy, signed where it has to be."""
    key = key_of(account)
    return [
        {
            "variant": variant,
            "url": shown_url(account, image, variant, key, lifetime),
            "signed": needs_signature(image, variant),
        }
        for variant in all_of(account)
    ]


@require_POST
@member_page
def privacy(request: HttpRequest, account: Account, uuid: UUID) -> HttpResponse:
    """Require signed URLs from now on, or stop it."""
    one = image_of(account, uuid)
    private = request.POST.get("private") == "on"
    try:
        change(one, require_signed_urls=private)
    except ImageFault as fault:
        messages.error(request, str(fault))
    else:
        messages.success(
            request, "Only signed URLs open this image now." if private else "Every URL opens this image now."
        )
    return redirect("dashboard:image", uuid=uuid)


@require_POST
@member_page
def delete(request: HttpRequest, account: Account, uuid: UUID) -> HttpResponse:
    """Delete the image, in every variant, at once."""
    one = image_of(account, uuid)
    with suppress(ImageNotFound):  # somebody else was quicker
        remove(one)
    messages.success(request, f"{one.filename or one.public_id} was deleted.")
    return redirect("dashboard:images")


@require_POST
@member_page
def purge(request: HttpRequest, account: Account, uuid: UUID) -> HttpResponse:
    """Forget what was rendered of the image; it is made anew when somebody asks."""
    count = purge_image(image_of(account, uuid))
    messages.success(request, "1 rendition purged." if count == 1 else f"{count} renditions purged.")
    return redirect("dashboard:image", uuid=uuid)


@require_safe
@member_page
def original(request: HttpRequest, account: Account, uuid: UUID) -> HttpResponseBase:
    """The bytes as they were uploaded, to save; never to be shown inside our own pages."""
    one = image_of(account, uuid)
    if account.policy_variant:
        return render(
            request, "errors/page.html", {"title": "Not while there is a policy", "text": FORBIDDEN}, status=403
        )
    try:
        body = storage().open(one.storage_key)
    except Missing:
        return render(request, "errors/page.html", {"title": "The original is gone", "text": GONE}, status=404)
    except StorageFault:
        return render(request, "errors/page.html", {"title": "Storage does not answer", "text": LATER}, status=503)
    response = FileResponse(body, as_attachment=True, filename=one.filename or f"{one.public_id}.{one.format}")
    response.headers["Content-Type"] = "application/octet-stream"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


LATER = "Try again in a moment. If it stays so, ask whoever runs this server to look into it."
GONE = "Storage has no bytes for this image. Upload it again, or ask whoever runs this server to look into it."
