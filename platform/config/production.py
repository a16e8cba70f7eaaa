"""What a production start must have, and the secret key of an embedded one."""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.env import env_bool, env_list, env_secret, env_str
from config.replicas import over_network

MIN_SECRET_LENGTH = 32
SECRETS = ("DATABASE_URL", "REDIS_URL", "S3_ACCESS_KEY", "S3_SECRET_KEY")
PLAIN = ("S3_BUCKET", "PUBLIC_URL", "STATIC_ROOT")
ADDRESSES = ("PUBLIC_URL", "DELIVERY_URL", "UPLOAD_URL")
REDIS_SCHEMES = ("redis://", "rediss://", "unix://")


def secret_key(data_dir: Path, *, production: bool) -> str:
    """SECRET_KEY of the environment; embedded, one that is made once and kept in the data directory."""
    given = env_secret("SECRET_KEY")
    if given or production:
        return given
    path = data_dir / "secret_key"
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def require_production_settings() -> None:
    """Raise ``ImproperlyConfigured`` with the name of the first variable that is missing or unsafe."""
    _require_presence()
    _require_safe_secrets()
    _require_safe_addresses()
    if env_bool("DEBUG", False):
        raise _refusal("DEBUG", "must be off")


def _require_presence() -> None:
    for name in (*PLAIN, *SECRETS):
        if not (env_secret(name) if name in SECRETS else env_str(name)):
            raise _refusal(name, "must be set")


def _require_safe_secrets() -> None:
    if len(env_secret("SECRET_KEY")) < MIN_SECRET_LENGTH:
        raise _refusal("SECRET_KEY", f"expected at least {MIN_SECRET_LENGTH} characters")
    if not env_secret("REDIS_URL").startswith(REDIS_SCHEMES):
        raise _refusal("REDIS_URL", f"expected one of {', '.join(REDIS_SCHEMES)}")
    if over_network(env_list("INFERENCE_URLS")) and not env_secret("INFERENCE_TOKEN"):
        raise _refusal("INFERENCE_TOKEN", "must be set for an address in INFERENCE_URLS that is no unix socket")


def _require_safe_addresses() -> None:
    for name in ADDRESSES:
        if not env_str(name, "https://").startswith("https://") and not env_bool("ALLOW_HTTP", False):
            raise _refusal(name, "expected https://… (ALLOW_HTTP=1 allows sign-in and tokens over plain HTTP)")
    hosts, own = env_list("ALLOWED_HOSTS"), urlsplit(env_str("PUBLIC_URL")).hostname
    if "*" in hosts:
        raise _refusal("ALLOWED_HOSTS", "name your hosts; * allows any")
    if own not in hosts:
        raise _refusal("ALLOWED_HOSTS", f"{own}, the host of PUBLIC_URL, is missing")


def _refusal(name: str, text: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name}: {text} when TINTYPE_PRODUCTION is on")
