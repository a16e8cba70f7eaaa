"""Workers in the real runtime talk to a real server: env.IMAGES, and env.IMAGES.hosted through the adapter of docs."""

import base64
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import workerd_service
from people import png_bytes
from platform_server import Platform
from rendering import checks, drawn, pixels

PICTURE: bytes = drawn(checks(60, 40)).pngsave_buffer()
Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def instance(platforms: Callable[..., Platform]) -> Platform:
    instance = platforms(BINDING_TRUSTED_HOST="js.images.cloudflare.com")
    instance.start()
    return instance


@pytest.fixture(scope="module")
def ask(instance: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Run a scenario of tests/wire/workerd/main.js with a picture."""
    folder = tmp_path_factory.mktemp("workerd")
    program = workerd_service.installed(folder)
    facts, port = instance.facts, instance.servers[0].port
    with workerd_service.running(program, folder, port, facts["account_id"], facts["api_token"]) as at:

        def scenario(name: str, picture: bytes = PICTURE) -> Any:
            return httpx.post(f"http://127.0.0.1:{at}/{name}", content=picture, timeout=60).json()

        yield scenario


def test_info(ask: Ask) -> None:
    found = ask("info")
    assert found == {"result": {"format": "image/png", "fileSize": len(PICTURE), "width": 60, "height": 40}}


def test_a_pipeline(ask: Ask) -> None:
    found = ask("pipeline")
    assert found["result"]["type"] == "image/png", found
    image = pixels(base64.b64decode(found["result"]["body"]))
    assert image.shape == (20, 40, 3)


def test_bare_samples(ask: Ask) -> None:
    assert ask("raw") == {"result": {"type": "application/octet-stream", "size": 60 * 40 * 4}}


@pytest.mark.parametrize(
    ("scenario", "code", "words"),
    [
        ("twice", 9525, "IMAGES_TRANSFORM_ERROR 9525: ImageTransformer consumed"),
        ("noPicture", 9412, "IMAGES_INFO_ERROR 9412: The file is not a picture"),
        ("wrongFit", 9401, "IMAGES_TRANSFORM_ERROR 9401: fit: expected one of"),
        ("noFormat", 9401, "IMAGES_TRANSFORM_ERROR 9401: output_format: expected one of"),
    ],
)
def test_errors_have_their_codes(ask: Ask, scenario: str, code: int, words: str) -> None:
    found = ask(scenario)
    assert (found.get("code"), found["message"][: len(words)]) == (code, words)


def test_without_the_adapter(ask: Ask) -> None:
    found = ask("trusted")
    assert found["result"] == {
        "info": {"format": "image/png", "fileSize": len(PICTURE), "width": 60, "height": 40},
        "type": "image/webp",
    }


def test_a_font_is_fetched_from_public_addresses_only(ask: Ask) -> None:
    found = ask("text")
    assert found.get("result") == {"absent": True} or found["code"] == 9401, found


def test_hosted_images(ask: Ask, instance: Platform) -> None:
    found = ask("hosted")
    assert "result" in found, found
    found = found["result"]
    assert (found["uploaded"]["id"], found["uploaded"]["filename"]) == ("from/a worker", "w.png")
    assert found["details"] == found["uploaded"]
    assert found["details"]["meta"] == {"status": "live", "views": 7}
    assert base64.b64decode(found["bytes"]) == base64.b64decode(found["encoded"]) == PICTURE
    assert found["pages"] == [[["from/a worker"], False], [[found["encodedId"]], True]]
    assert (found["live"], found["none"]) == (["from/a worker"], [])
    assert "5 conditions" in found["tooMany"] and "120 to 21600" in found["tooLong"]
    assert found["updated"]["meta"] == {"status": "old"}
    assert set(found["direct"]) == {"id", "uploadURL"}
    assert (found["deleted"], found["absent"]) == ([True, False, True], [None, None])
    assert "not found" in found["unknown"].lower()


def test_a_url_signed_in_a_worker_opens_a_private_image(ask: Ask, instance: Platform) -> None:
    """The scenario deletes its image; one of the same id that is private takes its place."""
    found = ask("hosted")["result"]
    base = f"{instance.servers[0].url}/client/v4/accounts/{instance.facts['account_id']}/images/v1"
    headers = {"Authorization": f"Bearer {instance.facts['api_token']}"}
    fields = {"id": "from/a worker", "requireSignedURLs": "true"}
    answer = httpx.post(base, headers=headers, data=fields, files={"file": ("a.png", png_bytes())})
    assert answer.status_code == 200, answer.text
    for url in (found["signed"], found["forever"]):
        parts = urlsplit(url)
        assert instance.servers[0].get(f"{parts.path}?{parts.query}").status == 200
        assert instance.servers[0].get(f"{parts.path}?{parts.query}0").status == 403
    assert instance.servers[0].get(urlsplit(found["signed"]).path).status == 403
    httpx.delete(f"{base}/from%2Fa%20worker", headers=headers)
