"""A policy holds for everything that is delivered; each test tries a way around it. Asked of a real server.

``photo`` is noise, ``squares`` is what the policy leaves of it: under the policy nobody can tell them apart.
"""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import numpy
import pytest
import pyvips
from origins import WebServer, sends, serving
from platform_server import Platform, Reply
from rendering import pixels, rendered, saved

from images.signing import sign

SIDE, WIDTH, HEIGHT = 16, 64, 48
SQUARES = WIDTH // SIDE * HEIGHT // SIDE
SETUP = """
import sys
from accounts import origins
from accounts.models import Account, Domain
from variants import named
account = Account.objects.get(id=sys.argv[1])
named.create(account, "hide", {"width": 5, "rotate": 90, "pixelate": 16})
named.create(account, "cover", [{"pixelate": 16}, {"watermark": "mark;1;ce"}])
named.create(account, "plain", {"format": "png"})
named.create(account, "sharp", {"format": "png", "pixelate": 1, "blur": 0})
named.create(account, "bytes", {"raw": True})
named.create(account, "skipping", {"skip-processing": ["png"], "format": "png"})
named.create(account, "about", {"format": "json"})
named.create(account, "open", {"format": "png"}, never_require_signed_urls=True)
for image in ("photo", "squares"):
    named.create(account, f"drawing-{image}", {"format": "png", "draw": [{"image": image}]})
origins.create(account, sys.argv[2])
Domain.objects.create(host="own.example", account=account, origin=sys.argv[3])
"""
CONFIG = """
import json, sys
from accounts.models import Account
from variants import configuring
configuring.change(Account.objects.get(id=sys.argv[1]), json.loads(sys.argv[2]))
"""
SPOIL = """
from images.models import Image
from images.storage import storage
storage().put(Image.objects.get(public_id="bad").storage_key, b"spoilt", "image/png")
"""
QUIETLY = """
import json, sys
from accounts import generation
from accounts.models import Account
from variants.models import Variant
Variant.objects.update_or_create(account_id=sys.argv[1], name="torn", defaults={"options": json.loads(sys.argv[3])})
Account.objects.filter(id=sys.argv[1]).update(policy_variant=sys.argv[2])
generation.bump()
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48"><circle cx="20" cy="20" r="15"/></svg>'


def noise() -> pyvips.Image:
    random = numpy.random.default_rng(7)
    return pyvips.Image.new_from_array(random.integers(0, 256, (HEIGHT, WIDTH, 3), "uint8")).copy(interpretation="srgb")


def moving(path: Path) -> Path:
    frames = noise().copy()
    frames.set_type(pyvips.GValue.gint_type, "page-height", HEIGHT // 2)
    frames.write_to_file(str(path))
    return path


@pytest.fixture(scope="module")
def web() -> Iterator[WebServer]:
    with serving() as found:
        found.answers["/a.png"] = sends(noise().pngsave_buffer(), cache_control="max-age=7200")
        found.answers["/bad.png"] = sends(noise().pngsave_buffer()[:2000], cache_control="max-age=7200")
        yield found


@pytest.fixture(scope="module")
def instance(platforms: Callable[..., Platform], tmp_path_factory: pytest.TempPathFactory, web: WebServer) -> Platform:
    made, folder = platforms(FETCH_ALLOW_PRIVATE="1", ANIMATED_MAX_AREA="3000"), tmp_path_factory.mktemp("pictures")
    noise().write_to_file(str(folder / "noise.png"))
    (pyvips.Image.black(8, 8, bands=3) + [250, 0, 0]).cast("uchar").write_to_file(str(folder / "mark.png"))
    (folder / "circle.svg").write_text(SVG)
    for name in ("photo", "secret", "bad"):
        made.upload(folder / "noise.png", name, private=name == "secret")
    made.upload(saved(pixels(rendered(folder / "noise.png", f"pixelate={SIDE}")), folder / "squares.png"), "squares")
    made.upload(folder / "mark.png", "mark", private=True)
    made.upload(folder / "circle.svg", "circle")
    made.upload(moving(folder / "moving.gif"), "moving")
    made.run(SPOIL)
    made.run(SETUP, made.facts["account_id"], web.authority, web.url)
    made.start()
    return made


@pytest.fixture
def policy(instance: Platform) -> Iterator[Platform]:
    """The instance while pixels are squares."""
    configure(instance, policy_variant="hide")
    yield instance
    configure(instance, policy_variant="", fallback_image="", svg_rasterize=True)


def configure(instance: Platform, **values: object) -> None:
    instance.run(CONFIG, instance.facts["account_id"], json.dumps(values))


def get(instance: Platform, path: str, method: str = "GET", **headers: str) -> Reply:
    return instance.servers[0].get(f"/{instance.facts['account_hash']}/{path}", method, **headers)


def signed(instance: Platform, path: str) -> str:
    url = sign(f"/{instance.facts['account_hash']}/{path}", instance.facts["signing_key"], int(time.time()) + 60)
    return url.split("/", 2)[2]


def api(instance: Platform, method: str, path: str, token: str = "") -> Reply:
    headers = {"authorization": f"Bearer {token or instance.facts['api_token']}"}
    return instance.servers[0].get(f"/client/v4/accounts/{instance.facts['account_id']}{path}", method, **headers)


def code(reply: Reply) -> tuple[int, int]:
    assert reply.body.startswith(b"ERROR "), reply
    assert reply.headers["cache-control"] == "no-store"
    return reply.status, int(reply.body[6:10])


def colours(reply: Reply) -> int:
    """How many there are."""
    assert reply.status == 200, reply
    found = pixels(reply.body)
    return len(numpy.unique(found.reshape(-1, found.shape[-1])[:, :3], axis=0))


def test_without_a_policy_the_picture_is_seen(instance: Platform) -> None:
    for path in ("plain", "format=png", "drawing-photo"):
        assert colours(get(instance, f"photo/{path}")) > 1000
    assert colours(get(instance, "squares/plain")) == SQUARES


@pytest.mark.parametrize(
    "options",
    [
        "format=png",
        "width=64,height=48,fit=cover",
        "pixelate=0",
        "pixelate=1,blur=0",
        "pixelate=2~pixelate=0",
        "trim.left=5,trim.top=3,trim.width=20,trim.height=20",
        "trim.left=32,width=640,fit=contain",
        "width=640,fit=contain",
        "width=320,height=320,fit=cover,dpr=2",
        "width=30,height=20,fit=crop,gravity=entropy",
        "rotate=90,flip=h",
        "rotate=7",
        "lossless=true,quality=100,metadata=keep",
        "onerror=redirect,download=true,filename=a.png",
        "skip-processing=jpeg",
        "~".join(["brightness=1.1"] * 8),
    ],
)
def test_no_option_of_a_url_lifts_it(policy: Platform, options: str) -> None:
    wanted = pixels(get(policy, f"squares/format=png,{options}").body)
    assert (pixels(get(policy, f"photo/format=png,{options}").body) == wanted).all()
    private = get(policy, signed(policy, f"secret/format=png,{options}"))
    assert (pixels(private.body) == wanted).all()


def test_only_what_hides_is_taken_from_the_variant(policy: Platform) -> None:
    found = pixels(get(policy, "photo/plain").body)
    assert found.shape == (HEIGHT, WIDTH, 3)


@pytest.mark.parametrize("variant", ["plain", "sharp", "open"])
def test_it_holds_for_named_variants(policy: Platform, variant: str) -> None:
    assert colours(get(policy, f"photo/{variant}")) <= SQUARES
    assert colours(get(policy, signed(policy, f"secret/{variant}"))) <= SQUARES


def test_what_is_asked_for_besides_acts_too(policy: Platform) -> None:
    assert colours(get(policy, "photo/format=png,pixelate=64")) == 1


@pytest.mark.parametrize("path", ["photo/raw=true", "photo/bytes", "photo/raw=true,blur=5", "circle/raw=true"])
def test_the_original_is_not_delivered_as_it_is(policy: Platform, path: str) -> None:
    for method, tag in (("GET", "none"), ("GET", "*"), ("HEAD", "none")):
        reply = get(policy, path, method, if_none_match=tag)
        assert reply.status == 403
        assert reply.headers["cf-resized"] == "err=9428"
        assert (b"policy" in reply.body) == (method == "GET")


@pytest.mark.parametrize(
    "path",
    [
        "photo/skipping",
        "photo/skip-processing=png",
        "photo/skip-processing=gif;png,width=9",
        "moving/skip-processing=gif",
        "photo/about",
        "photo/format=json",
        "circle/format=json",
        "photo/format=json,include=blurhash",
        "circle/format=svg",
    ],
)
def test_what_else_would_tell_of_the_original_is_refused(policy: Platform, path: str) -> None:
    reply = get(policy, path)
    assert code(reply) == (403, 9428)
    assert b"a policy of this account hides something in every picture" in reply.body


def test_nothing_is_explained_not_even_with_a_signature(policy: Platform) -> None:
    assert code(get(policy, signed(policy, "photo/explain=true"))) == (403, 9428)


def test_an_svg_becomes_pixels_or_nothing(policy: Platform) -> None:
    reply = get(policy, "circle/width=64")
    assert reply.headers["content-type"] in ("image/png", "image/jpeg", "image/webp")
    assert colours(get(policy, "circle/plain")) <= SQUARES
    configure(policy, svg_rasterize=False)
    assert code(get(policy, "circle/width=64")) == (415, 9412)


def test_no_animation_is_sent_with_its_own_frames(policy: Platform) -> None:
    configure(policy, policy_variant="")
    assert "too large" in get(policy, "moving/width=9").headers["warning"]
    configure(policy, policy_variant="hide")
    assert code(get(policy, "moving/width=9")) == (403, 9413)
    assert colours(get(policy, "moving/anim=false,format=png")) <= SQUARES


def test_nobody_is_sent_to_the_original(policy: Platform, web: WebServer) -> None:
    assert code(get(policy, "bad/width=9,onerror=redirect")) == (422, 9516)
    own = "/cdn-cgi/image/width=9,onerror=redirect/bad.png"
    assert policy.servers[0].get(own, host="own.example").status == 422
    configure(policy, policy_variant="")
    assert get(policy, "bad/width=9,onerror=redirect").status == 302
    assert policy.servers[0].get(own, host="own.example").status == 302


def test_it_holds_for_pictures_of_other_origins(policy: Platform, web: WebServer) -> None:
    server = policy.servers[0]
    for path, host in (
        (f"/cdn-cgi/image/format=png/{web.url}/a.png", "x"),
        ("/cdn-cgi/image/f=png/a.png", "own.example"),
    ):
        assert colours(server.get(path, host=host)) <= SQUARES
    for options in ("raw=true", "format=json", "skip-processing=png"):
        assert code(server.get(f"/cdn-cgi/image/{options}/{web.url}/a.png")) == (403, 9428)


def test_it_holds_for_what_is_drawn(policy: Platform) -> None:
    def drawn(image: str) -> list[Reply]:
        inner = [{"image": image}]
        deep = [{"image": "mark", "width": 64, "height": 48, "fit": "squeeze", "draw": inner}]
        each = (inner, [{"image": image, "pixelate": 0}], [{"text": "xx", "draw": inner}], deep)
        paths = [f"circle/width=64,format=png,draw={quote(json.dumps(one), safe='')}" for one in each]
        return [get(policy, signed(policy, path)) for path in (*paths, f"circle/drawing-{image}")]

    for shown, wanted in zip(drawn("photo"), drawn("squares"), strict=True):
        assert (pixels(shown.body) == pixels(wanted.body)).all()
        assert shown.headers["etag"] != wanted.headers["etag"]


def test_it_holds_for_the_fallback_image(policy: Platform) -> None:
    configure(policy, fallback_image="photo")
    for path in ("nothing/plain", "bad/format=png"):
        assert colours(get(policy, path)) <= SQUARES
    for path in ("nothing/raw=true", "nothing/about"):
        assert code(get(policy, path)) == (403, 9428)


def test_nobody_downloads_an_original(policy: Platform) -> None:
    token = api(policy, "GET", "/images/v1/batch_token").json()["result"]["token"]
    base = f"/client/v4/accounts/{policy.facts['account_id']}"
    for method in ("GET", "HEAD"):
        assert api(policy, method, "/images/v1/photo/blob").status == 403
        bearer = {"authorization": f"Bearer {token}"}
        assert policy.servers[0].get("/batch/images/v1/photo/blob", method, **bearer).status == 403, base
    fault = api(policy, "GET", "/images/v1/photo/blob").json()["errors"][0]
    assert (fault["code"], "policy_variant" in fault["message"]) == (5403, True)
    configure(policy, policy_variant="")
    assert api(policy, "GET", "/images/v1/photo/blob").status == 200


def test_what_browsers_and_caches_hold_is_not_the_picture_any_more(instance: Platform) -> None:
    before = get(instance, "photo/plain").headers["etag"]
    try:
        configure(instance, policy_variant="hide")
        reply = get(instance, "photo/plain", if_none_match=before)
        assert (reply.status, reply.headers["cf-cache-status"]) == (200, "MISS")
        assert colours(reply) <= SQUARES
        tag = reply.headers["etag"]
        assert tag != before
        head = get(instance, "photo/plain", "HEAD")
        assert (head.headers["etag"], head.headers["content-length"]) == (tag, str(len(reply.body)))
        assert get(instance, "photo/plain", if_none_match=tag).status == 304
    finally:
        configure(instance, policy_variant="")
    assert colours(get(instance, "photo/plain", if_none_match=tag)) > 1000


def test_a_url_that_writes_the_same_as_the_policy_is_another_picture(policy: Platform) -> None:
    path = "mark/{}format=png,draw=" + quote('[{"image":"photo"}]', safe="")
    # Without a purge, which would make the difference by itself.
    policy.run(QUIETLY, policy.facts["account_id"], "hide", "{}")
    hidden = get(policy, signed(policy, path.format("")))
    policy.run(QUIETLY, policy.facts["account_id"], "", "{}")
    written = get(policy, signed(policy, path.format("pixelate=16~")))
    assert hidden.headers["etag"] != written.headers["etag"]


def test_a_policy_of_several_steps_may_draw(policy: Platform) -> None:
    configure(policy, policy_variant="cover")
    found = pixels(get(policy, "photo/format=png").body)
    assert (found[20:28, 28:36] == (250, 0, 0)).all()
    assert colours(get(policy, "photo/plain")) <= SQUARES + 1
    more = get(policy, "photo/format=png,draw=" + quote('[{"image":"squares","left":0,"width":16}]', safe=""))
    assert (pixels(more.body)[20:28, 28:36] == (250, 0, 0)).all()
    assert get(policy, "mark/plain").status == 403, "what the policy draws may be private, and stays so"
    assert get(policy, signed(policy, "mark/plain")).status == 200


@pytest.mark.parametrize(
    ("name", "options"),
    [("gone", {}), ("torn", {"width": "wide"}), ("torn", {"width": 9}), ("torn", {"pixelate": 1}), ("torn", [])],
)
def test_a_policy_that_cannot_be_read_closes_delivery(policy: Platform, name: str, options: object) -> None:
    policy.run(QUIETLY, policy.facts["account_id"], name, json.dumps(options))
    for path in ("photo/plain", "photo/format=png", "photo/raw=true", "circle/width=9", "photo/public"):
        reply = get(policy, path)
        assert code(reply) == (503, 9522)
        assert reply.headers["retry-after"]
        assert b"policy" in reply.body
    assert get(policy, "photo/plain", "HEAD", if_none_match="*").status == 503
    assert get(policy, "bad/width=9,onerror=redirect").status == 503
    assert api(policy, "GET", "/images/v1/photo/blob").status == 403


def test_the_binding_transforms_what_its_caller_has_anyway(policy: Platform) -> None:
    parts = {"image": noise().pngsave_buffer(), "output_format": b"image/png", "transforms": b"[]"}
    body = b"".join(
        f'--B\r\ncontent-disposition: form-data; name="{name}"'.encode()
        + (b'; filename="a"' if name == "image" else b"")
        + b"\r\n\r\n" + content + b"\r\n"
        for name, content in parts.items()
    )  # fmt: skip
    reply = policy.servers[0].get(
        "/binding/transform",
        "POST",
        body=body + b"--B--\r\n",
        authorization=f"Bearer {policy.facts['api_token']}",
        content_type="multipart/form-data; boundary=B",
    )
    assert colours(reply) > 1000
