"""Sign in, sign out, and the choice of account."""

from django.contrib.auth import authenticate, get_user_model, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.models import Account
from dashboard import attempts
from dashboard.access import SESSION_KEY, accounts_of, member_page
from dashboard.forms import SignInForm

WRONG = "That email and password do not belong together. Check both and try again."
WAIT = "Too many attempts. Wait 15 minutes and try again."


@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page; afterwards on to where the visitor wanted to go."""
    target = _safe_target(request)
    if request.user.is_authenticated:
        return redirect(target)
    form = SignInForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        status = _try(request, form)
        if status == 200:
            return redirect(target)
    context = {"form": form, "next": request.POST.get("next", request.GET.get("next", ""))}
    return render(request, "dashboard/sign_in.html", context, status=status)


def _try(request: HttpRequest, form: SignInForm) -> int:
    """Sign in when the password is right. 200, or 403 and 429 with a sentence in the form."""
    email = form.cleaned_data["email"]
    if attempts.too_many(request, email):
        form.add_error(None, WAIT)
        return 429
    user = authenticate(request, username=_username_of(email), password=form.cleaned_data["password"])
    if user is None:
        form.add_error(None, WRONG)
        return 403
    attempts.forget(request, email)
    login(request, user)
    return 200


def _username_of(email: str) -> str:
    """The name under which the user with this email is kept; the email itself when nobody has it.

    An unknown email goes through the same password check, so that the time taken tells nothing.
    """
    names = list(get_user_model().objects.filter(email__iexact=email).values_list("username", flat=True)[:2])
    return names[0] if len(names) == 1 else email


def _safe_target(request: HttpRequest) -> str:
    target = request.POST.get("next", request.GET.get("next", ""))
    own = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if own else "/dashboard/"


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("dashboard:sign_in")


@require_POST
@member_page
def choose_account(request: HttpRequest, account: Account) -> HttpResponseBase:
    """Look at another account of the member's from now on."""
    wanted = request.POST.get("account", "")
    if any(one.id == wanted for one in accounts_of(request)):
        request.session[SESSION_KEY] = wanted
    return redirect("dashboard:images")
