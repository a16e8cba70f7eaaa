"""Who may do what: the owner everything, the reader only look, the stranger not even know."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from people import Person, png, refused

from accounts.tokens import issue

ROUTES = [
    ("GET", "/images/v1"),
    ("GET", "/images/v2"),
    ("GET", "/images/v1/{id}"),
    ("GET", "/images/v1/{id}/blob"),
    ("GET", "/images/v1/stats"),
    ("GET", "/images/v1/keys"),
    ("GET", "/images/v1/variants"),
    ("GET", "/images/v1/variants/public"),
    ("GET", "/images/v1/config"),
    ("GET", "/images/v1/batch_token"),
    ("POST", "/images/v1"),
    ("POST", "/images/v1/variants"),
    ("POST", "/images/v2/direct_upload"),
    ("PATCH", "/images/v1/{id}"),
    ("PATCH", "/images/v1/config"),
    ("PATCH", "/images/v1/variants/public"),
    ("PUT", "/images/v1/keys/new"),
    ("DELETE", "/images/v1/{id}"),
    ("DELETE", "/images/v1/keys/default"),
    ("DELETE", "/images/v1/variants/public"),
    ("DELETE", "/images/v1/renditions"),
    ("DELETE", "/images/v1/{id}/renditions"),
    ("DELETE", "/images/v1/variants/public/renditions"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_the_stranger_gets_nothing(owner: Person, stranger: Person, method: str, path: str) -> None:
    image = owner.upload()
    refused(stranger.ask(method, path.format(id=image["id"])), 403, 5403)
    refused(stranger.ask(method, path.format(id="missing")), 403, 5403)


def test_the_stranger_does_not_find_it_at_home(owner: Person, stranger: Person) -> None:
    image = owner.upload(id="mine")
    home = Person(stranger.account, stranger.token, stranger.account)
    refused(home.get(f"/images/v1/{image['id']}"), 404, 5404)
    assert home.get("/images/v2").json()["result"]["images"] == []
    home.upload(id="mine")


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_the_reader_may_look_only(owner: Person, reader: Person, method: str, path: str) -> None:
    answer = reader.ask(method, path.format(id=owner.upload()["id"]))
    if method == "GET":
        assert answer.status_code == 200
        answer.close()
    else:
        refused(answer, 403, 10000)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer \xff\xfe"},
        {"Authorization": "Basic YTpi"},
        {"X-Auth-Email": "a@example.com"},
        {"X-Auth-Key": "wrong"},
        {"X-Auth-Email": "a@example.com", "X-Auth-Key": "wrong"},
    ],
)
def test_without_a_token(owner: Person, headers: dict[str, str]) -> None:
    answer = Client().get(f"/client/v4/accounts/{owner.account.id}/images/v1", headers=headers)
    refused(answer, 401, 10000)


def test_mail_address_and_key(owner: Person) -> None:
    user = get_user_model().objects.create_user("u", "Somebody@example.com", "pw")
    key = issue(owner.account, "key", user=user)
    path = f"/client/v4/accounts/{owner.account.id}/images/v1/stats"
    good = {"X-Auth-Email": "somebody@example.com", "X-Auth-Key": key}
    assert Client().get(path, headers=good).status_code == 200
    refused(Client().get(path, headers={**good, "X-Auth-Email": "other@example.com"}), 401, 10000)
    refused(Client().get(path, headers={**good, "X-Auth-Key": owner.token}), 401, 10000)
    user.is_active = False
    user.save()
    refused(Client().get(path, headers=good), 401, 10000)


def test_batch(owner: Person, reader: Person, stranger: Person) -> None:
    token = owner.get("/images/v1/batch_token").json()["result"]
    assert len(token["expiresAt"]) == len("2023-08-09T15:33:56.273411222Z")
    batch = Client(headers={"Authorization": f"Bearer {token['token']}"})
    image = batch.post("/batch/images/v1", {"file": png(), "id": "a/b"}).json()["result"]
    assert batch.get("/batch/images/v1/a%2Fb").json()["result"] == image
    assert batch.get("/batch/images/v2").json()["result"]["images"] == [image]
    assert batch.post("/batch/images/v2/direct_upload").status_code == 200
    assert batch.delete("/batch/images/v1/a%2Fb").status_code == 200
    refused(batch.get(f"/client/v4/accounts/{owner.account.id}/images/v1"), 401, 10000)
    refused(Client(headers={"Authorization": f"Bearer {owner.token}"}).get("/batch/images/v1"), 401, 10000)
    looking = reader.get("/images/v1/batch_token").json()["result"]["token"]
    answer = Client(headers={"Authorization": f"Bearer {looking}"}).post("/batch/images/v1", {"file": png()})
    refused(answer, 403, 10000)
