"""Who may see a page: members of an account; and which account they look at."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
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

    @login_required
    @wraps(page)
    def view(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        accounts = accounts_of(request)
        account = chosen_account(request, accounts)
        if account is None:
            return _without_account(request)
        request.tintype_accounts = accounts  # type: ignore[attr-defined]
        request.tintype_account = account  # type: ignore[attr-defined]
        return page(request, account, *args, **kwargs)

    return view


def _without_account(request: HttpRequest) -> HttpResponse:
    return render(request, "dashboard/no_account.html", status=403)
