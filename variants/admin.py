"""Variants and renditions in Django's admin: to look at. Changes go through the API, which checks options."""

from django.contrib import admin

from images.admin import LookOnly
from variants.models import Rendition, Variant


@admin.register(Variant)
class VariantAdmin(LookOnly):
    """Named variants."""

    list_display = ("name", "account", "options", "never_require_signed_urls", "created")
    list_select_related = ("account",)
    search_fields = ("name", "account__name", "account__id")


@admin.register(Rendition)
class RenditionAdmin(LookOnly):
    """What is kept in the cache."""

    list_display = ("image", "variant", "mime", "size", "created", "last_used")
    list_select_related = ("image",)
    search_fields = ("image__public_id__startswith", "digest__startswith")
    show_full_result_count = False
