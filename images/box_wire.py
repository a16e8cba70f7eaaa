"""How the box and its children talk over a socket: a JSON header and raw bytes, each with its length in front.

Never pickle: a child that a picture has taken over must not be able to run code in the parent.
"""

import json
import socket
import struct
import time
from collections.abc import Sequence
from typing import Any

PREFIX = struct.Struct("!IQ")  # bytes of the header, bytes of the body
MOST_DESCRIPTORS = 64
MAX_HEADER_BYTES = 2**20
MAX_BODY_BYTES = 2**30


def send(link: socket.socket, header: dict[str, Any], body: bytes = b"", descriptors: Sequence[int] = ()) -> None:
    """Send one message; open ``descriptors`` travel with it. Raises ``OSError`` when the other side is gone."""
    text = json.dumps(header, separators=(",", ":")).encode()
    start = PREFIX.pack(len(text), len(body)) + text
    sent = socket.send_fds(link, [start], descriptors) if descriptors else 0
    if len(body) < 2**16:
        link.sendall(start[sent:] + body)
        return
    link.sendall(start[sent:])
    link.sendall(body)


def receive(link: socket.socket, deadline: float | None = None) -> tuple[dict[str, Any], bytes, list[int]]:
    """One message: header, body, descriptors (the caller closes them).

    ``deadline`` is a time of ``time.monotonic``; all parts together must be there by then. Raises ``TimeoutError``,
    ``EOFError`` when the other side is gone, ``ValueError`` when it does not speak this language.
    """
    _allow(link, deadline)
    start, descriptors, _, _ = socket.recv_fds(link, PREFIX.size, MOST_DESCRIPTORS)
    start += _exactly(link, PREFIX.size - len(start), deadline) if start else b""
    if not start:
        raise EOFError("the other side is gone")
    header_size, body_size = PREFIX.unpack(start)
    if header_size > MAX_HEADER_BYTES or body_size > MAX_BODY_BYTES:
        raise ValueError("a message of the box is longer than any may be")
    header = json.loads(_exactly(link, header_size, deadline))
    if not isinstance(header, dict):
        raise ValueError("a message of the box has no object for a header")
    return header, _exactly(link, body_size, deadline), descriptors


def _exactly(link: socket.socket, size: int, deadline: float | None) -> bytes:
    """``size`` bytes, however slowly they come, but by ``deadline``."""
    data = bytearray(size)
    view = memoryview(data)
    while view:
        _allow(link, deadline)
        count = link.recv_into(view)
        if not count:
            raise EOFError("the other side is gone")
        view = view[count:]
    return bytes(data)


def _allow(link: socket.socket, deadline: float | None) -> None:
    """Let the next operation on ``link`` take until ``deadline``."""
    if deadline is None:
        return
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the deadline has passed")
    link.settimeout(left)
