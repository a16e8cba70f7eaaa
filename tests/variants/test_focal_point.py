"""The focal point in delivery: with another one, what browsers and caches hold is not the picture any more."""

import json
from pathlib import Path
from urllib.parse import quote

import numpy
import pytest
import pyvips
from platform_server import Platform, Reply
from rendering import pixels

CHANGE = """
import json, sys
from accounts.models import Account
from images import removal
image = removal.find(Account.objects.get(id=sys.argv[1]), sys.argv[2])
point = json.loads(sys.argv[3])
removal.change(image, focal_point=point and tuple(point))
"""


@pytest.fixture
def images(platform: Platform, tmp_path: Path) -> tuple[str, str]:
    """The ids of two images without a focal point."""
    pyvips.Image.black(64, 48, bands=3).write_to_file(str(tmp_path / "black.png"))
    return platform.upload(tmp_path / "black.png"), platform.upload(tmp_path / "black.png")


@pytest.fixture
def slope(platform: Platform, tmp_path: Path) -> str:
    """The id of a picture that tells where it was cut: red grows to the right, green to the bottom.

    It is stored turned by 90 degrees, so that it is upright as its EXIF says.
    """
    y, x = numpy.mgrid[0:200, 0:200]
    rising = pyvips.Image.new_from_array(numpy.stack([x, y, x * 0 + 90], axis=-1).astype("uint8"))
    lying = rising.copy(interpretation="srgb").rot270().copy()
    lying.set_type(pyvips.GValue.gint_type, "orientation", 6)
    lying.write_to_file(str(tmp_path / "slope.webp"), lossless=True)
    return platform.upload(tmp_path / "slope.webp")


def put(platform: Platform, image: str, point: tuple[float, float] | None) -> None:
    platform.run(CHANGE, platform.facts["account_id"], image, json.dumps(point))


def ask(platform: Platform, image: str, options: str, tag: str = '"none"') -> Reply:
    return platform.servers[0].get(f"/{platform.facts['account_hash']}/{image}/{options}", if_none_match=tag)


@pytest.mark.parametrize("gravity", ["auto", "entropy"])
def test_a_point_that_moves_is_another_picture_at_once(
    platform: Platform, images: tuple[str, str], gravity: str
) -> None:
    options = f"width=20,height=20,fit=cover,gravity={gravity}"
    tags = [ask(platform, images[0], options).headers["etag"]]
    for point in ((0.0, 0.0), (0.0, 1.0), None):
        put(platform, images[0], point)
        answer = ask(platform, images[0], options, tags[-1])
        assert answer.status == 200
        tags.append(answer.headers["etag"])
        assert ask(platform, images[0], options, tags[-1]).status == 304
    assert len(set(tags[:3])) == 3
    assert tags[3] == tags[0], "an image without a point has the key that it had before"


def test_the_point_of_a_picture_that_is_drawn_counts_too(platform: Platform, images: tuple[str, str]) -> None:
    below, above = images
    options = "width=20,draw=" + quote(json.dumps([{"image": above, "width": 5}]), safe="")
    before = ask(platform, below, options)
    assert before.status == 200, before
    put(platform, above, (0.5, 0.5))
    assert ask(platform, below, options, before.headers["etag"]).status == 200


def middle(reply: Reply) -> tuple[float, float]:
    """Which point of the slope the middle of a cut-out shows, in shares."""
    red, green, _ = pixels(reply.body).mean(axis=(0, 1)) / 200
    return float(red), float(green)


@pytest.mark.parametrize("gravity", ["auto", "entropy", "face", "objects"])
@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ("width=50,height=100,fit=cover", (0.7, 0.5)),
        ("width=100,height=50,fit=cover,dpr=1.5", (0.5, 0.3)),
        ("trim.left=80,width=30,height=100,fit=cover", (0.7, 0.5)),
        ("fit=scale-down,width=100~width=50,height=100,fit=cover", (0.7, 0.5)),
    ],
)
def test_it_wins_where_gravity_looks_at_pixels(
    platform: Platform, slope: str, gravity: str, options: str, shown: tuple[float, float]
) -> None:
    put(platform, slope, (0.7, 0.3))
    reply = ask(platform, slope, f"{options},format=png,gravity={gravity}")
    assert reply.status == 200, reply
    assert middle(reply) == pytest.approx(shown, abs=0.02)


@pytest.mark.parametrize(("gravity", "x"), [("left", 0.25), ("right", 0.75), ("0x0", 0.25), ("center", 0.5)])
def test_a_place_that_is_named_stays(platform: Platform, slope: str, gravity: str, x: float) -> None:
    put(platform, slope, (0.6, 0.3))
    reply = ask(platform, slope, f"width=50,height=100,fit=cover,format=png,gravity={gravity}")
    assert middle(reply) == pytest.approx((x, 0.5), abs=0.02)
