"""Periodic jobs; each calls one function and may run twice."""

from celery import shared_task

from images import direct_upload, removal


@shared_task
def remove_discarded() -> int:
    """Remove bytes that no row needs."""
    return removal.sweep()


@shared_task
def expire_drafts() -> int:
    """Remove drafts whose upload URL ran out."""
    return direct_upload.expire()
