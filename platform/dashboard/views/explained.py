"""The card on the page of an image that shows what is seen in it, and where it would be cut."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.models import Account
from dashboard.access import member_page
from dashboard.addresses import key_of, picture_url
from images.models import Image

GRAVITIES = (("face", "Faces"), ("auto", "What draws the eye"), ("objects", "Objects"))
SHAPES = (("1x1", "Square"), ("16x9", "Wide, 16:9"), ("9x16", "High, 9:16"))
SCALE = 20  # pixels: the window's shape counts, its size hardly


@require_safe
@member_page
def explained(request: HttpRequest, account: Account, uuid: UUID) -> HttpResponseBase:
    """The picture for the gravity and the shape that were chosen, or for the first ones."""
    image = get_object_or_404(Image, account=account, draft=False, uuid=uuid)
    gravity, shape = _chosen(request, "gravity", GRAVITIES), _chosen(request, "shape", SHAPES)
    width, height = (int(side) * SCALE for side in shape.split("x"))
    options = f"explain=true,fit=cover,format=webp,gravity={gravity},height={height},width={width}"
    context = {
        "image": image,
        "choices": (("gravity", "Cut around", GRAVITIES, gravity), ("shape", "Shape", SHAPES, shape)),
        "url": picture_url(account, image, key_of(account), options),
    }
    return render(request, "dashboard/parts/explained.html", context)


def _chosen(request: HttpRequest, name: str, choices: tuple[tuple[str, str], ...]) -> str:
    wanted = request.GET.get(name, "")
    return next((value for value, _ in choices if value == wanted), choices[0][0])
