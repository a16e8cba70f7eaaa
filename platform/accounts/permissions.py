"""What a token may do: only in its own account, and only look when it may only read."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.authentication import Access, access_of
from accounts.errors import OtherAccount

REFUSED = "The given account is not valid or is not authorized to access this service"


class OwnAccount(BasePermission):
    """The account in the URL, where there is one, must be the token's own; other accounts are not told of."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """True, or ``OtherAccount``."""
        named = view.kwargs.get("account_id")
        if not isinstance(request.auth, Access) or named not in {None, request.auth.account.id}:
            raise OtherAccount(REFUSED)
        return True


class EditScope(BasePermission):
    """A token that may only read is refused whatever changes something."""

    message = "This token may only read; use one with the scope edit"

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the method suits the token's scope."""
        return request.method in SAFE_METHODS or access_of(request).may_edit
