"""The pages of variants: list, create, edit, delete."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Account
from dashboard.access import member_page
from dashboard.addresses import key_of, picture_url, shown_url
from dashboard.variant_form import NEW_NAME, OPEN, VariantForm
from images.models import Image
from variants import named
from variants.errors import BadOption, VariantFault, VariantNotFound, VariantTaken
from variants.models import Variant
from variants.options.gravity import SIDES, SOUGHT
from variants.options.objects import OBJECTS

PICTURES = 11


def _newest(account: Account) -> QuerySet[Image]:
    return Image.objects.filter(account=account, draft=False).order_by("-uploaded", "-uuid")


@require_safe
@member_page
def variants(request: HttpRequest, account: Account) -> HttpResponseBase:
    """All variants, and how many more there may be."""
    found = named.all_of(account)
    newest, key = _newest(account).first(), key_of(account)
    context = {
        "section": "variants",
        "variants": [
            {"variant": one, "options": _words(one), "url": newest and shown_url(account, newest, one, key)}
            for one in found
        ],
        "limit": settings.VARIANT_LIMIT,
        "full": len(found) >= settings.VARIANT_LIMIT,
        "pattern": f"{settings.DELIVERY_URL}/{account.hash}/<image id>/",
    }
    return render(request, "dashboard/variants.html", context)


def _words(variant: Variant) -> list[str]:
    """``["width 300", "fit cover"]``: the options as they were sent; those of several steps with their number."""
    if isinstance(variant.options, list):
        steps = enumerate(variant.options, 1)
        return [f"{number}. {name} {value}" for number, step in steps for name, value in step.items()]
    return [f"{name} {value}" for name, value in variant.options.items()]


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def new(request: HttpRequest, account: Account) -> HttpResponseBase:
    """Make a variant."""
    form = VariantForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _create(account, form):
        messages.success(request, f"{form.cleaned_data[NEW_NAME]} is ready: for every image, old and new.")
        return redirect("dashboard:variants")
    return _form_page(request, account, form, None)


def _create(account: Account, form: VariantForm) -> bool:
    """Create what the form says; false when it was refused, with the reason in the form."""
    try:
        named.create(account, form.cleaned_data[NEW_NAME], form.options(), form.cleaned_data[OPEN])
    except BadOption as fault:
        form.refuse(fault)
    except VariantTaken:
        form.add_error(NEW_NAME, "There is a variant of this name. Choose another one, or edit that one.")
    except VariantFault as fault:
        form.add_error(None, str(fault))
    return form.is_valid()


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def variant(request: HttpRequest, account: Account, name: str) -> HttpResponseBase:
    """Edit a variant."""
    one = _variant(account, name)
    form = VariantForm(request.POST if request.method == "POST" else None, variant=one)
    if form.is_bound and form.is_valid() and _change(account, name, form):
        messages.success(request, f"{name} was saved. What was rendered with it before is made anew.")
        return redirect("dashboard:variants")
    return _form_page(request, account, form, one)


def _change(account: Account, name: str, form: VariantForm) -> bool:
    try:
        named.change(account, name, form.options(), form.cleaned_data[OPEN])
    except BadOption as fault:
        form.refuse(fault)
    except VariantFault as fault:
        form.add_error(None, str(fault))
    return form.is_valid()


@require_POST
@member_page
def delete(request: HttpRequest, account: Account, name: str) -> HttpResponse:
    """Delete a variant; its URLs stop working at once."""
    _variant(account, name)
    try:
        named.delete(account, name)
    except VariantFault as fault:
        messages.error(request, str(fault))
    else:
        messages.success(request, f"{name} was deleted.")
    return redirect("dashboard:variants")


def _variant(account: Account, name: str) -> Variant:
    try:
        return named.find(account, name)
    except VariantNotFound as fault:
        raise Http404(str(fault)) from None


def _form_page(request: HttpRequest, account: Account, form: VariantForm, one: Variant | None) -> HttpResponse:
    context: dict[str, Any] = {
        "section": "variants",
        "form": form,
        "variant": one,
        "deletable": one is not None and one.name != named.PUBLIC,
        "pictures": _pictures(account),
        "sides": (*SIDES, *SOUGHT, OBJECTS),
    }
    return render(request, "dashboard/variant.html", context, status=422 if form.errors else 200)


def _pictures(account: Account) -> list[dict[str, Any]]:
    """The newest images, to look at the variant with."""
    key = key_of(account)
    return [{"image": image, "thumbnail": picture_url(account, image, key)} for image in _newest(account)[:PICTURES]]
