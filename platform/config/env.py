"""Settings from the environment, read strictly: a value that cannot be understood stops the start."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off", ""})


def env_str(name: str, default: str = "") -> str:
    """The text of variable ``name``, without surrounding white space; ``default`` when it is empty or not set."""
    return os.environ.get(name, "").strip() or default


def env_bool(name: str, default: bool) -> bool:
    """True for 1, true, yes, on; False for 0, false, no, off and the empty text."""
    text = os.environ.get(name)
    if text is None:
        return default
    if text.strip().lower() in TRUE:
        return True
    if text.strip().lower() in FALSE:
        return False
    raise ImproperlyConfigured(f"{name}: expected true or false, got {text!r}")


def env_int(name: str, default: int, *, low: int = 0, high: int = 2**62) -> int:
    """A whole number between ``low`` and ``high``, both included."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    try:
        value = int(text)
    except ValueError:
        raise ImproperlyConfigured(f"{name}: expected a whole number, got {text!r}") from None
    if not low <= value <= high:
        raise ImproperlyConfigured(f"{name}: expected {low} to {high}, got {value}")
    return value


def env_list(name: str, default: str = "") -> list[str]:
    """The comma-separated parts of ``name``; empty parts are dropped."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def env_choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    """One of ``choices``."""
    text = env_str(name, default)
    if text not in choices:
        raise ImproperlyConfigured(f"{name}: expected {', '.join(choices)}, got {text!r}")
    return text


def env_secret(name: str, default: str = "") -> str:
    """The secret in ``name``, or in the file that ``name_FILE`` points at (as Docker secrets do)."""
    path = os.environ.get(f"{name}_FILE", "").strip()
    if not path:
        return os.environ.get(name, default).strip()
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE: cannot read {path}: {error.strerror}") from None
