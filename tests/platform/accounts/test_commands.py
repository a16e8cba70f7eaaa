"""Accounts and tokens made on the command line."""

import io

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts import tokens
from accounts.models import Account, ApiToken

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough pass phrase"


def run(*arguments: str) -> str:
    """What a command prints."""
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def answer_with(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    monkeypatch.setattr("getpass.getpass", lambda prompt: password)


def test_an_account_begins_with_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    answer_with(monkeypatch, PASSWORD)
    said = run("create_account", "Pictures", "--email", "Ada@Example.com")
    account = Account.objects.get(name="Pictures")
    assert said.split() == ["account_id", account.id, "account_hash", account.hash]
    assert account.signing_keys.get().name == "default"
    user = account.memberships.get().user
    assert (user.username, user.check_password(PASSWORD), user.is_staff) == ("ada@example.com", True, False)


def test_a_second_account_of_the_same_user_asks_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    answer_with(monkeypatch, PASSWORD)
    run("create_account", "One", "--email", "ada@example.com", "--admin")
    answer_with(monkeypatch, "never asked for")
    run("create_account", "Two", "--email", "ada@example.com")
    user = User.objects.get()
    assert user.memberships.count() == 2
    assert user.check_password(PASSWORD)
    assert user.is_superuser


@pytest.mark.parametrize(("email", "password"), [("nobody", PASSWORD), ("ada@example.com", "123")])
def test_what_is_wrong_is_said_and_nothing_is_left(monkeypatch: pytest.MonkeyPatch, email: str, password: str) -> None:
    answer_with(monkeypatch, password)
    with pytest.raises(CommandError):
        run("create_account", "Pictures", "--email", email)
    assert not Account.objects.exists()
    assert not User.objects.exists()


@pytest.mark.parametrize(("arguments", "scope"), [((), "edit"), (("--scope", "read"), "read")])
def test_a_token_opens_its_account(arguments: tuple[str, ...], scope: str) -> None:
    run("create_account", "Pictures")
    account = Account.objects.get()
    text = run("create_token", account.id, "for a script", *arguments).strip()
    token = tokens.find(text)
    assert token is not None
    assert (token.account, token.name, token.scope) == (account, "for a script", scope)
    assert text not in str(ApiToken.objects.values())


def test_a_token_needs_an_account() -> None:
    with pytest.raises(CommandError, match="No account has the id"):
        run("create_token", "0" * 32, "for a script")
