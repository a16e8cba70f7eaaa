"""People in front of the dashboard: a member of the owner's account, and a member of another one."""

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from people import Person
from pytest_django.fixtures import Settings

from accounts.models import Account, Membership

PASSWORD = "correct horse battery"


def signed_in(account: Account, email: str) -> Client:
    user = User.objects.create_user(email, email, PASSWORD)
    Membership.objects.create(account=account, user=user)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture(autouse=True)
def _quick_and_clean(settings: Settings) -> None:
    """No attempts from other tests, and passwords that take no time."""
    cache.clear()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def member(owner: Person) -> Client:
    """Signed in, a member of the owner's account."""
    return signed_in(owner.account, "member@example.com")


@pytest.fixture
def outsider(stranger: Person) -> Client:
    """Signed in, a member of another account."""
    return signed_in(stranger.account, "outsider@example.com")
