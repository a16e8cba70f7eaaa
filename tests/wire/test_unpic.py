"""URLs that unpic 4.2.2 makes, the library behind the image components of many frameworks, are all answered."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from origins import WebServer, picture, sends, serving
from platform_server import Platform, Reply
from presence import require
from rendering import pixels

PACKAGE = "unpic@4.2.2"
PROGRAM = Path(__file__).with_name("unpic.js")
SECONDS = 300
MIMES = {"jpg": "jpeg", "png": "png", "webp": "webp", "avif": "avif"}
Operations = dict[str, Any]

# Of a picture of 64 x 48 pixels: operations and the size of the result.
CASES: list[tuple[Operations, tuple[int, int]]] = [
    ({}, (64, 48)),
    ({"width": 32}, (32, 24)),
    ({"width": 31.6}, (32, 24)),
    ({"height": 12}, (16, 12)),
    ({"width": 20, "height": 20}, (20, 20)),
    ({"width": 20, "height": 20, "fit": "contain"}, (20, 15)),
    ({"width": 20, "height": 20, "fit": "pad", "background": "#ff0000"}, (20, 20)),
    ({"width": 20, "height": 20, "fit": "crop", "gravity": "0.5x0.2"}, (20, 20)),
    ({"width": 200, "height": 200, "fit": "scale-down"}, (64, 48)),
    ({"width": 16, "dpr": 2}, (32, 24)),
    ({"width": 32, "quality": 30}, (32, 24)),
    ({"width": 32, "rotate": 90}, (32, 43)),
    ({"width": 32, "blur": 5, "sharpen": 1, "anim": False, "metadata": "none"}, (32, 24)),
    ({"width": 32, "brightness": 1.2, "contrast": 1.1, "gamma": 0.9}, (32, 24)),
    ({"trim": "4;4;4;4"}, (56, 40)),
    *(({"width": 32, "format": form}, (32, 24)) for form in MIMES),
]
NAMES = [json.dumps(operations) for operations, _ in CASES]


@dataclass
class Unpic:
    """``make`` has the library make URLs; ``get`` asks the running server for one, whatever host it names."""

    folder: Path
    platform: Platform
    web: WebServer

    def make(self, *call: Any) -> str:
        node = shutil.which("node")
        environment = {"NODE_PATH": str(self.folder / "node_modules")}
        program = shutil.copy(PROGRAM, self.folder)
        run = subprocess.run(
            [str(node), program],
            input=json.dumps([call]),
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        url: str = json.loads(run.stdout)[0]
        return url

    def get(self, url: str, **headers: str) -> Reply:
        parts = urlsplit(url)
        return self.platform.servers[0].get(parts.path + (f"?{parts.query}" if parts.query else ""), **headers)


@pytest.fixture(scope="module")
def unpic(platforms: Callable[..., Platform], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Unpic]:
    folder = tmp_path_factory.mktemp("unpic")
    _install(folder)
    platform = platforms(FETCH_ALLOW_PRIVATE="1")
    file = folder / "picture.png"
    file.write_bytes(picture())
    platform.upload(file, "id1")
    with serving() as web:
        web.answers |= {path: sends(picture()) for path in ("/site/a.png", "/site/a.png?x=1")}
        platform.run(
            "import sys; from accounts.models import Account, Domain; from accounts import origins\n"
            "account = Account.objects.get(id=sys.argv[1]); origins.create(account, sys.argv[2])\n"
            "Domain.objects.create(host='shop.example', account=account, origin=f'http://{sys.argv[2]}/site')",
            platform.facts["account_id"],
            web.authority,
        )
        platform.start()
        yield Unpic(folder, platform, web)


def _install(folder: Path) -> None:
    npm = shutil.which("npm")
    require(npm and shutil.which("node"), "node with npm (Debian: nodejs, npm)")
    command = [str(npm), "install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(
        [*command, "--prefix", str(folder), PACKAGE], capture_output=True, text=True, timeout=SECONDS, check=False
    )
    require(done.returncode == 0, f"{PACKAGE} (npm says: {done.stderr[-300:]})")


def check(reply: Reply, operations: Operations, size: tuple[int, int]) -> None:
    assert reply.status == 200, reply.body[:200]
    height, width = pixels(reply.body).shape[:2]
    assert (width, height) == size
    if form := operations.get("format"):
        assert reply.headers["content-type"] == f"image/{MIMES[form]}"


@pytest.mark.parametrize("host", ["imagedelivery.net", "shop.example"])
@pytest.mark.parametrize(("operations", "size"), CASES, ids=NAMES)
def test_hosted_images(unpic: Unpic, host: str, operations: Operations, size: tuple[int, int]) -> None:
    options = {"host": host, "accountHash": unpic.platform.facts["account_hash"], "imageId": "id1"}
    check(unpic.get(unpic.make("cloudflare_images", "generate", "", operations, options)), operations, size)


@pytest.mark.parametrize(("operations", "size"), CASES, ids=NAMES)
def test_pictures_of_other_origins(unpic: Unpic, operations: Operations, size: tuple[int, int]) -> None:
    for source in (f"{unpic.web.url}/site/a.png", f"{unpic.web.url}/site/a.png?x=1"):
        check(unpic.get(unpic.make("cloudflare", "generate", source, operations)), operations, size)
    check(
        unpic.get(
            unpic.make("cloudflare", "generate", "/a.png", operations, {"domain": "shop.example"}), host="shop.example"
        ),
        operations,
        size,
    )


def test_urls_that_are_transformed_again(unpic: Unpic) -> None:
    account_hash = unpic.platform.facts["account_hash"]
    made = f"https://imagedelivery.net/{account_hash}/id1"
    for source in (f"{made}/public", f"{made}/w=50,fit=cover", f"{made}/public?exp=1&sig=2"):
        url = unpic.make("cloudflare_images", "transform", source, {"width": 32})
        check(unpic.get(url), {}, (32, 24))
    first = unpic.make("cloudflare", "generate", f"{unpic.web.url}/site/a.png", {"width": 50})
    assert unpic.get(first, accept="image/webp").headers["content-type"] == "image/webp"
    again = unpic.make("cloudflare", "transform", f"https://shop.example{first}", {"width": 32})
    check(unpic.get(again), {}, (32, 24))
