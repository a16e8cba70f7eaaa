"""One file of the corpus: uploaded, looked at as it is delivered, compared with what the corpus says, and removed."""

from pathlib import Path
from typing import Any

import corpus
import httpx
import numpy
import pyvips
from corpus_client import Client, Deviation

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
SMALL = "w=64,h=64,fit=scale-down"
REFUSED = (400, 403, 411, 413, 415, 422)
CANARY = b"127.0.0.1:9"


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
