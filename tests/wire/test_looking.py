"""Real weights behind a real service: what visitors, programs and Workers get of it over HTTP."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import inference_server
import numpy
import pytest
import pyvips
from platform_server import Platform
from serve_command import wait_until

PHOTO = "max_pilots.jpg"  # three faces beside each other, 600 x 471
WIDTH, HEIGHT = 600, 471

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Place:
    """An instance whose service has the shared weights; the photo is in it."""

    platform: Platform
    photo: Path

    def picture(self, options: str, image: str = "pilots") -> pyvips.Image:
        reply = self.platform.servers[0].get(f"/{self.platform.facts['account_hash']}/{image}/{options},format=png")
        assert reply.status == 200, reply.body
        assert "warning" not in reply.headers
        return pyvips.Image.new_from_buffer(reply.body, "")

    def bind(self, path: str, **fields: Any) -> httpx.Response:
        """A call of the binding with the photo."""
        headers = {"Authorization": f"Bearer {self.platform.facts['api_token']}"}
        url = f"{self.platform.servers[0].url}/binding/{path}"
        return httpx.post(url, headers=headers, files={"image": self.photo.read_bytes()}, data=fields, timeout=60)

    def transformed(self, *operations: dict[str, Any]) -> pyvips.Image:
        transforms = json.dumps([{"imageIndex": 0, **operation} for operation in operations])
        answer = self.bind("transform", transforms=transforms, output_format="image/png")
        assert answer.status_code == 200, answer.text
        return pyvips.Image.new_from_buffer(answer.content, "")


@pytest.fixture(scope="module")
def place(shared: Path, platforms: Callable[..., Platform]) -> Iterator[Place]:
    with inference_server.running(shared / "models") as service:
        instance = platforms(INFERENCE_URLS=service.url, MODELS_DIR=str(shared / "models"))
        instance.upload(shared / "photos" / PHOTO, "pilots")
        instance.start()
        yield Place(instance, shared / "photos" / PHOTO)


@pytest.fixture(scope="module")
def faces(place: Place) -> list[dict[str, float]]:
    """As the binding tells them."""
    told: list[dict[str, float]] = place.bind("info", include="faces").json()["faces"]
    return told


def test_faces_are_told(faces: list[dict[str, float]], shared: Path) -> None:
    labels = json.loads((shared / "photos" / "labels.json").read_text())[PHOTO]
    assert len(faces) == len(labels) == 3
    for left, top, width, height in labels:
        centre = ((left + width / 2) / WIDTH, (top + height / 2) / HEIGHT)
        off = [
            max(abs(face["left"] + face["width"] / 2 - centre[0]), abs(face["top"] + face["height"] / 2 - centre[1]))
            for face in faces
        ]
        assert min(off) < 0.02


def test_zoom_is_the_same_by_url_and_by_binding(place: Place, faces: list[dict[str, float]]) -> None:
    by_url = place.picture("gravity=face,zoom=1")
    across = max(face["left"] + face["width"] for face in faces) - min(face["left"] for face in faces)
    assert by_url.width == pytest.approx(across * WIDTH, abs=2)
    by_binding = place.transformed({"gravity": "face", "zoom": 1})
    assert (by_binding.width, by_binding.height) == (by_url.width, by_url.height)
    assert numpy.abs(by_binding.numpy().astype(int) - by_url.numpy().astype(int)).mean() < 1


def test_what_was_seen_holds_for_the_next_transformation_too(place: Place) -> None:
    once = place.transformed({"gravity": "face", "zoom": 1})
    later = place.transformed({"flip": "h"}, {"rotate": 90}, {"gravity": "face", "zoom": 1})
    assert (later.width, later.height) == pytest.approx((once.height, once.width), abs=2)
    chain = place.picture("flip=h~rotate=90~gravity=face,zoom=1")
    assert (chain.width, chain.height) == pytest.approx((once.height, once.width), abs=2)


def test_a_subject_is_cut_out(place: Place) -> None:
    alpha = place.picture("segment=foreground")[3].numpy()
    assert alpha[250:, 200:400].mean() > 200  # the pilot in the middle
    assert alpha[:40, :80].mean() < 40  # the corner of the sky
    assert place.transformed({"segment": "foreground"}).hasalpha()


def test_faces_that_are_hidden_are_faces_no_more(place: Place) -> None:
    hidden = place.picture("pixelate-detections=10")
    reply = httpx.post(
        f"{place.platform.servers[0].url}/binding/info",
        headers={"Authorization": f"Bearer {place.platform.facts['api_token']}"},
        files={"image": hidden.write_to_buffer(".png")},
        data={"include": "faces"},
        timeout=60,
    )
    assert reply.json()["faces"] == []


def test_objects_are_found(place: Place) -> None:
    told = place.bind("info", include="objects;focal-point").json()
    assert "person" in {one["label"] for one in told["objects"]}
    people = place.picture("crop-objects=1;person")
    assert people.width <= WIDTH and people.height <= HEIGHT


def test_a_new_image_is_looked_at_by_the_worker_where_a_variant_needs_it(place: Place) -> None:
    place.platform.run(
        "import sys; from accounts.models import Account; from variants import named\n"
        "named.create(Account.objects.get(id=sys.argv[1]), 'avatar', "
        "{'width': 64, 'height': 64, 'fit': 'cover', 'gravity': 'face'})",
        place.platform.facts["account_id"],
    )
    place.platform.upload(place.photo, "prepared")
    looked = place.platform.run(
        "from images.models import Image; from variants import preparing\n"
        "print(preparing.look(str(Image.objects.get(public_id='prepared').uuid)))"
    )
    assert looked.strip() == "1"
    kept = place.platform.directory / "storage" / "renditions"
    wait_until(lambda: any("seen-" in path.name for path in kept.rglob("*")), "a note of what was seen")
    log = place.platform.servers[0].log
    before = log.read_text(errors="replace").count("looking for faces")
    reply = place.platform.servers[0].get(f"/{place.platform.facts['account_hash']}/prepared/avatar")
    assert (reply.status, log.read_text(errors="replace").count("looking for faces")) == (200, before)
