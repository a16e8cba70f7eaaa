"""Accounts, who belongs to them, and the secrets that open them."""

import secrets
import uuid
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from accounts.encrypted import EncryptedText

BROWSER_TTL_DEFAULT = 172_800
BROWSER_TTL_RANGE = (3_600, 31_536_000)
ORIGIN_PATTERN = r"^https?://[^/?#@\s\\]+(/[^?#\s\\]*[^/?#\s\\])?$"
"""Scheme, host and perhaps a path, without a slash at the end."""


def new_account_id() -> str:
    """32 lower-case hex digits: names the account in the REST API."""
    return uuid.uuid4().hex


def new_account_hash() -> str:
    """22 characters of base64url (16 random bytes): names the account in delivery URLs."""
    return secrets.token_urlsafe(16)


def new_signing_key() -> str:
    """A signing key's text; used as it stands (UTF-8), never decoded."""
    return secrets.token_urlsafe(32)


class Account(models.Model):
    """The owner of images, variants, keys and tokens; everything belongs to exactly one."""

    id = models.CharField(primary_key=True, max_length=32, default=new_account_id, editable=False)
    hash = models.CharField(max_length=22, unique=True, default=new_account_hash, editable=False)
    name = models.CharField(max_length=200)
    flexible_variants = models.BooleanField(default=False)
    browser_ttl = models.PositiveIntegerField(
        default=BROWSER_TTL_DEFAULT,
        validators=[MinValueValidator(BROWSER_TTL_RANGE[0]), MaxValueValidator(BROWSER_TTL_RANGE[1])],
    )
    preserve_content_credentials = models.BooleanField(default=False)
    svg_rasterize = models.BooleanField(default=True)
    any_origin = models.BooleanField(default=False)
    fallback_image = models.CharField(max_length=1024, blank=True)
    fallback_status = models.PositiveSmallIntegerField(default=200)
    policy_variant = models.CharField(max_length=99, blank=True)
    segment_model = models.CharField(max_length=99, blank=True)
    epoch = models.PositiveIntegerField(default=0, editable=False)
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A user who may sign in to the dashboard of an account."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "user"], name="one_membership_per_user")]

    def __str__(self) -> str:
        return f"{self.user} in {self.account}"


class ApiToken(models.Model):
    """A bearer token of an account. Only its SHA-256 is kept; the text is shown once."""

    class Scope(models.TextChoices):
        READ = "read"
        EDIT = "edit"

    account = models.ForeignKey(Account, models.CASCADE, related_name="tokens")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="tokens")
    name = models.CharField(max_length=100)
    scope = models.CharField(max_length=4, choices=Scope.choices, default=Scope.EDIT)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    last_used = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return self.name


class SigningKey(models.Model):
    """A named key for signed URLs; every key of the account is valid at the same time."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="signing_keys")
    name = models.CharField(max_length=20)
    value = EncryptedText(default=new_signing_key)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="one_signing_key_per_name")]

    def __str__(self) -> str:
        return self.name


class Domain(models.Model):
    """An own delivery host of an account; there the account hash may be left out of the path."""

    host = models.CharField(max_length=253)
    account = models.ForeignKey(Account, models.CASCADE, related_name="domains")
    path_prefix = models.CharField(max_length=200, blank=True, help_text="Begins with / and ends without one.")
    default_variant = models.CharField(max_length=99, blank=True)
    origin = models.CharField(
        max_length=400,
        blank=True,
        validators=[RegexValidator(ORIGIN_PATTERN)],
        help_text="Where paths of this host in /cdn-cgi/image/… are fetched, such as https://www.example.com",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["host", "path_prefix"], name="one_domain_per_prefix")]

    def __str__(self) -> str:
        return self.host + self.path_prefix

    def clean(self) -> None:
        """Refuse the platform's own hosts, whose dashboard and API would be hidden, and a prefix of another form."""
        self.host = self.host.lower()
        if self.host in {urlsplit(url).hostname for url in (settings.PUBLIC_URL, settings.UPLOAD_URL)}:
            raise ValidationError({"host": "The platform itself is reached here; choose a host for delivery alone."})
        if self.path_prefix and (not self.path_prefix.startswith("/") or self.path_prefix.endswith("/")):
            raise ValidationError({"path_prefix": "Begin with / and end without one, as in /pictures."})


class Origin(models.Model):
    """A place whose pictures may be transformed by their URL; see :mod:`accounts.origins`."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="origins")
    host = models.CharField(max_length=260)
    path_prefix = models.CharField(max_length=400, blank=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "host", "path_prefix"], name="one_origin_per_place"),
        ]

    def __str__(self) -> str:
        return self.host + self.path_prefix


class Generation(models.Model):
    """One row that counts changes; see :mod:`accounts.generation`."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)
