"""Tokens, keys and switches."""

import re

import pytest
from django.test import Client
from people import Person

from accounts import generation, tokens
from accounts.models import ApiToken

PAGE = "/dashboard/developers"


def test_it_names_the_account(member: Client, owner: Person) -> None:
    page = member.get(PAGE).content.decode()
    assert owner.account.id in page
    assert owner.account.hash in page


def test_a_token_is_shown_once_works_and_is_revoked(member: Client, owner: Person) -> None:
    answer = member.post(f"{PAGE}/tokens", {"name": "site", "scope": "read"})
    found = re.search(r'id="new-token" readonly value="([^"]+)"', answer.content.decode())
    assert found
    token = tokens.find(found[1])
    assert token is not None
    assert (token.account, token.scope) == (owner.account, "read")
    assert found[1] not in member.get(PAGE).content.decode()
    member.post(f"{PAGE}/tokens/{token.pk}/revoke")
    assert tokens.find(found[1]) is None


def test_a_token_needs_a_name(member: Client) -> None:
    count = ApiToken.objects.count()
    assert member.post(f"{PAGE}/tokens", {"name": "", "scope": "admin"}).status_code == 422
    assert ApiToken.objects.count() == count


def test_a_key_is_revealed_by_post_only(member: Client, outsider: Client, owner: Person) -> None:
    key = owner.account.signing_keys.get()
    assert key.value not in member.get(PAGE).content.decode()
    assert member.get(f"{PAGE}/keys/default").status_code == 405
    answer = member.post(f"{PAGE}/keys/default")
    assert key.value in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert key.value not in outsider.post(f"{PAGE}/keys/default").content.decode()
    assert member.post(f"{PAGE}/keys/none").status_code == 404


def test_switches_hold_for_the_next_request(member: Client, owner: Person) -> None:
    before = generation.current()
    member.post(f"{PAGE}/config", {"name": "Studio", "flexible_variants": "on", "browser_ttl": "7200"})
    account = owner.account
    account.refresh_from_db()
    assert (account.name, account.flexible_variants, account.browser_ttl) == ("Studio", True, 7200)
    assert generation.current() > before


@pytest.mark.parametrize("ttl", ["", "5", "x", "99999999999999999999"])
def test_a_wrong_switch_changes_nothing(member: Client, owner: Person, ttl: str) -> None:
    answer = member.post(f"{PAGE}/config", {"name": "Studio", "browser_ttl": ttl})
    assert answer.status_code == 422
    owner.account.refresh_from_db()
    assert owner.account.name == "owner"


def test_tokens_of_others_are_out_of_reach(outsider: Client, owner: Person) -> None:
    token = ApiToken.objects.filter(account=owner.account).first()
    assert token
    assert outsider.post(f"{PAGE}/tokens/{token.pk}/revoke").status_code == 404
    assert ApiToken.objects.filter(pk=token.pk).exists()
