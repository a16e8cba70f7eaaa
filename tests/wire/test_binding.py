"""The binding's wire protocol over a plain socket: exactly what workerd sends, and what nobody should."""

import contextlib
import functools
import http.server
import io
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy
import pytest
import pyvips
from platform_server import Platform
from presence import require
from rendering import checks, drawn, pixels

FONTS = Path("/usr/share/fonts/truetype/dejavu")
BOUNDARY = "-" * 26 + "041148862013631967951202"
Part = tuple[str, Any]


def png(image: Any) -> bytes:
    body: bytes = (image if isinstance(image, pyvips.Image) else drawn(image)).pngsave_buffer()
    return body


def flat(width: int, height: int, *colour: int) -> bytes:
    return png(numpy.full((height, width, len(colour)), colour, "uint8"))


BASE = png(checks(60, 40))
RED = flat(10, 6, 255, 0, 0)
BLUE = flat(4, 4, 0, 0, 255)


def form(*parts: Part) -> bytes:
    """As workerd writes it: lower-case part headers, no types, the file name is the name of the field."""
    body = io.BytesIO()
    for name, content in parts:
        file = f'; filename="{name}"' if isinstance(content, bytes) else ""
        content = content if isinstance(content, bytes) else str(content).encode()
        body.write(f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="{name}"{file}\r\n\r\n'.encode())
        body.write(content + b"\r\n")
    body.write(f"--{BOUNDARY}--".encode())
    return body.getvalue()


def chunked(body: bytes) -> bytes:
    parts = [body[at : at + 1000] for at in range(0, len(body), 1000)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


class Answer:
    def __init__(self, raw: bytes) -> None:
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split()[1])
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}

    def refused(self, status: int, code: int) -> str:
        assert (self.status, self.headers.get("cf-images-binding")) == (status, f"err={code}"), self.body[:300]
        text = self.body.decode()
        assert text.startswith(f"ERROR {code}: ")
        return text


def send(server: Any, path: str, body: bytes, *headers: str, host: str = "127.0.0.1") -> Answer:
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}", "Connection: close", "Transfer-Encoding: chunked"]
    lines += [f"Content-Type: multipart/form-data; boundary={BOUNDARY}", *headers]
    return Answer(server.raw("\r\n".join([*lines, "", ""]).encode() + chunked(body)))


Call = Callable[..., Answer]


@pytest.fixture
def call(platform: Platform) -> Call:
    """Post the parts to a path of the binding with the account's token."""

    def ask(path: str, *parts: Part) -> Answer:
        token = f"Authorization: Bearer {platform.facts['api_token']}"
        return send(platform.servers[0], f"/binding/{path}", form(*parts), token)

    return ask


def transformed(call: Call, *pictures: Part, operations: Any = (), form: str = "image/png", **fields: Any) -> Answer:
    parts = [*pictures, ("transforms", json.dumps(list(operations))), ("output_format", form), *fields.items()]
    answer = call("transform", *parts)
    assert answer.status == 200, answer.body
    assert "cf-images-binding" not in answer.headers
    return answer


def test_info(call: Call) -> None:
    answer = call("info", ("image", BASE))
    assert json.loads(answer.body) == {"format": "image/png", "file_size": len(BASE), "width": 60, "height": 40}
    assert "cf-images-binding" not in answer.headers
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>'
    assert json.loads(call("info", ("image", svg)).body) == {"format": "image/svg+xml"}
    call("info", ("image", b"no picture at all")).refused(415, 9412)
    call("info", ("image", BASE[:200])).refused(422, 9516)
    call("info", ("file", BASE)).refused(400, 9523)


def test_info_tells_more_on_demand(call: Call, platform: Platform) -> None:
    plain = {"format": "image/png", "file_size": len(RED), "width": 10, "height": 6}
    colours = {"average": "#ff0000", "palette": [{"color": "#ff0000", "share": 1}]}
    for parts in ((("image", RED), ("include", "palette;average")), (("include", "average;palette"), ("image", RED))):
        assert json.loads(call("info", *parts).body) == plain | colours
    query = json.loads(call("info?include=blurhash:3x2;thumbhash", ("image", BASE)).body)
    assert set(query) == set(plain) | {"blurhash", "thumbhash"} and len(query["blurhash"]) == 16
    assert {"faces", "focal_point"} < set(
        json.loads(call("info", ("image", BASE), ("include", "faces;focal-point")).body)
    )
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="4" height="4" fill="#00f"/></svg>'
    told = json.loads(call("info", ("image", svg), ("include", "dominant-color")).body)
    assert told == {"format": "image/svg+xml", "dominant_color": "#0000ff"}


@pytest.mark.parametrize(
    ("parts", "status", "code"),
    [
        ((("image", BASE), ("include", "everything")), 400, 9401),
        ((("image", BASE), ("include", "palette:1")), 400, 9401),
        ((("image", BASE), ("include", "faces"), ("include", "faces")), 400, 9523),
        ((("image", BASE), ("include", b"faces")), 400, 9523),
        ((("image", BASE), ("image", BASE)), 400, 9523),
        ((("image", BASE), ("other", "faces")), 400, 9523),
        ((("include", "faces"),), 400, 9523),
        ((("image", BASE[:200]), ("include", "average")), 422, 9516),
    ],
)
def test_info_refused(call: Call, parts: tuple[Part, ...], status: int, code: int) -> None:
    call("info", *parts).refused(status, code)


def test_the_measured_example(call: Call) -> None:
    operations = [
        {"imageIndex": 0, "rotate": 90},
        {
            "imageIndex": 0,
            "width": 128,
            "height": 64,
            "fit": "cover",
            "gravity": {"x": 0.5, "y": 0.2, "mode": "remainder"},
        },
        {"imageIndex": 1, "width": 32},
        {"drawImageIndex": 1, "targetImageIndex": 0, "bottom": 5, "right": 5, "opacity": 0.5, "repeat": "x"},
        {"drawImageIndex": 2, "targetImageIndex": 0},
    ]
    more = {"output_quality": 80, "background": "#fff", "anim": "false"}
    pictures = (("image", BASE), ("draw_image", RED), ("draw_image", BLUE))
    answer = transformed(call, *pictures, operations=operations, form="image/avif", **more)
    assert answer.headers["content-type"] == "image/avif"
    found = pixels(answer.body)
    assert found.shape == (64, 128, 3)
    assert numpy.allclose(found[31:33, 63:65], (0, 0, 255), atol=40)


def test_pictures_and_texts_are_numbered_in_one_order(call: Call) -> None:
    white = flat(60, 40, 255, 255, 255)
    text = json.dumps({"text": "Hi", "size": 20, "color": "#ff0000"})
    pictures = (("image", white), ("draw_text", text), ("draw_image", BLUE))

    def of(index: int) -> Any:
        operation = {"drawImageIndex": index, "targetImageIndex": 0, "left": 0, "top": 0}
        return pixels(transformed(call, *pictures, operations=[operation]).body)

    assert (of(2)[:4, :4] == (0, 0, 255)).all() and (of(2)[4:, 4:] == 255).all()
    reds = of(1)
    assert (reds[..., 0] == 255).all() and reds[..., 1].min() == 0


def test_nested_drawings_run_in_the_order_written(call: Call) -> None:
    """The example of the runtime's tests: 3 on 2, then 2 is turned with it, then 2 on 0."""
    pictures = (
        ("image", flat(30, 20, 255, 255, 255)),
        ("draw_image", flat(4, 2, 255, 0, 0)),
        ("draw_image", flat(6, 4, 0, 255, 0)),
        ("draw_image", flat(2, 2, 0, 0, 255)),
        ("draw_image", flat(1, 1, 0, 0, 0)),
    )
    corner = {"left": 0, "top": 0}
    operations = [
        {"imageIndex": 0, "rotate": 90},
        {"imageIndex": 1, "rotate": 180},
        {"drawImageIndex": 1, "targetImageIndex": 0, **corner},
        {"drawImageIndex": 3, "targetImageIndex": 2, **corner},
        {"imageIndex": 2, "rotate": 270},
        {"drawImageIndex": 2, "targetImageIndex": 0, "left": 10, "top": 10},
        {"drawImageIndex": 4, "targetImageIndex": 0, "right": 0, "bottom": 0},
    ]
    found = pixels(transformed(call, *pictures, operations=operations).body)
    expected = numpy.full((30, 20, 3), 255, "uint8")
    expected[:2, :4] = (255, 0, 0)
    expected[10:16, 10:14] = (0, 255, 0)
    expected[14:16, 10:12] = (0, 0, 255)
    expected[-1, -1] = 0
    assert (found == expected).all()


def test_each_transformation_is_one_pass(call: Call) -> None:
    operations = [
        {"imageIndex": 0, "width": 30},
        {"imageIndex": 0, "trim": {"left": 10}},
        {"imageIndex": 0, "rotate": 90},
    ]
    assert pixels(transformed(call, ("image", BASE), operations=operations).body).shape == (20, 20, 3)


def test_unknown_keys_and_empty_ones_are_passed_over(call: Call) -> None:
    operation = {"imageIndex": 0, "width": 30, "height": None, "sparkle": 3, "format": "webp", "draw": [1]}
    assert pixels(transformed(call, ("image", BASE), operations=[operation]).body).shape == (20, 30, 3)


@pytest.mark.parametrize(("form", "bands"), [("rgb", 3), ("rgba", 4)])
def test_bare_samples(call: Call, form: str, bands: int) -> None:
    answer = transformed(call, ("image", BASE), form=form)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert (answer.headers["x-image-width"], answer.headers["x-image-height"]) == ("60", "40")
    found = numpy.frombuffer(answer.body, "uint8").reshape(40, 60, bands)
    assert (found[..., :3] == checks(60, 40)).all()


@pytest.mark.parametrize("form", ["image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"])
def test_every_format(call: Call, form: str) -> None:
    answer = transformed(call, ("image", BASE), form=form, output_quality="medium-high")
    assert answer.headers["content-type"] == form


def test_a_text_is_a_picture(call: Call) -> None:
    text = json.dumps({"text": "Tintype <b>", "size": 30, "color": "#00ff00"})
    found = pixels(transformed(call, ("text_input", text), background="black").body)
    assert found.shape[1] > 60 and (found[..., 0] == 0).all() and found[..., 1].max() == 255


def test_an_animation_keeps_its_frames_unless_told_otherwise(call: Call) -> None:
    strip = drawn(numpy.concatenate([checks(20, 10), 255 - checks(20, 10)])).copy()
    strip.set_type(pyvips.GValue.gint_type, "page-height", 10)
    film = strip.gifsave_buffer()
    operations = [{"imageIndex": 0, "width": 10}, {"drawImageIndex": 1, "targetImageIndex": 0}]
    pictures = (("image", film), ("draw_image", BLUE))
    answer = transformed(call, *pictures, operations=operations, form="image/gif")
    assert pyvips.Image.new_from_buffer(answer.body, "").get("n-pages") == 2
    answer = transformed(call, *pictures, operations=operations, form="image/gif", anim="false")
    assert pyvips.Image.new_from_buffer(answer.body, "").get_n_pages() == 1
    assert pixels(transformed(call, *pictures, form="image/png").body).shape[0] == 10


GOOD = (("image", BASE), ("transforms", "[]"), ("output_format", "image/png"))


@pytest.mark.parametrize(
    ("parts", "status", "code"),
    [
        (GOOD[:2], 400, 9401),
        ((*GOOD[:2], ("output_format", "undefined")), 400, 9401),
        ((*GOOD, ("output_quality", "best")), 400, 9401),
        ((*GOOD, ("background", "no colour")), 400, 9401),
        ((*GOOD, ("anim", "yes")), 400, 9401),
        (GOOD[1:], 400, 9523),
        ((GOOD[0], GOOD[2]), 400, 9523),
        ((*GOOD, GOOD[0]), 400, 9523),
        ((*GOOD, GOOD[1]), 400, 9523),
        ((("draw_image", RED), *GOOD), 400, 9523),
        ((("image", "text"), *GOOD[1:]), 400, 9523),
        ((GOOD[0], ("transforms", "{"), GOOD[2]), 400, 9523),
        ((GOOD[0], ("transforms", "[" * 9000), GOOD[2]), 400, 9523),
        ((GOOD[0], ("transforms", "{}"), GOOD[2]), 400, 9523),
        ((("text_input", '{"text": ""}'), *GOOD[1:]), 400, 9401),
        ((("text_input", '{"text": "a", "font": {"url": "http://127.0.0.1/f"}}'), *GOOD[1:]), 400, 9401),
        ((("text_input", json.dumps({"text": "W" * 1000, "size": 900})), *GOOD[1:]), 413, 9413),
        ((("image", b"nothing"), *GOOD[1:]), 415, 9412),
        ((("image", BASE[:-60]), *GOOD[1:]), 422, 9516),
        ((("image", b"x" * 20_000_001), *GOOD[1:]), 413, 9413),
        ((*GOOD, *[("draw_image", RED)] * 32), 400, 9523),
        ((*GOOD, *[("x", "y")] * 70), 413, 9413),
    ],
)
def test_refused(call: Call, parts: tuple[Part, ...], status: int, code: int) -> None:
    call("transform", *parts).refused(status, code)


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ({"imageIndex": 1}, 9523),
        ({"imageIndex": -1}, 9523),
        ({"imageIndex": True}, 9523),
        ({"width": 3}, 9523),
        ({"drawImageIndex": 0, "targetImageIndex": 0}, 9523),
        ({"imageIndex": 0, "width": "wide"}, 9401),
        ({"imageIndex": 0, "fit": "stretch"}, 9401),
        ({"imageIndex": 0, "gravity": {"x": 7}}, 9401),
        ("rotate", 9523),
    ],
)
def test_wrong_operations(call: Call, operation: Any, code: int) -> None:
    parts = (GOOD[0], ("transforms", json.dumps([operation])), GOOD[2])
    call("transform", *parts).refused(400, code)


def test_both_sides(call: Call) -> None:
    operation = {"drawImageIndex": 1, "targetImageIndex": 0, "left": 0, "right": 0}
    parts = (GOOD[0], ("draw_image", RED), ("transforms", json.dumps([operation])), GOOD[2])
    assert "not both" in call("transform", *parts).refused(400, 9401)


def test_a_form_that_was_cut_off(platform: Platform) -> None:
    token = f"Authorization: Bearer {platform.facts['api_token']}"
    body = form(*GOOD)
    for short in (body[:-40], body[: len(body) // 2], b""):
        send(platform.servers[0], "/binding/transform", short, token).refused(400, 9523)


def test_without_a_token_nothing_is_rendered(platform: Platform) -> None:
    for headers in ((), ("Authorization: Bearer nonsense",)):
        answer = send(platform.servers[0], "/binding/transform", form(*GOOD), *headers)
        answer.refused(401, 9430)
    answer = send(platform.servers[0], "/transform", form(*GOOD), host="js.images.cloudflare.com")
    assert answer.status in {400, 404}


def test_a_trusted_host_needs_no_token(platforms: Callable[..., Platform]) -> None:
    instance = platforms(BINDING_TRUSTED_HOST="js.images.cloudflare.com")
    server = instance.start()
    assert send(server, "/transform", form(*GOOD), host="js.images.cloudflare.com").status == 200
    assert send(server, "/info", form(GOOD[0]), host="js.images.cloudflare.com").status == 200
    send(server, "/transform", form(*GOOD)).refused(404, 9404)
    send(server, "/binding/transform", form(*GOOD), host="js.images.cloudflare.com").refused(401, 9430)


def test_a_text_in_a_font_that_is_fetched(platforms: Callable[..., Platform], tmp_path: Path) -> None:
    """Its own letters, and nothing of it in the texts that come after."""
    require(FONTS.is_dir(), "the DejaVu fonts (Debian: fonts-dejavu-core)")
    for name in ("DejaVuSansMono-Bold.ttf", "DejaVuSerif.ttf"):
        (tmp_path / name).write_bytes(renamed((FONTS / name).read_bytes()))
    (tmp_path / "broken.ttf").write_bytes((FONTS / "DejaVuSerif.ttf").read_bytes()[:200])
    instance = platforms(FETCH_ALLOW_PRIVATE="1", RENDER_CHILDREN="1")
    server = instance.start()
    token = f"Authorization: Bearer {instance.facts['api_token']}"

    def written(**font: Any) -> Answer:
        words = json.dumps({"text": "iiiiiiii WW", "size": 40, **font})
        return send(server, "/binding/transform", form(("text_input", words), *GOOD[1:]), token)

    with serving(tmp_path) as at:
        plain = pixels(written().body)
        mono = pixels(written(font={"url": f"{at}/DejaVuSansMono-Bold.ttf"}).body)
        serif = pixels(written(font={"url": f"{at}/DejaVuSerif.ttf"}).body)
        assert len({plain.shape, mono.shape, serif.shape}) == 3
        assert (pixels(written().body) == plain).all()
        written(font={"url": f"{at}/broken.ttf"}).refused(400, 9401)
        written(font={"url": f"{at}/absent.ttf"}).refused(400, 9401)


def renamed(font: bytes) -> bytes:
    """The font as one of another family, which is not installed."""
    for name in ("DejaVu", "Dejavu"):
        font = font.replace(name.encode("utf-16-be"), "Borrow".encode("utf-16-be")).replace(name.encode(), b"Borrow")
    return font


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The files of a folder over HTTP; the address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
