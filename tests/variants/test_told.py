"""Quality and format that only trials can tell: in the answer, in another process, and after the bytes were lost."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy
import pytest
from platform_server import Platform, Reply, Server
from rendering import saved

CHROME = "image/avif,image/webp,*/*"
SEARCHING = (
    "quality=medium-low,format=webp,width=200",
    "format=best,width=160",
    "max-bytes=1500,format=jpeg,width=150",
)


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    y, x = numpy.mgrid[0:240, 0:320]
    noise = numpy.random.default_rng(1).normal(0, 6, (240, 320, 3))
    smooth = numpy.stack([x * 0.7, y, 128 + 90 * numpy.sin(x / 30) * numpy.cos(y / 25)], -1)
    return saved(numpy.clip(smooth + noise, 0, 255).astype("uint8"), tmp_path_factory.mktemp("photo") / "photo.jpg")


@pytest.fixture(scope="module")
def instance(platforms: Callable[..., Platform], photo: Path) -> Platform:
    made = platforms()
    made.start()
    made.upload(photo, "photo")
    return made


@pytest.fixture(scope="module")
def other(instance: Platform) -> Server:
    """Another process, which has nothing in memory of what the first one made."""
    return instance.start()


def get(server: Server, instance: Platform, options: str, **headers: str) -> Reply:
    return server.get(f"/{instance.facts['account_hash']}/photo/{options}", accept=CHROME, **headers)


def told(reply: Reply) -> tuple[int, str, str, str]:
    """What must not depend on where the answer came from."""
    trace = [part for part in reply.headers["cf-resized"].split() if part.startswith("q=")]
    return reply.status, reply.headers["content-type"], "".join(trace), reply.headers["etag"]


@pytest.mark.parametrize("options", SEARCHING)
def test_the_answer_tells_what_was_found_wherever_it_comes_from(
    options: str, instance: Platform, other: Server
) -> None:
    first = get(instance.servers[0], instance, options)
    assert first.status == 200 and "q=" in first.headers["cf-resized"]
    assert first.headers["content-type"] in ("image/avif", "image/webp", "image/jpeg")
    wait_for_row(instance, first)
    memory = get(instance.servers[0], instance, options)
    stored = get(other, instance, options)
    for reply in (memory, stored):
        assert reply.headers["cf-cache-status"] == "HIT"
        assert told(reply) == told(first) and reply.body == first.body
    unchanged = get(instance.servers[0], instance, options, if_none_match=first.headers["etag"])
    assert unchanged.status == 304


def test_only_the_bytes_are_there(instance: Platform, other: Server) -> None:
    """The row may be lost: the format is seen in the bytes, the quality isn't known any more."""
    first = get(instance.servers[0], instance, "format=best,width=120")
    digest = wait_for_row(instance, first)
    forget = "import sys; from variants.models import Rendition as R; R.objects.get(digest=sys.argv[1]).delete()"
    instance.run(forget, digest)
    again = get(other, instance, "format=best,width=120")
    assert again.headers["content-type"] == first.headers["content-type"]
    assert "q=" not in again.headers["cf-resized"] and again.body == first.body
    next((instance.directory / "storage" / "renditions").rglob(digest)).unlink()


@pytest.mark.parametrize("options", SEARCHING)
def test_a_search_is_paid_once(options: str, instance: Platform) -> None:
    """The bytes are lost and made again as they were."""
    server, options = instance.servers[0], f"{options},flip=h"  # not those of the test above, whose bytes must stay
    first = get(server, instance, options)
    wait_for_row(instance, first)
    shutil.rmtree(instance.directory / "storage" / "renditions")
    again = get(instance.start(), instance, options)
    assert again.headers["cf-cache-status"] == "MISS"
    assert told(again) == told(first) and again.body == first.body


def test_what_was_found_once_is_taken_without_a_search(instance: Platform) -> None:
    """A row that says something else than a search would shows whom delivery asks."""
    options = "quality=medium-low,format=webp,width=190"
    searched = get(instance.servers[0], instance, options)
    wait_for_row(instance, searched)
    instance.run("from variants.models import Rendition; Rendition.objects.update(quality=12)")
    shutil.rmtree(instance.directory / "storage" / "renditions")
    again = get(instance.start(), instance, options)
    assert "q=12 " in again.headers["cf-resized"] and len(again.body) < len(searched.body)


def wait_for_row(instance: Platform, reply: Reply) -> str:
    """Rows are written behind the answers. The digest of the rendition."""
    digest = reply.headers["etag"].strip('"')
    instance.run(
        "import sys, time; from variants.models import Rendition\n"
        "for _ in range(100):\n"
        "    if Rendition.objects.filter(digest=sys.argv[1]).exists(): break\n"
        "    time.sleep(0.1)",
        digest,
    )
    return digest


def test_what_could_not_be_reached_is_warned_of(instance: Platform, other: Server) -> None:
    options = "max-bytes=100,format=webp,width=200"
    wait_for_row(instance, get(instance.servers[0], instance, options))
    for server in (instance.servers[0], other):
        assert "max-bytes" in get(server, instance, options).headers["warning"]


def test_a_description(instance: Platform, other: Server, photo: Path) -> None:
    reply = get(instance.servers[0], instance, "format=json,width=80")
    assert reply.headers["content-type"] == "application/json"
    assert json.loads(reply.body) == {
        "width": 80,
        "height": 60,
        "original": {"file_size": photo.stat().st_size, "width": 320, "height": 240, "format": "image/jpeg"},
    }
    assert "max-age" in reply.headers["cache-control"]
    again = get(other, instance, "format=json,width=80")
    assert (again.body, again.headers["cf-cache-status"]) == (reply.body, "HIT")
    assert again.headers["content-type"] == "application/json"
    unchanged = get(instance.servers[0], instance, "format=json,width=80", if_none_match=reply.headers["etag"])
    assert unchanged.status == 304


def test_best_varies_with_what_the_browser_takes(instance: Platform) -> None:
    path = f"/{instance.facts['account_hash']}/photo/format=best,width=100"
    modern, old = (instance.servers[0].get(path, accept=accept) for accept in (CHROME, "*/*"))
    assert modern.headers["vary"] == old.headers["vary"] == "accept"
    assert old.headers["content-type"] in ("image/jpeg", "image/png")
    assert modern.headers["etag"] != old.headers["etag"] and len(modern.body) < len(old.body)
