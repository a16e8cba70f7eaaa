"""The official Python SDK against a running server, every call that concerns images."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import cloudflare
import httpx
import pytest
from cloudflare import Cloudflare
from people import png_bytes
from platform_server import Platform

PNG = png_bytes(12, 9)


class Wire:
    """The SDK with the account filled in, and the requests that it sent."""

    def __init__(self, platform: Platform, token: str | None = None) -> None:
        self.base = f"{platform.servers[0].url}/client/v4"
        self.account_id = platform.facts["account_id"]
        self.sent: list[httpx.Request] = []
        self.http = httpx.Client(event_hooks={"request": [self.sent.append]})
        token = token or platform.facts["api_token"]
        self.sdk = Cloudflare(base_url=self.base, api_token=token, http_client=self.http)
        self.v1, self.v2 = self.sdk.images.v1, self.sdk.images.v2

    def create(self, **fields: Any) -> Any:
        fields = {"file": ("a.png", PNG, "image/png"), **fields}
        return self.v1.create(account_id=self.account_id, **fields)


@pytest.fixture
def wire(platform: Platform) -> Iterator[Wire]:
    found = Wire(platform)
    yield found
    found.http.close()


def code_of(fault: pytest.ExceptionInfo[Any]) -> int:
    code: int = fault.value.errors[0].code
    return code


def test_create_with_everything(wire: Wire) -> None:
    meta = {"k": "v", "n": {"x": 1}, "l": [1, 2], "b": True}
    image = wire.create(metadata=meta, require_signed_urls=True, creator="c")
    assert (image.meta, image.require_signed_urls, image.creator) == (meta, True, "c")
    assert isinstance(image.uploaded, datetime)
    assert (image.filename, len(image.id)) == ("a.png", 36)
    assert image.variants[0].endswith(f"/{image.id}/public")


def test_create_from_bare_bytes(wire: Wire) -> None:
    assert wire.create(file=PNG).filename == "upload"


def test_create_twice_is_one_conflict_and_one_request(wire: Wire) -> None:
    name = f"p/{secrets.token_hex(4)}"
    wire.create(id=name)
    before = len(wire.sent)
    with pytest.raises(cloudflare.ConflictError) as fault:
        wire.create(id=name)
    assert code_of(fault) == 5409
    assert len(wire.sent) == before + 1


def test_ids_with_slashes_blanks_and_percent(wire: Wire) -> None:
    name = f"a/b c%é{secrets.token_hex(4)}"
    made = wire.create(id=name)
    assert wire.v1.get(name, account_id=wire.account_id).id == name
    assert wire.v1.blobs.get(name, account_id=wire.account_id).read() == PNG
    assert wire.sent[-1].url.raw_path.endswith(b"/blob")
    assert b"%2Fb%20c%25%C3%A9" in wire.sent[-1].url.raw_path
    assert made.variants[0].endswith("/public") and "%25" in made.variants[0]
    wire.v1.delete(name, account_id=wire.account_id)
    with pytest.raises(cloudflare.NotFoundError) as fault:
        wire.v1.get(name, account_id=wire.account_id)
    assert code_of(fault) == 5404


def test_edit(wire: Wire) -> None:
    image = wire.create(require_signed_urls=True, metadata={"a": 1})
    changed = wire.v1.edit(image.id, account_id=wire.account_id, metadata={}, require_signed_urls=False, creator="x")
    assert (changed.id, changed.meta, changed.require_signed_urls, changed.creator) == (image.id, {}, False, "x")


def test_lists(wire: Wire) -> None:
    creator = secrets.token_hex(8)
    made = [wire.create(creator=creator, metadata={"status": "a" if n else "b"}).id for n in range(5)]
    with pytest.warns(DeprecationWarning):
        page = wire.v1.list(account_id=wire.account_id, page=1, per_page=10, creator=creator)
    assert [image["id"] for image in page.result.images] == made[::-1]
    assert list(page) == []

    seen: list[str] = []
    query: dict[str, Any] = {"per_page": 2, "sort_order": "asc", "creator": creator}
    while query.get("continuation_token", "") is not None:
        answer = wire.v2.list(account_id=wire.account_id, **query)
        seen += [image.id for image in answer.images]
        query["continuation_token"] = answer.continuation_token
    assert seen == made
    filtered = wire.v2.list(account_id=wire.account_id, creator=creator, meta={"status[eq]": "a"})
    assert [image.id for image in filtered.images] == made[:0:-1]


def test_stats(wire: Wire) -> None:
    before = wire.v1.stats.get(account_id=wire.account_id).count.current
    image = wire.create()
    assert wire.v1.stats.get(account_id=wire.account_id).count.current == before + 1
    wire.v1.delete(image.id, account_id=wire.account_id)
    assert wire.v1.stats.get(account_id=wire.account_id).count.current == before


def test_keys(wire: Wire) -> None:
    keys = wire.v1.keys.list(account_id=wire.account_id).keys
    assert keys[0].name == "default" and keys[0].value
    both = wire.v1.keys.update("wireKey", account_id=wire.account_id).keys
    assert [key.name for key in both] == ["default", "wireKey"]
    assert wire.sent[-1].headers["content-length"] == "0"
    left = wire.v1.keys.delete("wireKey", account_id=wire.account_id).keys
    assert [key.name for key in left] == ["default"]


def test_variants(wire: Wire) -> None:
    options: Any = {"fit": "cover", "width": 40, "height": 30, "metadata": "none"}
    made = wire.v1.variants.create(account_id=wire.account_id, id="wire", options=options)
    assert made.variant.id == "wire" and made.variant.options.width == 40
    assert wire.v1.variants.get("wire", account_id=wire.account_id).variant.options.fit == "cover"
    listed = wire.v1.variants.list(account_id=wire.account_id).variants
    assert {"public", "wire"} <= set(listed.to_dict())
    changed = wire.v1.variants.edit(
        "wire", account_id=wire.account_id, options={**options, "width": 50}, never_require_signed_urls=True
    )
    assert (changed.variant.options.width, changed.variant.never_require_signed_urls) == (50, True)
    with pytest.raises(cloudflare.ConflictError):
        wire.v1.variants.create(account_id=wire.account_id, id="wire", options=options)
    wire.v1.variants.delete("wire", account_id=wire.account_id)
    with pytest.raises(cloudflare.NotFoundError) as fault:
        wire.v1.variants.get("wire", account_id=wire.account_id)
    assert code_of(fault) == 5401


def test_direct_upload(wire: Wire) -> None:
    for fields in ({}, {"expiry": datetime.now(UTC) + timedelta(hours=1), "metadata": {"a": 1}, "creator": "c"}):
        given = wire.v2.direct_uploads.create(account_id=wire.account_id, **fields)
        assert wire.v1.get(given.id, account_id=wire.account_id).to_dict()["draft"] is True
        answer = httpx.post(given.upload_url, files={"file": ("b.png", PNG)})
        assert answer.json()["result"]["id"] == given.id
        assert "draft" not in wire.v1.get(given.id, account_id=wire.account_id).to_dict()
        assert httpx.post(given.upload_url, files={"file": ("b.png", PNG)}).status_code == 409


def test_what_the_sdk_has_no_call_for(wire: Wire) -> None:
    path = f"/accounts/{wire.account_id}/images/v1/config"
    answer: Any = wire.sdk.patch(path, body={"browser_ttl": 7200}, cast_to=object)
    assert answer["result"]["browser_ttl"] == 7200
    wire.sdk.patch(path, body={"browser_ttl": 172800}, cast_to=object)


def test_a_wrong_token_and_a_wrong_account(wire: Wire, platform: Platform) -> None:
    other = Wire(platform, token="wrong")
    with pytest.raises(cloudflare.AuthenticationError) as fault:
        other.v1.stats.get(account_id=wire.account_id)
    assert code_of(fault) == 10000
    other.http.close()
    with pytest.raises(cloudflare.PermissionDeniedError) as refusal:
        wire.v1.stats.get(account_id="0" * 32)
    assert code_of(refusal) == 5403


def test_upload_by_url_of_a_private_address_is_refused(wire: Wire) -> None:
    with pytest.raises(cloudflare.BadRequestError) as fault:
        wire.v1.create(account_id=wire.account_id, url="http://127.0.0.1:9/a.png")
    assert code_of(fault) == 5454
