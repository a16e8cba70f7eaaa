"""What a production start must have, and the secret key of an embedded one."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config.env import env_bool, env_list, env_secret, env_str

MIN_SECRET_LENGTH = 32
REQUIRED_SECRETS = ("DATABASE_URL", "REDIS_URL", "S3_ACCESS_KEY", "S3_SECRET_KEY")
REQUIRED = ("S3_BUCKET", "PUBLIC_URL")


def secret_key(data_dir: Path, *, production: bool) -> str:
    """SECRET_KEY of the environment; embedded, one that is made once and kept in the data directory."""
    given = env_secret("SECRET_KEY")
    if given or production:
        return given
    path = data_dir / "secret_key"
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def require_production_settings() -> None:
    """Raise ``ImproperlyConfigured`` with the name of the first variable that is missing or unsafe."""
    if len(env_secret("SECRET_KEY")) < MIN_SECRET_LENGTH:
        raise ImproperlyConfigured(f"SECRET_KEY: expected at least {MIN_SECRET_LENGTH} characters")
    for name in (*REQUIRED, *REQUIRED_SECRETS):
        if not (env_secret(name) if name in REQUIRED_SECRETS else env_str(name)):
            raise ImproperlyConfigured(f"{name}: must be set when TINTYPE_PRODUCTION is on")
    if env_bool("DEBUG", False):
        raise ImproperlyConfigured("DEBUG: must be off when TINTYPE_PRODUCTION is on")
    hosts = env_list("ALLOWED_HOSTS")
    if not hosts or "*" in hosts:
        raise ImproperlyConfigured("ALLOWED_HOSTS: name your hosts; * is not allowed when TINTYPE_PRODUCTION is on")
