"""Every mount point that Django serves. Delivery paths never come here: see asgi.py."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
