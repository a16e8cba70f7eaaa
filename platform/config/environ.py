"""ASGI scope → WSGI environ: the request and nothing of the process's environment."""

import sys
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from django.conf import settings

# What only a proxy may say. From anybody else these headers are dropped.
FORWARDED = (b"x-forwarded-", b"forwarded", b"x-real-ip")


def environ_of(scope: dict[str, Any], body: IO[bytes], length: int) -> dict[str, Any]:
    """The environ of a request whose ``body`` of ``length`` bytes has been read.

    ``RAW_URI`` is path and query as they travelled.
    """
    raw: bytes = scope["raw_path"]
    query: bytes = scope["query_string"]
    host, port = scope.get("server") or ("", "")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(raw).decode("latin-1"),
        "QUERY_STRING": query.decode("latin-1"),
        "RAW_URI": (raw + b"?" + query if query else raw).decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "CONTENT_LENGTH": str(length),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    _add_headers(environ, scope["headers"])
    if settings.BEHIND_PROXY:
        _believe_proxy(environ)
    return environ


def _add_headers(environ: dict[str, Any], headers: list[tuple[bytes, bytes]]) -> None:
    for name, value in headers:
        if b"_" in name or name == b"content-length" or (not settings.BEHIND_PROXY and name.startswith(FORWARDED)):
            continue  # an underscore would let a client write another header's name
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
        text = value.decode("latin-1")
        joint = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{joint}{text}" if key in environ else text
    environ["CONTENT_TYPE"] = _content_type(environ.get("CONTENT_TYPE", ""))


def _content_type(text: str) -> str:
    """Without parameters but the boundary: Django would believe any charset, also ones that are no text (``hex``)."""
    kind, *parameters = text.split(";")
    return ";".join([kind, *(part for part in parameters if part.strip().lower().startswith("boundary="))])


def _believe_proxy(environ: dict[str, Any]) -> None:
    """The nearest proxy's word: its entry is the last one; what stands before it came from outside."""
    client = environ.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    scheme = environ.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip()
    if client:
        environ["REMOTE_ADDR"] = client
    if scheme in {"http", "https"}:
        environ["wsgi.url_scheme"] = scheme
