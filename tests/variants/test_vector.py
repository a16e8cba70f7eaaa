"""SVG on delivery: passed on without anything but what draws, or drawn in the size that is asked for."""

import json
from pathlib import Path

import corpus
import numpy
import pytest
import pyvips
from platform_server import Platform, Reply, Server
from rendering import pixels, rendered

from variants.errors import CannotDecode, TooLarge, Unconvertible
from variants.limits import Limits
from variants.negotiate import Source, Target, negotiate
from variants.notation.url import parse

LOGO = Source("svg", 100, 50, 1, True, 300)
PHOTO = Source("jpeg", 1000, 800, 1, False, 300_000)
CHROME = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
HALVES = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50">'
    '<script>alert(1)</script><rect width="50" height="50" fill="#f00"/></svg>'
)


@pytest.fixture()
def halves(tmp_path: Path) -> Path:
    """Red on the left, nothing on the right."""
    (tmp_path / "halves.svg").write_text(HALVES)
    return tmp_path / "halves.svg"


def target(options: str, source: Source, accept: str = CHROME) -> Target:
    return negotiate(parse(options).chain, accept, source, Limits())


# ── which format ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("options", ["w=10", "f=auto,rotate=90", "f=svg", "w=5~h=3", "trim=0;200;0;200", "q=5"])
def test_it_stays_what_it_is(options: str) -> None:
    assert target(options, LOGO) == Target("svg", "image/svg+xml", False, False)


@pytest.mark.parametrize("form", ["png", "webp", "jpeg", "avif"])
def test_a_format_of_pixels_is_made_when_it_is_named(form: str) -> None:
    assert target(f"w=90,f={form}", LOGO).format == form


def test_what_is_to_be_hidden_takes_pixels() -> None:
    assert (target("blur=20", LOGO).format, target("blur=20", LOGO, "*/*").format) == ("avif", "png")
    assert target("blur=20", LOGO).negotiated
    with pytest.raises(Unconvertible):
        target("blur=20,f=svg", LOGO)


def test_pixels_become_no_svg() -> None:
    with pytest.raises(Unconvertible):
        target("f=svg", PHOTO)


# ── what is drawn ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_is_sanitised_and_its_size_is_said(halves: Path) -> None:
    made = rendered(halves, "w=10", "svg")
    assert (made.width, made.height, made.frames) == (100, 50, 1)
    assert b"<rect" in made.body and b"alert" not in made.body


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ("w=40", (40, 20)),
        ("w=400", (100, 50)),
        ("w=400,fit=contain", (400, 200)),
        ("w=30,h=30,fit=squeeze", (30, 30)),
        ("w=30,h=30,fit=cover", (30, 30)),
        ("w=30,h=30,fit=pad,background=white", (30, 30)),
        ("rotate=90", (50, 100)),
        ("trim=0;20;0;20", (60, 50)),
        ("w=40~w=20", (20, 10)),
    ],
)
def test_every_option_acts_on_what_is_drawn(options: str, size: tuple[int, int], halves: Path) -> None:
    for form in ("png", "jpeg", "webp", "avif"):
        made = rendered(halves, options, form)
        assert (made.width, made.height) == size


def test_edges_are_sharp_in_every_size(halves: Path) -> None:
    for width in (10, 100, 2000):
        found = pixels(rendered(halves, f"w={width},fit=contain"))
        assert found.shape == (width // 2, width, 4)
        assert (found[:, : width // 2] == (255, 0, 0, 255)).all() and (found[:, width // 2 :, 3] == 0).all()


def test_transparency_becomes_white_in_jpeg(halves: Path) -> None:
    assert (
        pixels(rendered(halves, "q=100", "jpeg"))[25, [10, 90]] - numpy.array([[254, 0, 0], [255, 255, 255]]) <= 3
    ).all()


def test_nothing_is_drawn_beyond_the_limits(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="60000" height="30000"><rect width="60000" height="9"/></svg>'
    )
    assert rendered(path, "w=60").height == 30
    for options in (
        "w=60000",
        "fit=scale-down",
        "trim=1;1;1;1,w=60",
        "trim=border,w=60",
        "w=12000,h=12000,fit=cover~w=5",
    ):
        with pytest.raises(TooLarge):
            rendered(path, options)
    with pytest.raises(TooLarge):
        rendered(path, "w=100", limits=Limits(max_pixels=100))


def test_one_without_a_size_cannot_be_drawn(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text("<svg/>")
    assert rendered(tmp_path / "a.svg", "w=5", "svg").width == 300
    with pytest.raises(CannotDecode):
        rendered(tmp_path / "a.svg", "w=5")


def test_no_file_and_no_address_is_read(tmp_path: Path) -> None:
    pyvips.Image.black(9, 9).write_to_file(str(tmp_path / "black.png"))
    (tmp_path / "a.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
        f'<image width="9" height="9" href="file://{tmp_path}/black.png"/>'
        '<image width="9" height="9" href="black.png"/></svg>'
    )
    assert (pixels(rendered(tmp_path / "a.svg", "w=9"))[:, :, 3] == 0).all()


# ── as it is delivered ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def logo(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of a public SVG; ``…-private`` is the same, private."""
    file = tmp_path_factory.mktemp("svg") / "halves.svg"
    file.write_text(HALVES)
    platform.upload(file, "logo")
    platform.upload(file, "logo-private", private=True)
    return f"/{platform.facts['account_hash']}/logo"


def test_any_variant_delivers_it(platform: Platform, logo: str) -> None:
    server = platform.servers[0]
    for wanted in ("public", "w=10", "f=auto,blur=0"):
        reply = server.get(f"{logo}/{wanted}", accept=CHROME)
        assert (reply.status, reply.headers["content-type"]) == (200, "image/svg+xml")
        assert b"<rect" in reply.body and b"alert" not in reply.body
        assert reply.headers["content-security-policy"].startswith("default-src 'none';")
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["content-length"] == str(len(reply.body))
        assert "vary" not in reply.headers
        again = server.get(f"{logo}/{wanted}", if_none_match=reply.headers["etag"])
        assert (again.status, again.body) == (304, b"")
        head = server.get(f"{logo}/{wanted}", "HEAD")
        assert (head.status, head.body, head.headers["etag"]) == (200, b"", reply.headers["etag"])
    assert server.get(f"{logo}-private/public").status == 403


def test_raw_is_sanitised_too(platform: Platform, logo: str) -> None:
    for wanted in ("raw=true", "raw=true,f=svg"):
        reply = platform.servers[0].get(f"{logo}/{wanted}")
        assert (reply.status, reply.headers["content-type"]) == (200, "image/svg+xml")
        assert b"<rect" in reply.body and b"alert" not in reply.body


def test_pixels_when_they_are_asked_for(platform: Platform, logo: str) -> None:
    reply = platform.servers[0].get(f"{logo}/w=20,f=png")
    assert reply.headers["content-type"] == "image/png"
    assert pixels(reply.body).shape == (10, 20, 4)
    assert refusal(platform.servers[0].get(f"{logo}/blur=5,f=svg")) == (415, "err=9412")


def test_pixels_can_be_switched_off(platform: Platform, logo: str) -> None:
    server = platform.servers[0]
    assert server.get(f"{logo}/w=21,f=png").status == 200
    try:
        assert configure(platform, server, svg_rasterize=False)["svg_rasterize"] is False
        reply = server.get(f"{logo}/w=21,f=png")
        assert refusal(reply) == (415, "err=9412")
        assert reply.body == b"ERROR 9412: Conversion between SVG and raster formats is not supported"
        assert refusal(server.get(f"{logo}/blur=5")) == (415, "err=9412")
        assert server.get(f"{logo}/public").status == 200
    finally:
        configure(platform, server, svg_rasterize=True)
    assert server.get(f"{logo}/w=21,f=png").status == 200


def test_bad_ones_are_refused_or_sanitised(platform: Platform, logo: str, shared: Path) -> None:
    """Through the whole way in and out; what is forbidden neither comes out nor is asked for."""
    server, folder = platform.servers[0], shared / "corpus/bad"
    token = {"authorization": f"Bearer {platform.facts['api_token']}"}
    for entry in corpus.entries(folder):
        if entry["expect"] != "refuse_or_sanitise":
            continue
        form = b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.svg"\r\n\r\n'
        form += corpus.bytes_of(folder, entry) + b"\r\n--B--\r\n"
        path = f"/client/v4/accounts/{platform.facts['account_id']}/images/v1"
        answer = server.get(path, "POST", body=form, content_type="multipart/form-data; boundary=B", **token)
        assert answer.status in (200, 400, 415, 422), entry["file"]
        if answer.status == 200:
            base = f"/{platform.facts['account_hash']}/{answer.json()['result']['id']}"
            text = server.get(f"{base}/public").body.decode()
            assert text.startswith("<svg") and not [word for word in entry["forbidden"] if word in text]
            assert server.get(f"{base}/w=9,f=png").status == 200


def refusal(reply: Reply) -> tuple[int, str]:
    return reply.status, reply.headers["cf-resized"]


def configure(platform: Platform, server: Server, **values: bool) -> dict[str, bool]:
    path = f"/client/v4/accounts/{platform.facts['account_id']}/images/v1/config"
    token = {"authorization": f"Bearer {platform.facts['api_token']}", "content_type": "application/json"}
    result: dict[str, bool] = server.get(path, "PATCH", body=json.dumps(values), **token).json()["result"]
    return result
