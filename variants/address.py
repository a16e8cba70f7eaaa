"""Delivery URL ⇄ account, image and what is wanted of it; read from the path as it travels.

``/<account hash>/<image id>/<variant or options>``, also below ``/cdn-cgi/imagedelivery``. On an own domain the hash
may be left out, a path prefix may stand before everything, and a default variant allows for ``<prefix>/<image id>``.
The image id may hold slashes: the last segment is the variant, whatever lies between is the id. The path is cut at its
raw slashes first and decoded once afterwards, so an encoded slash never cuts.
"""

import re
from collections.abc import Container
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

from variants import remote_address
from variants.errors import AddressMalformed

PREFIX = "/cdn-cgi/imagedelivery"
HASH_LENGTH = 22
# What may stand in a path as it is; everything else, % too, is percent-encoded.
IN_PATH = "/-._~!$&'()*+,;=:@"
_HASH = re.compile(rf"[A-Za-z0-9_-]{{{HASH_LENGTH}}}")


@dataclass(frozen=True, slots=True)
class Site:
    """An own domain, or one path prefix of it. ``origin``: where its other paths lie, such as https://example.com."""

    account_hash: str
    prefix: str = ""
    default_variant: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """What a delivery path names. ``wanted`` is raw: a variant's name, or options, which hold a ``=``."""

    account_hash: str
    image_id: str
    wanted: str
    spellings: tuple[str, ...]  # the path, and what else may have been signed for it

    @property
    def names_options(self) -> bool:
        """Whether options are written in the URL, rather than the name of a variant."""
        return "=" in self.wanted or "%3d" in self.wanted.lower()


def is_delivery(path: str) -> bool:
    """Whether a path belongs to delivery on every host."""
    if path[HASH_LENGTH + 1 : HASH_LENGTH + 2] in {"/", ""} and _hash_of(path):
        return True
    return path.startswith((PREFIX + "/", remote_address.PREFIX))


def parse(path: str) -> Address:
    """The address in a raw path that begins with the account hash, or with the prefix before it."""
    plain = path.removeprefix(PREFIX)
    account_hash = _hash_of(plain)
    if not account_hash:
        raise AddressMalformed("expected /<account hash>/<image id>/<variant>")
    image_id, wanted = _split(plain[HASH_LENGTH + 2 :])
    return Address(account_hash, image_id, wanted, (path, plain) if plain is not path else (path,))


def parse_on(site: Site, path: str, variants: Container[str]) -> Address:
    """The address in a raw path of an own domain; ``variants`` are the names that the account has.

    With a default variant, a last segment that is neither a variant nor options belongs to the image id.
    """
    rest = path[len(site.prefix) + 1 :].removeprefix(site.account_hash + "/")
    last = rest.rpartition("/")[2]
    if site.default_variant and "=" not in last and decode(last) not in variants:
        image_id, wanted = _checked_id(rest), quote(site.default_variant, safe="")
    else:
        image_id, wanted = _split(rest)
    canonical = f"/{site.account_hash}/{rest}"
    return Address(site.account_hash, image_id, wanted, tuple(dict.fromkeys((path, f"/{rest}", canonical))))


def write(account_hash: str, image_id: str, wanted: str) -> str:
    """The path of an image in a variant, or with options, which are written as they stand."""
    return f"/{account_hash}/{quote(image_id, safe=IN_PATH)}/{wanted}"


def decode(text: str) -> str:
    """Percent-decoding, once, as UTF-8."""
    if "%" not in text:
        return text
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise AddressMalformed("expected percent-encoded UTF-8 in the path") from None


def _hash_of(path: str) -> str:
    """The account hash that a path begins with, or nothing."""
    match = _HASH.match(path, 1)
    return match[0] if match and path[0] == "/" and path[match.end() : match.end() + 1] in {"/", ""} else ""


def _split(rest: str) -> tuple[str, str]:
    image_id, _, wanted = rest.rpartition("/")
    if not wanted:
        raise AddressMalformed("the path ends without a variant; expected <image id>/<variant>")
    return _checked_id(image_id), wanted


def _checked_id(raw: str) -> str:
    if not raw or not raw.isascii():
        raise AddressMalformed("the path names no image; expected <image id>/<variant>, percent-encoded")
    return decode(raw)
