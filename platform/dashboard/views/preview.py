"""The live preview beside the form of a variant: options that are not saved yet, for members only."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import Account
from dashboard import trial
from dashboard.access import member_page
from dashboard.variant_form import NEW_NAME, VariantForm
from images.errors import Missing, StorageFault
from variants.errors import VariantFault
from variants.order import limits

LOST = "Storage has no bytes for this picture. Choose another one."


@never_cache
@require_POST
@member_page
def preview(request: HttpRequest, account: Account) -> HttpResponseBase:
    """The picture, its size and the warnings; or what is wrong with the options, in words."""
    form = VariantForm(request.POST, preview=True)
    image = trial.chosen(account, request.POST.get("picture", ""))
    context: dict[str, Any] = {"source": trial.source_of(image)}
    if not form.is_valid():
        context["problems"] = _problems(form)
    else:
        try:
            context["rendered"] = trial.render(account, form.options(), image, limits())
        except VariantFault as fault:
            context["problems"] = [str(fault)]
        except Missing:
            context["problems"] = [LOST]
        except StorageFault:
            context["problems"] = ["Storage does not answer. Try again in a moment."]
    return render(request, "dashboard/parts/preview.html", context)


def _problems(form: VariantForm) -> list[str]:
    """Each fault with the label of its field."""
    return [f"{form[name].label}: {text}" for name, texts in form.errors.items() if name != NEW_NAME for text in texts]
