"""Jobs of this app; each calls one function and may run twice."""

from celery import shared_task
from django.conf import settings

from variants import cache


@shared_task
def trim_renditions() -> int:
    """Keep the renditions within ``RENDITION_BUDGET_BYTES`` (0: no bound)."""
    return cache.trim(settings.RENDITION_BUDGET_BYTES) if settings.RENDITION_BUDGET_BYTES else 0
