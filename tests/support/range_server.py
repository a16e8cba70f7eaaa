"""An HTTP server of files in a folder that answers ranges, and can break off in the middle of a body."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class Mirror:
    """Where it listens, what was asked, and after how many bytes it breaks off the next time (None: never)."""

    url: str
    asked: list[tuple[str, str]] = field(default_factory=list)
    break_after: int | None = None
    takes_ranges: bool = True


@contextmanager
def serving(folder: Path) -> Iterator[Mirror]:
    """A server of ``folder`` for as long as the block lasts."""
    mirror = Mirror("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            mirror.asked.append((self.path, wanted))
            path = folder / self.path.lstrip("/")
            if not path.is_file():
                return self.send_error(404)
            self._send(path.read_bytes(), re.fullmatch(r"bytes=(\d+)-", wanted) if mirror.takes_ranges else None)

        def _send(self, body: bytes, part: re.Match[str] | None) -> None:
            start = int(part[1]) if part else 0
            if start >= len(body):
                return self.send_error(416)
            self.send_response(206 if part else 200)
            self.send_header("Content-Length", str(len(body) - start))
            self.end_headers()
            stop, mirror.break_after = mirror.break_after, None
            self.wfile.write(body[start:] if stop is None else body[start : start + stop])

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    mirror.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield mirror
    finally:
        server.shutdown()
        server.server_close()
