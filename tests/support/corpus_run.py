"""The corpus against a running server: ``python tests/support/corpus_run.py [credentials.json] [--every N]``.

Uploads every good and every bad file through the API, asks for renditions, and compares with what the corpus says.
Without credentials it starts a server of its own, with everything in a temporary directory. What it uploads it removes.
"""

import argparse
import json
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import corpus
import httpx
import numpy
import pyvips

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
SECONDS = 10  # within which every answer comes
AT_ONCE = 2
SMALL = "w=64,h=64,fit=scale-down"
REFUSED = (400, 403, 411, 413, 415, 422)
CANARY = b"127.0.0.1:9"
# Several pictures in one file that are not an animation: the first one counts.
COLLECTION = "libavif-sofa_grid1x5_420_reversed_dimg_order.avif"


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


# ── one file ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def good(client: Client, entry: dict[str, Any]) -> str:
    """Upload a good file and look at what is delivered of it; what happened, in a word."""
    answer = client.upload(corpus.bytes_of(CORPUS / "good", entry))
    if answer.status_code != 200:
        if entry["accept"] == "must" or answer.status_code not in REFUSED:
            raise Deviation(f"refused: {answer.status_code} {answer.text[:200]}")
        return "refused, which is allowed"
    image_id = answer.json()["result"]["id"]
    try:
        _check_facts(client, image_id, entry)
        _check_thumbnail(client, image_id, entry)
        if entry["facts"]["orientation"] != 1:
            _check_orientation(client, image_id, entry)
        if entry.get("check_animation"):
            _check_animation(client, image_id, entry["facts"])
        if entry["format"] == "svg":
            _check_vector(client, image_id)
    finally:
        client.remove(image_id)
    return f"accepted and rendered, {entry['format']}"


def _check_facts(client: Client, image_id: str, entry: dict[str, Any]) -> None:
    found, facts = _ok(client.get(image_id, "fit=scale-down,f=json")).json()["original"], entry["facts"]
    _same("size", (found["width"], found["height"]), (facts["width"], facts["height"]))
    _same("length", found["file_size"], len(corpus.bytes_of(CORPUS / "good", entry)))


def _check_thumbnail(client: Client, image_id: str, entry: dict[str, Any]) -> None:
    facts, tolerance = entry["facts"], entry.get("thumb_tolerance", 0)
    # Lossless, since a palette leaves out an alpha channel in which nothing shows through.
    small = _picture(client, image_id, f"{SMALL},f=png,lossless=true")
    off = [abs(a - b) for a, b in zip((small.width, small.height), entry["thumb64"], strict=True)]
    if max(off) > tolerance:
        raise Deviation(f"thumbnail: {small.width} x {small.height}, expected {entry['thumb64']}")
    if facts["has_alpha"] is not None:
        _same("alpha", bool(small.hasalpha()), facts["has_alpha"])
    if facts["mean_rgb"] and _off_mean(small, facts) > facts.get("mean_tolerance", 6):
        # Scaling may move the mean of a few pixels; the whole picture decides.
        whole = _picture(client, image_id, "fit=scale-down,f=png")
        if _off_mean(whole, facts) > facts.get("mean_tolerance", 6):
            raise Deviation(f"mean colour: {_mean(whole)}, expected {facts['mean_rgb']}")


def _check_orientation(client: Client, image_id: str, entry: dict[str, Any]) -> None:
    for form in ("jpeg", "webp", "avif"):
        made = _picture(client, image_id, f"{SMALL},f={form}")
        _same(f"{form} of a turned picture", [made.width, made.height], entry["thumb64"])


def _check_animation(client: Client, image_id: str, facts: dict[str, Any]) -> None:
    for form in ("webp", "gif"):
        made = _picture(client, image_id, f"{SMALL},f={form}", "n=-1")
        frames = made.get("n-pages") if made.get_typeof("n-pages") else 1
        # An encoder may join frames that are the same; together they last as long.
        if not 1 < frames <= facts["frames"]:
            raise Deviation(f"{form}: {frames} frames, expected {facts['frames']}")
        if frames == facts["frames"]:
            known = len(facts["delay_ms"])  # the first few
            _same(f"{form}: delays", _shown(made.get("delay")[:known]), _shown(facts["delay_ms"]))
        if facts.get("loop_ok") and made.get("loop") not in {*facts["loop_ok"], facts["loop_vips"]}:
            raise Deviation(f"{form}: loop {made.get('loop')}, expected one of {facts['loop_ok']}")


def _check_vector(client: Client, image_id: str) -> None:
    answer = _ok(client.get(image_id, "public"))
    _same("type of an SVG", answer.headers["content-type"], "image/svg+xml")
    for word in (b"<script", b"javascript:", b"<!ENTITY", b"onload="):
        if word in answer.content:
            raise Deviation(f"the delivered SVG holds {word!r}")


def bad(client: Client, entry: dict[str, Any], canary: bytes) -> str:
    """Upload a bad file; what happened, in a word."""
    body = corpus.bytes_of(CORPUS / "bad", entry)
    if entry.get("canary"):
        body = body.replace(CANARY, canary)
    answer = client.upload(body, entry.get("upload_name", "picture"))
    client.lives()
    if answer.status_code != 200:
        return _refused(answer, entry)
    result = answer.json()["result"]
    try:
        if entry["expect"] == "refuse":
            raise Deviation("accepted, and had to be refused")
        if entry["expect"] == "name":
            _check_name(result.get("filename") or "")
        for options in entry.get("renders", (f"{SMALL},f=png", "w=64,h=64")):
            delivered = client.get(result["id"], options)
            _check_delivered(delivered, entry, canary)
    finally:
        client.remove(result["id"])
    client.lives()
    return "survived" if entry["expect"] == "survive" else "accepted and made harmless"


def _refused(answer: httpx.Response, entry: dict[str, Any]) -> str:
    envelope = answer.json()
    if envelope["success"] or not envelope["errors"] or not envelope["errors"][0]["message"]:
        raise Deviation(f"refused without saying why: {answer.text[:200]}")
    if answer.status_code not in (entry.get("statuses") or REFUSED):
        raise Deviation(f"refused with {answer.status_code}")
    return "refused"


def _check_name(name: str) -> None:
    if name in {".", ".."} or set(name) & set("/\\\0\u202e\r\n"):
        raise Deviation(f"stored under the name {name!r}")


def _check_delivered(answer: httpx.Response, entry: dict[str, Any], canary: bytes) -> None:
    if answer.status_code != 200:
        return
    for word in entry.get("forbidden", ()):
        if word.encode().replace(CANARY, canary) in answer.content:
            raise Deviation(f"what is delivered holds {word!r}")
    if entry.get("thumb64") and answer.headers["content-type"] == "image/png":
        found = pyvips.Image.new_from_buffer(answer.content, "")
        _same("thumbnail", [found.width, found.height], entry["thumb64"])


# ── small things ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _ok(answer: httpx.Response) -> httpx.Response:
    if answer.status_code != 200:
        raise Deviation(f"{answer.url.path}: {answer.status_code} {answer.text[:200]}")
    return answer


def _picture(client: Client, image_id: str, options: str, loading: str = "") -> pyvips.Image:
    return pyvips.Image.new_from_buffer(_ok(client.get(image_id, options)).content, loading)


def _same(what: str, found: Any, expected: Any) -> None:
    if found != expected:
        raise Deviation(f"{what}: {found}, expected {expected}")


def _shown(delays: list[int]) -> list[int]:
    """Hundredths of a second, as GIF writes them; what is too short for browsers they show for a tenth of a second."""
    return [10 if delay <= 10 else round(delay / 10) for delay in delays]


def _mean(image: pyvips.Image) -> list[float]:
    pixels = image.colourspace("srgb").numpy().astype(float)
    pixels = pixels.reshape(*pixels.shape[:2], -1)
    if pixels.shape[2] == 4:
        alpha = pixels[..., 3:] / 255
        pixels = pixels[..., :3] * alpha + 255 * (1 - alpha)
    return [round(float(value), 1) for value in pixels.reshape(-1, pixels.shape[2]).mean(axis=0)[:3]]


def _off_mean(image: pyvips.Image, facts: dict[str, Any]) -> float:
    return float(numpy.abs(numpy.array(_mean(image)) - facts["mean_rgb"]).max())


# ── all files ────────────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def listening() -> Iterator[tuple[bytes, list[Any]]]:
    """An address that nobody may contact, and who did."""
    visitors: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def wait() -> None:
            while True:
                try:
                    connection, address = server.accept()
                except OSError:
                    return
                visitors.append(address)
                connection.close()

        threading.Thread(target=wait, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}".encode(), visitors
        server.shutdown(socket.SHUT_RDWR)


def run(credentials: dict[str, str], every: int = 1) -> tuple[Counter[str], list[str]]:
    """Every ``every``-th file; how often what happened, and the deviations."""
    client, counts, deviations = Client(credentials), Counter[str](), []
    with (
        closing(client),
        listening() as (canary, visitors),
        client.options_allowed(),
        ThreadPoolExecutor(AT_ONCE) as threads,
    ):

        def one(kind: str, entry: dict[str, Any]) -> tuple[str, str]:
            try:
                outcome = good(client, entry) if kind == "good" else bad(client, entry, canary)
            except (Deviation, pyvips.Error) as deviation:
                return f"{kind}: DEVIATES", f"{kind}/{entry['file']}: {deviation}"
            return f"{kind}: {outcome}", ""

        entries = [(kind, entry) for kind in ("good", "bad") for entry in corpus.entries(CORPUS / kind)[::every]]
        for outcome, deviation in threads.map(lambda pair: one(*pair), entries):
            counts[outcome] += 1
            deviations += [deviation] if deviation else []
        client.lives()
        deviations += [f"the forbidden address was contacted {len(visitors)} times"] if visitors else []
    return counts, deviations


@contextmanager
def own_server() -> Iterator[dict[str, str]]:
    """Credentials of a server that is started for this run."""
    from platform_server import Platform

    directory = Path(tempfile.mkdtemp(prefix="corpus-"))
    platform = Platform(directory)
    try:
        yield credentials_of(platform.facts, platform.start().url)
    finally:
        platform.stop()
        shutil.rmtree(directory, ignore_errors=True)


def credentials_of(facts: dict[str, str], url: str) -> dict[str, str]:
    """What credentials.json would hold for an instance of ``platform_server``."""
    return facts | {"api_base": f"{url}/client/v4", "delivery_base": url}


def main() -> int:
    """Run, print, and say by the exit code whether everything was as expected."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("credentials", nargs="?", type=Path, help="credentials.json of a running server")
    parser.add_argument("--every", type=int, default=1, help="every n-th file only")
    asked = parser.parse_args()
    if not CORPUS.is_dir():
        parser.error(f"there is no corpus at {CORPUS}")
    started = time.monotonic()
    if asked.credentials:
        counts, deviations = run(json.loads(asked.credentials.read_text(encoding="utf-8")), asked.every)
    else:
        with own_server() as credentials:
            counts, deviations = run(credentials, asked.every)
    for outcome, count in sorted(counts.items()):
        print(f"{count:5}  {outcome}")
    print(f"{counts.total():5}  files in {time.monotonic() - started:.0f} s, {len(deviations)} deviations")
    print("\n".join(deviations))
    return 1 if deviations else 0


if __name__ == "__main__":
    sys.exit(main())
