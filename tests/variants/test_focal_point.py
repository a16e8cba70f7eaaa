"""The focal point in delivery: with another one, what browsers and caches hold is not the picture any more."""

import json
from pathlib import Path
from urllib.parse import quote

import pytest
import pyvips
from platform_server import Platform, Reply

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
