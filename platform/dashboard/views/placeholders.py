"""The card of placeholders on the page of an image: texts to draw while the picture loads, made when asked for."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.models import Account
from dashboard import trial
from dashboard.access import member_page
from images.errors import Missing, StorageFault
from images.models import Image
from variants.errors import VariantFault
from variants.order import limits

FIELDS = {"blurhash": "BlurHash", "thumbhash": "ThumbHash", "dominant_color": "Main colour"}
LOST = "Storage has no bytes for this picture."
LATER = "Storage does not answer. Try again in a moment."


@require_safe
@member_page
def placeholders(request: HttpRequest, account: Account, uuid: UUID) -> HttpResponseBase:
    """The fields to copy from; or what went wrong, in words."""
    image = get_object_or_404(Image, account=account, draft=False, uuid=uuid)
    context: dict[str, Any] = {}
    try:
        told = trial.described(account, list(FIELDS), image, limits())
        context["fields"] = [_field(name, label, told[name]) for name, label in FIELDS.items() if told[name]]
    except VariantFault as fault:
        context["problems"] = [str(fault)]
    except Missing:
        context["problems"] = [LOST]
    except StorageFault:
        context["problems"] = [LATER]
    return render(request, "dashboard/parts/placeholders.html", context)


def _field(name: str, label: str, text: str) -> dict[str, Any]:
    return {"id": f"placeholder-{name}", "label": label, "text": text, "colour": text.startswith("#")}
