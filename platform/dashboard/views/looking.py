"""A quiet word where nobody looks at pictures: fetched by the page, so that no page waits for the answer."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Account
from dashboard.access import member_page
from variants import eyesight


@never_cache
@require_safe
@member_page
def looking(request: HttpRequest, account: Account) -> HttpResponseBase:
    """What is wrong, or nothing; ``?partly`` also tells what matters to developers alone."""
    state = eyesight.remembered() if settings.INFERENCE_URLS else eyesight.OFF
    told = eyesight.is_blind(state) or (state != eyesight.OK and "partly" in request.GET)
    return render(request, "dashboard/parts/looking.html", {"state": state if told else ""})
