"""Periodic jobs; each calls one function and may run twice."""

from celery import shared_task

from images import direct_upload, remote, removal


@shared_task
def remove_discarded() -> int:
    """Remove bytes that no row needs."""
    return removal.sweep()


@shared_task
def expire_drafts() -> int:
    """Remove drafts whose upload URL ran out."""
    return direct_upload.expire()


@shared_task
def remove_remote() -> int:
    """Remove originals of other servers that are not asked for any more."""
    return remote.sweep()
