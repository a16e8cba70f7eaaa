"""How pictures reach people: which origins are allowed, and what stands in for a picture that is missing."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import configuration, origins
from accounts.errors import AccountFault, OriginUnknown, SettingInvalid
from accounts.models import Account
from dashboard.access import member_page
from dashboard.forms import DeliveryForm, OriginForm
from images.models import Image, digest_of
from variants import configuring, lookers, named, policy


@require_safe
@member_page
def delivery(request: HttpRequest, account: Account) -> HttpResponseBase:
    """The page as it stands."""
    return _page(request, account, OriginForm(), _settings_form(account))


def _settings_form(account: Account, data: Any = None) -> DeliveryForm:
    """What may be chosen as a policy and as a model, and what is, even if it cannot be read or is gone."""
    hiding = [one.name for one in named.all_of(account) if policy.read(one.name, one.options).steps]
    names = dict.fromkeys((*hiding, *filter(None, (account.policy_variant,))))
    models = dict.fromkeys((*lookers.names("mask"), *filter(None, (account.segment_model,))))
    return DeliveryForm(data, initial=configuration.read(account), policies=tuple(names), models=tuple(models))


def _page(request: HttpRequest, account: Account, origin_form: OriginForm, settings_form: DeliveryForm) -> HttpResponse:
    context = {
        "section": "delivery",
        "origins": origins.all_of(account),
        "limit": settings.ORIGIN_LIMIT,
        "origin_form": origin_form,
        "settings_form": settings_form,
        "policy_lost": _is_lost(named.policy_of(account)),
        "fallback_lost": bool(account.fallback_image) and not _is_public(account, account.fallback_image),
        "account": account,
    }
    wrong = bool(origin_form.errors or settings_form.errors)
    return render(request, "dashboard/delivery.html", context, status=422 if wrong else 200)


def _is_lost(current: policy.Policy | None) -> bool:
    return current is not None and not current.steps


def _is_public(account: Account, image_id: str) -> bool:
    found = Image.objects.filter(account=account, public_id_digest=digest_of(image_id), draft=False)
    return found.filter(require_signed_urls=False).exists()


@require_POST
@member_page
def allow_origin(request: HttpRequest, account: Account) -> HttpResponseBase:
    """Add an allowed origin; holds for the next request."""
    form = OriginForm(request.POST)
    if form.is_valid():
        try:
            made = origins.create(account, form.cleaned_data["host"], form.cleaned_data["path_prefix"])
        except AccountFault as fault:
            form.refuse(fault)
        else:
            messages.success(request, f"Pictures of {made} are transformed now.")
            return redirect("dashboard:delivery")
    return _page(request, account, form, _settings_form(account))


@require_POST
@member_page
def remove_origin(request: HttpRequest, account: Account, origin: int) -> HttpResponse:
    """Remove an allowed origin; the next request for its pictures is refused."""
    try:
        origins.delete(account, str(origin))
    except OriginUnknown as fault:
        raise Http404(str(fault)) from None
    messages.success(request, "The origin was removed.")
    return redirect("dashboard:delivery")


@require_POST
@member_page
def configure(request: HttpRequest, account: Account) -> HttpResponseBase:
    """Change the settings of this page; holds for the next delivery request."""
    form = _settings_form(account, request.POST)
    if form.is_valid():
        try:
            configuring.change(account, form.cleaned_data)
        except SettingInvalid as fault:
            form.refuse(fault)
        else:
            messages.success(request, "Saved.")
            return redirect("dashboard:delivery")
    return _page(request, account, OriginForm(), form)
