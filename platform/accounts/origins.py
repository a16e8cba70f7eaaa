"""Origins of an account: whose pictures may be transformed by their URL.

An entry is a host, ``media.example.com`` alone or ``*.example.com`` for the root and all below it, with a port where it
is not the ordinary one, and perhaps the beginning of a path.
"""

import re
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction

from accounts import generation
from accounts.errors import OriginInvalid, OriginUnknown, TooManyOrigins
from accounts.models import Account, Origin

LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
HOST = re.compile(rf"((\*\.)?{LABEL}(\.{LABEL})*|\[[0-9a-f:.]{{2,45}}\])(:[1-9][0-9]{{0,4}})?")
PREFIX = re.compile(r"(/[!$&-;=@-Z_a-z~%]*)?")
LONGEST_HOST, LONGEST_PREFIX = 253, 400
Place = tuple[str, str]


def all_of(account: Account) -> list[Origin]:
    """The entries of ``account``, the oldest first."""
    return list(Origin.objects.filter(account=account).order_by("pk"))


@transaction.atomic
def create(account: Account, host: object, path_prefix: object = "") -> Origin:
    """A new entry; one that exists stays as it is. Raises ``OriginInvalid`` and ``TooManyOrigins``."""
    name, prefix = _host(host), _prefix(path_prefix)
    Account.objects.select_for_update().get(pk=account.pk)
    entries = {(entry.host, entry.path_prefix): entry for entry in all_of(account)}
    if (name, prefix) in entries:
        return entries[name, prefix]
    if len(entries) >= settings.ORIGIN_LIMIT:
        raise TooManyOrigins(f"The account has reached its limit of {settings.ORIGIN_LIMIT} origins; delete one")
    entry = Origin.objects.create(account=account, host=name, path_prefix=prefix)
    generation.bump()
    return entry


@transaction.atomic
def delete(account: Account, number: str) -> None:
    """Remove the entry ``number``. Raises ``OriginUnknown``."""
    found = number.isascii() and number.isdigit() and len(number) < 19
    if not found or not Origin.objects.filter(account=account, pk=int(number)).delete()[0]:
        raise OriginUnknown("The account has no origin of this id")
    generation.bump()


def allows(places: Iterable[Place], scheme: str, authority: str, path: str) -> bool:
    """Whether a URL lies in one of ``places``, pairs of host and path prefix. ``authority`` is host and port."""
    authority = authority.lower().removesuffix(":443" if scheme == "https" else ":80")
    return any(_covers(host, authority) and path.startswith(prefix) for host, prefix in places)


def _covers(host: str, authority: str) -> bool:
    if not host.startswith("*."):
        return authority == host
    return authority == host[2:] or authority.endswith(host[1:])


def _host(value: object) -> str:
    host = value.strip().lower() if isinstance(value, str) else ""
    if len(host) > LONGEST_HOST or not HOST.fullmatch(host):
        raise OriginInvalid(
            "host: expected a host name such as media.example.com or *.example.com, perhaps with a port, "
            f"got {value!r:.60}"
        )
    return host


def _prefix(value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_PREFIX or not PREFIX.fullmatch(value):
        raise OriginInvalid(f"path_prefix: expected the beginning of a path, such as /media/, got {value!r:.60}")
    return value
