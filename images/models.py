"""Originals as rows: what was uploaded, what may still be uploaded, what waits to be removed."""

import hashlib
import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Account
from images.focal import Point

# What is written in the place of, or beside, what a caller names.
COLUMNS = {"creator": ("creator", "creator_digest"), "focal_point": ("focal_x", "focal_y")}


def digest_of(text: str) -> str:
    """SHA-256 of an id or a creator, in hex: what is indexed, since either may be longer than an index entry may be."""
    return hashlib.sha256(text.encode()).hexdigest()


def creator_digest_of(creator: str | None) -> str:
    """What images of ``creator`` are found by; images without one, or with an empty one, are found together."""
    return digest_of(creator) if creator else ""


class Image(models.Model):
    """An original and what is known of it. A draft is one whose bytes have not arrived yet.

    ``focal_x`` and ``focal_y``: see :mod:`images.focal`; both are set or neither is.
    """

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, models.CASCADE, related_name="images")
    public_id = models.CharField(max_length=1024)
    public_id_digest = models.CharField(max_length=64, editable=False)
    filename = models.CharField(max_length=255, blank=True)
    meta = models.JSONField(default=dict)
    creator = models.CharField(max_length=1024, null=True, blank=True)
    creator_digest = models.CharField(max_length=64, blank=True, editable=False)
    require_signed_urls = models.BooleanField(default=False)
    focal_x = models.FloatField(null=True, blank=True)
    focal_y = models.FloatField(null=True, blank=True)
    draft = models.BooleanField(default=False)
    uploaded = models.DateTimeField(default=timezone.now)

    format = models.CharField(max_length=8, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    frames = models.PositiveIntegerField(default=0)
    has_alpha = models.BooleanField(default=False)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    storage_key = models.CharField(max_length=200, blank=True)

    epoch = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "public_id_digest"], name="one_image_per_id"),
            models.CheckConstraint(
                condition=Q(focal_x=None, focal_y=None)
                | Q(focal_x__isnull=False, focal_y__isnull=False, focal_x__range=(0, 1), focal_y__range=(0, 1)),
                name="focal_point_inside",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-uploaded", "-uuid"], condition=Q(draft=False), name="image_listing"),
            models.Index(
                fields=["account", "creator_digest", "-uploaded", "-uuid"],
                condition=Q(draft=False),
                name="image_by_creator",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def focal_point(self) -> Point | None:
        """What a person chose for the middle of cut-outs."""
        return None if self.focal_x is None or self.focal_y is None else (self.focal_x, self.focal_y)

    @focal_point.setter
    def focal_point(self, point: Point | None) -> None:
        self.focal_x, self.focal_y = point or (None, None)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the digests of id and creator beside them."""
        self.public_id_digest = digest_of(self.public_id)
        self.creator_digest = creator_digest_of(self.creator)
        if named := kwargs.get("update_fields"):
            kwargs["update_fields"] = {column for name in named for column in COLUMNS.get(name, (name,))}
        super().save(*args, **kwargs)


class ImageCount(models.Model):
    """How many images (drafts left out) an account holds: exact, and read without counting."""

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="image_count")
    count = models.PositiveBigIntegerField(default=0)


class DirectUpload(models.Model):
    """Permission for one upload without a token: the draft it fills, until when, and whether it was used."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    image = models.OneToOneField(Image, models.CASCADE, related_name="direct_upload")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], condition=Q(used_at=None), name="direct_upload_unused")]


class RemoteOriginal(models.Model):
    """What another server answered for a URL: kept for as long as its rules allow, then asked for again.

    ``uuid`` names these bytes behind this URL, and changes with them. ``seconds`` is the lifetime that the answer was
    given, ``insists`` that it may not be used longer. ``made`` counts the bytes of its renditions.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="remote_originals")
    url = models.TextField()
    url_digest = models.CharField(max_length=64, editable=False)
    uuid = models.UUIDField()
    storage_key = models.CharField(max_length=200)
    format = models.CharField(max_length=8)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    frames = models.PositiveIntegerField()
    has_alpha = models.BooleanField()
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    etag = models.CharField(max_length=200, blank=True)
    last_modified = models.CharField(max_length=60, blank=True)
    seconds = models.PositiveIntegerField()
    insists = models.BooleanField(default=False)
    fetched = models.DateTimeField()
    fresh_until = models.DateTimeField(db_index=True)
    made = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "url_digest"], name="one_remote_original_per_url")]

    def __str__(self) -> str:
        return self.url


class Discarded(models.Model):
    """Bytes in storage that nothing needs, or that nothing will need if an upload never commits.

    Written before an upload's bytes and taken back in the transaction that accepts them; written by a delete in its
    own transaction. A periodic task removes what is due: a crash at any moment leaves nothing behind for ever.
    """

    prefix = models.CharField(max_length=200)
    next_attempt_at = models.DateTimeField(default=timezone.now, db_index=True)
    attempts = models.PositiveIntegerField(default=0)
