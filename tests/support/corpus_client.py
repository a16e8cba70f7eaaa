"""A visitor with an account's token, who uploads files however hostile, and asks for renditions."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

SECONDS = 10  # within which every answer comes


class Deviation(Exception):
    """An answer that is not the expected one."""


class Client:
    """An account of the server that ``credentials`` describe: the keys of credentials.json."""

    def __init__(self, credentials: dict[str, str]) -> None:
        self._http = httpx.Client(timeout=SECONDS, trust_env=False)
        account = credentials["account_id"]
        self._api = f"{credentials['api_base'].rstrip('/')}/accounts/{account}/images/v1"
        self._pictures = f"{credentials['delivery_base'].rstrip('/')}/{credentials['account_hash']}"
        self._token = {"authorization": f"Bearer {credentials['api_token']}"}

    def upload(self, body: bytes, filename: str = "picture") -> httpx.Response:
        """Send a file as a form; the name goes out as it is, however hostile."""
        name = filename.replace("\\", "\\\\").replace('"', "%22").replace("\0", "%00").replace("\n", "%0A")
        head = f'--{"B" * 40}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        form = head.encode("utf-8", "surrogateescape") + body + f"\r\n--{'B' * 40}--\r\n".encode()
        headers = self._token | {"content-type": f"multipart/form-data; boundary={'B' * 40}"}
        return self._timed("POST", self._api, content=form, headers=headers)

    def get(self, image_id: str, options: str) -> httpx.Response:
        """A rendition."""
        return self._timed("GET", f"{self._pictures}/{image_id}/{options}")

    def remove(self, image_id: str) -> None:
        """Delete an image."""
        self._http.delete(f"{self._api}/{image_id}", headers=self._token)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def lives(self) -> None:
        """Raise ``Deviation`` when the server does not answer."""
        if self._timed("GET", f"{self._api}/config", headers=self._token).status_code != 200:
            raise Deviation("the server does not answer any more")

    @contextmanager
    def options_allowed(self) -> Iterator[None]:
        """Options in URLs are on inside, and afterwards as they were."""
        before = self._http.get(f"{self._api}/config", headers=self._token).raise_for_status().json()["result"]
        names = ("flexible_variants", "svg_rasterize")
        try:
            self._configure(dict.fromkeys(names, True))
            yield
        finally:
            self._configure({name: before[name] for name in names})

    def _configure(self, values: dict[str, bool]) -> None:
        self._http.patch(f"{self._api}/config", json=values, headers=self._token).raise_for_status()

    def _timed(self, method: str, url: str, **arguments: Any) -> httpx.Response:
        started = time.monotonic()
        try:
            answer = self._http.request(method, url, **arguments)
        except httpx.HTTPError as error:
            raise Deviation(f"{method} failed after {time.monotonic() - started:.1f} s: {error!r}") from error
        if answer.status_code >= 500:
            raise Deviation(f"{method} answered {answer.status_code}: {answer.text[:120]}")
        if time.monotonic() - started > SECONDS:
            raise Deviation(f"{method} took {time.monotonic() - started:.1f} s")
        return answer
