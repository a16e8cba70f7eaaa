"""Who may see a page: members of an account; and which account they look at."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render

from accounts.models import Account

SESSION_KEY = "account"

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, Account, P], HttpResponseBase]
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def accounts_of(request: HttpRequest) -> list[Account]:
    """The accounts that the signed-in user is a member of, by name."""
    return list(Account.objects.filter(memberships__user_id=cast(int, request.user.pk)).order_by("name", "id"))


def chosen_account(request: HttpRequest, accounts: list[Account]) -> Account | None:
    """The account chosen in this session; the first one when none is chosen or the membership ended."""
    wanted = request.session.get(SESSION_KEY)
    return next((account for account in accounts if account.id == wanted), accounts[0] if accounts else None)


def member_page(page: Page[P]) -> View[P]:
    """A page for members: signed-in users only, called with the account they look at.

    Everything a page shows or changes is looked up through that account, so a stranger's ids give a 404.
    """

    @wraps(page)
    def view(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        accounts = accounts_of(request)
        account = chosen_account(request, accounts)
        if account is None:
            return _without_account(request)
        request.tintype_accounts = accounts  # type: ignore[attr-defined]
        request.tintype_account = account  # type: ignore[attr-defined]
        return page(request, account, *args, **kwargs)

    return view


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """On to the sign-in page; in words for a script, and as htmx understands it where only a part was asked for."""
    here = request.get_full_path() if request.method in {"GET", "HEAD"} else "/dashboard/"
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"error": "Your session has ended. Load the page again and sign in."}, status=401)
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=401, headers={"HX-Redirect": "/dashboard/"})
    return redirect_to_login(here)


def _without_account(request: HttpRequest) -> HttpResponse:
    return render(request, "dashboard/no_account.html", status=403)
