"""Connections to public addresses only: the guard between a URL that a stranger gave and the network inside.

The name is resolved, every address that it has is checked, and the connection is made to a checked address. So a name
that answers differently the second time changes nothing.
"""

import ipaddress
import socket
import time
from collections.abc import Iterable
from typing import Any

import httpcore
from django.conf import settings

from images.errors import FetchNotPublic, FetchUnresolved

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
COMPATIBLE = ipaddress.IPv6Network("::/96")
# Not global by IANA's registries; older releases of Python believe otherwise.
SPECIAL = tuple(
    ipaddress.ip_network(text)
    for text in ("192.0.0.0/24", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16")
)
MOST_TRIED = 4


def is_public(text: str) -> bool:
    """Whether ``text`` is an address of the open internet; an IPv4 address inside an IPv6 one decides for both."""
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address):
        if address.is_site_local or not all(is_public(str(inner)) for inner in _inner(address)):
            return False
        if address.ipv4_mapped or address in NAT64:
            return True
    if any(address in network for network in SPECIAL if network.version == address.version):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _inner(address: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """IPv4 addresses that an IPv6 address carries: mapped, 6to4, Teredo, NAT64, compatible."""
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in COMPATIBLE or address in NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    return [inner for inner in found if inner is not None]


def resolve(host: str, port: int) -> list[str]:
    """The addresses of ``host``, all of them public. Raises ``FetchUnresolved``, ``FetchNotPublic``."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FetchUnresolved(f"url: the name {host} cannot be resolved; check it") from None
    addresses = list(dict.fromkeys(str(row[4][0]) for row in found))
    if not settings.FETCH_ALLOW_PRIVATE and not all(is_public(address) for address in addresses):
        raise FetchNotPublic(f"url: {host} is not a public address; upload the file itself")
    return addresses


class PublicNetwork(httpcore.NetworkBackend):
    """Connects as httpcore does, to checked addresses, and ends everything at ``deadline`` (of ``time.monotonic``)."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first address of ``host`` that answers."""
        fault: Exception = httpcore.ConnectError(f"no address of {host} answers")
        for address in resolve(host, port)[:MOST_TRIED]:
            try:
                stream = self.backend.connect_tcp(address, port, remaining(self.deadline, timeout))
            except httpcore.ConnectError as error:
                fault = error
            else:
                return TimedStream(stream, self.deadline)
        raise fault


class TimedStream(httpcore.NetworkStream):
    """A stream on which every step ends at one deadline: a peer that sends a byte now and then cannot stretch it."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self.stream, self.deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """At most ``max_bytes`` bytes."""
        return self.stream.read(max_bytes, remaining(self.deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """All of ``buffer``."""
        self.stream.write(buffer, remaining(self.deadline, timeout))

    def close(self) -> None:
        """Close the connection."""
        self.stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same stream under TLS; the certificate is checked against the name, not the address."""
        stream = self.stream.start_tls(ssl_context, server_hostname, remaining(self.deadline, timeout))
        return TimedStream(stream, self.deadline)

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks about the socket."""
        return self.stream.get_extra_info(info)


def remaining(deadline: float, timeout: float | None) -> float:
    """Seconds until ``deadline``, at most ``timeout``. Raises ``httpcore.ReadTimeout`` when it has passed."""
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise httpcore.ReadTimeout("the fetch took too long")
    return seconds if timeout is None else min(seconds, timeout)
