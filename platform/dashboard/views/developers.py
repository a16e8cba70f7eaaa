"""What a developer needs: names of the account, signing keys, API tokens, and the account's switches."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import generation, tokens
from accounts.models import Account, ApiToken, SigningKey
from dashboard.access import member_page
from dashboard.forms import ConfigForm, TokenForm


@require_safe
@member_page
def developers(request: HttpRequest, account: Account) -> HttpResponseBase:
    """The page as it stands."""
    return _page(request, account, TokenForm(), ConfigForm(instance=account))


def _page(
    request: HttpRequest, account: Account, token_form: TokenForm, config_form: ConfigForm, **more: Any
) -> HttpResponse:
    context = {
        "section": "developers",
        "names": _names(account),
        "keys": account.signing_keys.order_by("id"),
        "tokens": account.tokens.order_by("-created", "-id"),
        "token_form": token_form,
        "config_form": config_form,
        **more,
    }
    wrong = bool(token_form.errors or config_form.errors)
    return render(request, "dashboard/developers.html", context, status=422 if wrong else 200)


def _names(account: Account) -> list[tuple[str, str, str]]:
    """What has to be copied: an id for the page, a label, the text."""
    return [
        ("account-id", "Account id", account.id),
        ("account-hash", "Account hash", account.hash),
        ("api-base", "API base", f"{settings.PUBLIC_URL}/client/v4"),
        ("delivery", "Delivery URL", f"{settings.DELIVERY_URL}/{account.hash}/<image id>/<variant>"),
    ]


@never_cache
@require_POST
@member_page
def reveal_key(request: HttpRequest, account: Account, name: str) -> HttpResponseBase:
    """The text of a signing key. By POST, so that no link, prefetch or history entry shows it."""
    key = get_object_or_404(SigningKey, account=account, name=name)
    return render(request, "dashboard/parts/key.html", {"key": key})


@never_cache
@require_POST
@member_page
def create_token(request: HttpRequest, account: Account) -> HttpResponseBase:
    """Make an API token; this answer is the only one that ever shows its text."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, account, form, ConfigForm(instance=account))
    text = tokens.issue(account, form.cleaned_data["name"], form.cleaned_data["scope"], request.user)  # type: ignore[arg-type]
    return _page(request, account, TokenForm(), ConfigForm(instance=account), new_token=text)


@require_POST
@member_page
def revoke_token(request: HttpRequest, account: Account, token: int) -> HttpResponse:
    """Remove a token; the next request with it is refused."""
    one = get_object_or_404(ApiToken, account=account, pk=token)
    one.delete()
    messages.success(request, f"The token {one.name} was revoked.")
    return redirect("dashboard:developers")


@require_POST
@member_page
def configure(request: HttpRequest, account: Account) -> HttpResponseBase:
    """Change the account's switches; holds for the next delivery request."""
    form = ConfigForm(request.POST, instance=account)
    if not form.is_valid():
        return _page(request, account, TokenForm(), form)
    with transaction.atomic():
        form.save()
        generation.bump()
    messages.success(request, "Saved.")
    return redirect("dashboard:developers")
