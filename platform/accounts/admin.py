"""Accounts in Django's admin. No secret is shown here: tokens are kept as hashes, the text of keys stays out.

An account cannot be deleted here, since its originals would stay in storage without an owner.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts import generation
from accounts.models import Account, ApiToken, Domain, Membership, Origin, SigningKey


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]
    """Who may sign in to the account."""

    model = Membership
    extra = 0
    autocomplete_fields = ("user",)


class DomainInline(admin.TabularInline):  # type: ignore[type-arg]
    """Delivery hosts of the account's own."""

    model = Domain
    extra = 0


class OriginInline(admin.TabularInline):  # type: ignore[type-arg]
    """Whose pictures may be transformed by their URL. Dashboard and API add them: they check the spelling."""

    model = Origin
    extra = 0
    can_delete = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """On the page of delivery, or through the API."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An entry is removed and added anew."""
        return False


@admin.register(Account)
class AccountAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """An account with its members, domains and origins."""

    list_display = ("name", "id", "hash", "flexible_variants", "created")
    search_fields = ("name", "id", "hash")
    readonly_fields = ("id", "hash", "policy_variant", "epoch", "created")
    inlines = (MembershipInline, DomainInline, OriginInline)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the rows below the account, then let delivery know."""
        super().save_related(request, form, formsets, change)
        generation.bump()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """``manage.py create_account`` makes accounts: they begin with a key and a variant."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """See the top of this file."""
        return False


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Tokens can be looked at and revoked; ``manage.py create_token`` makes them."""

    list_display = ("name", "account", "scope", "user", "created", "last_used")
    list_filter = ("scope",)
    list_select_related = ("account", "user")
    search_fields = ("name", "account__name", "account__id")
    exclude = ("digest",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The text of a token made here could not be shown."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A token's scope never grows."""
        return False


@admin.register(SigningKey)
class SigningKeyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Which keys there are; the API and the dashboard change them."""

    list_display = ("name", "account", "created")
    list_select_related = ("account",)
    search_fields = ("name", "account__name", "account__id")
    exclude = ("value",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Keys are made by the API, which counts them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A key is never changed."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keys are removed by the API, which keeps the last one."""
        return False
