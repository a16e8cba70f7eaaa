"""Own domains, as an administrator enters them."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from accounts.create import create_account
from accounts.models import Account, Domain


@pytest.fixture
def account(client: Client) -> Account:
    client.force_login(get_user_model().objects.create_superuser("root", "root@example.com", "a password"))
    return create_account("first")


def enter(client: Client, account: Account, host: str, prefix: str = "") -> str:
    row = {"domains-0-host": host, "domains-0-path_prefix": prefix, "domains-0-account": account.id}
    form: dict[str, object] = {"name": "first", "browser_ttl": 172800, "fallback_status": 200}
    form |= {f"{rows}-{name}": 0 for rows in ("memberships", "origins") for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    form |= {"domains-TOTAL_FORMS": 1, "domains-INITIAL_FORMS": 0}
    return client.post(f"/admin/accounts/account/{account.id}/change/", form | row).content.decode()


@pytest.mark.django_db
def test_a_domain_is_kept_in_lower_case(client: Client, account: Account) -> None:
    enter(client, account, "Img.Example.com", "/pictures")
    assert [str(domain) for domain in Domain.objects.all()] == ["img.example.com/pictures"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("host", "prefix", "said"),
    [
        ("127.0.0.1", "", "The platform itself"),
        ("a.example", "x", "Begin with /"),
        ("a.example", "/x/", "Begin with /"),
    ],
)
def test_what_would_hide_the_platform_is_refused(
    client: Client, account: Account, host: str, prefix: str, said: str
) -> None:
    assert said in enter(client, account, host, prefix)
    assert not Domain.objects.exists()
