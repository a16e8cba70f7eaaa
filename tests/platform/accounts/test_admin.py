"""Django's admin: every page opens, no secret is on it, a change reaches delivery."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from accounts import generation, tokens
from accounts.create import create_account
from accounts.models import Account, ApiToken, Domain
from images.models import Discarded, Image
from variants import named

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    account = create_account("Pictures")
    named.all_of(account)
    Image.objects.create(account=account, public_id="a/b c%é", filename="é.jpg")
    Discarded.objects.create(prefix="originals/x")
    return account


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root", "root@example.com", "a password"))
    return client


@pytest.mark.parametrize(
    "name",
    [
        "accounts_account",
        "accounts_apitoken",
        "accounts_signingkey",
        "images_image",
        "images_discarded",
        "variants_variant",
        "variants_rendition",
    ],
)
def test_lists_open_and_show_no_secret(admin: Client, account: Account, name: str) -> None:
    text = tokens.issue(account, "for a script")
    page = admin.get(reverse(f"admin:{name}_changelist"), {"q": "a"} if name != "images_discarded" else {})
    assert page.status_code == 200
    body = page.content.decode()
    for secret in (text, tokens.digest_of(text), account.signing_keys.get().value):
        assert secret not in body


def test_pages_of_secrets_show_none(admin: Client, account: Account) -> None:
    tokens.issue(account, "for a script")
    token, key = ApiToken.objects.get(), account.signing_keys.get()
    for name, row, secret in (("apitoken", token, token.digest), ("signingkey", key, key.value)):
        page = admin.get(reverse(f"admin:accounts_{name}_change", args=[row.pk]))
        assert page.status_code == 200
        assert secret not in page.content.decode()


def test_a_domain_that_is_added_reaches_delivery(admin: Client, account: Account) -> None:
    before = generation.current()
    form: dict[str, object] = {"name": "Renamed", "browser_ttl": 7200, "fallback_status": 200}
    form |= {f"{rows}-{name}": 0 for rows in ("memberships", "origins") for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    form |= {"domains-TOTAL_FORMS": 1, "domains-INITIAL_FORMS": 0, "domains-0-host": "img.example"}
    answer = admin.post(reverse("admin:accounts_account_change", args=[account.pk]), form)
    assert answer.status_code == 302, answer.content.decode()
    assert Domain.objects.get().host == "img.example"
    assert generation.current() > before


@pytest.mark.parametrize("name", ["accounts_account", "images_image", "variants_variant", "accounts_signingkey"])
def test_what_owns_bytes_cannot_be_deleted_here(admin: Client, account: Account, name: str) -> None:
    row = {
        "accounts_account": account,
        "images_image": account.images.get(),
        "variants_variant": account.variants.get(),
        "accounts_signingkey": account.signing_keys.get(),
    }[name]
    assert admin.post(reverse(f"admin:{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert admin.get(reverse(f"admin:{name}_add")).status_code == 403


def test_a_token_can_be_revoked(admin: Client, account: Account) -> None:
    text = tokens.issue(account, "for a script")
    admin.post(reverse("admin:accounts_apitoken_delete", args=[ApiToken.objects.get().pk]), {"post": "yes"})
    assert tokens.find(text) is None


def test_strangers_see_a_sign_in_page(client: Client) -> None:
    assert client.get(reverse("admin:index")).status_code == 302
