"""Images in Django's admin: to find and to look at. Changes go through the API, which also moves bytes and counts."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from images.models import Discarded, Image, RemoteOriginal


class LookOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that can be seen and not touched."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


@admin.register(Image)
class ImageAdmin(LookOnly):
    """Originals and drafts."""

    list_display = ("public_id", "filename", "account", "format", "width", "height", "size", "draft", "uploaded")
    list_filter = ("draft", "require_signed_urls", "format")
    list_select_related = ("account",)
    search_fields = ("public_id__startswith", "filename__startswith", "account__id")
    show_full_result_count = False


@admin.register(RemoteOriginal)
class RemoteOriginalAdmin(LookOnly):
    """Pictures of other servers."""

    list_display = ("url", "account", "format", "width", "height", "size", "fetched", "fresh_until")
    list_select_related = ("account",)
    search_fields = ("url__startswith", "account__id")
    show_full_result_count = False


@admin.register(Discarded)
class DiscardedAdmin(LookOnly):
    """Bytes that wait to be removed: a row with many attempts tells of a storage that does not answer."""

    list_display = ("prefix", "next_attempt_at", "attempts")
    ordering = ("-attempts", "next_attempt_at")
