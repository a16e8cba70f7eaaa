"""Jobs of this app; each calls one function and may run twice."""

from celery import shared_task
from django.conf import settings

from variants import cache, preparing


@shared_task
def trim_renditions() -> int:
    """Keep the renditions within ``RENDITION_BUDGET_BYTES`` (0: no bound)."""
    return cache.trim(settings.RENDITION_BUDGET_BYTES) if settings.RENDITION_BUDGET_BYTES else 0


@shared_task
def look_at(image_uuid: str) -> int:
    """Look at a new image for what its account's variants need to know."""
    return preparing.look(image_uuid)
