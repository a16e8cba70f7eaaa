"""Variants and renditions as rows."""

from typing import Any

from django.db import models
from django.utils import timezone

from accounts.models import Account
from images.models import Image


class Variant(models.Model):
    """A named set of options. ``options`` is kept as it was sent; it was checked before."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="variants")
    name = models.CharField(max_length=99)
    options = models.JSONField(default=dict)
    never_require_signed_urls = models.BooleanField(default=False)
    epoch = models.PositiveIntegerField(default=0, editable=False)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="one_variant_per_name")]

    def __str__(self) -> str:
        return self.name


class Rendition(models.Model):
    """Bytes that were made of an image and are kept in the cache; can be lost at any time and made again.

    ``variant`` is the variant's name, empty for options in the URL. ``digest`` is the cache key and the ETag.
    ``quality`` and ``warnings`` are what trials came to, where there were any.
    """

    image = models.ForeignKey(Image, models.CASCADE, related_name="renditions", db_index=False)
    account = models.ForeignKey(Account, models.CASCADE, related_name="+", db_index=False)
    variant = models.CharField(max_length=99, blank=True)
    digest = models.CharField(max_length=64)
    mime = models.CharField(max_length=40)
    size = models.PositiveBigIntegerField()
    quality = models.PositiveSmallIntegerField(null=True)
    warnings = models.JSONField(default=list)
    created = models.DateTimeField(default=timezone.now)
    last_used = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["image", "digest"], name="one_rendition_per_key")]
        indexes = [models.Index(fields=["account", "variant", "id"], name="rendition_by_variant")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the image's account, by which a purge finds its rows."""
        self.account_id = self.image.account_id
        super().save(*args, **kwargs)
