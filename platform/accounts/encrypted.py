"""Secrets at rest: text that must be readable again is encrypted with a key made from SECRET_KEY."""

import base64
import functools
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models


def _fernet(secret: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"tintype secrets at rest").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))


@functools.cache
def _box(secret: str, fallbacks: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([_fernet(text) for text in (secret, *fallbacks)])


def encrypt(text: str) -> str:
    """``text`` as a Fernet token."""
    return _box(settings.SECRET_KEY, tuple(settings.SECRET_KEY_FALLBACKS)).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """The text of a token made by :func:`encrypt`; raises ``InvalidToken`` when SECRET_KEY is another."""
    return _box(settings.SECRET_KEY, tuple(settings.SECRET_KEY_FALLBACKS)).decrypt(token.encode()).decode()


class EncryptedText(models.TextField):  # type: ignore[type-arg]
    """A text column whose content is encrypted in the database."""

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way to the database."""
        return value if value is None else encrypt(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Decrypt on the way out."""
        return value if value is None else decrypt(value)
