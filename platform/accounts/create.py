"""New accounts: with a signing key from the start and, where a user is given, a member."""

from django.contrib.auth.models import User
from django.db import transaction

from accounts import generation
from accounts.models import Account, Membership, SigningKey

DEFAULT_KEY = "default"


@transaction.atomic
def create_account(name: str, user: User | None = None) -> Account:
    """Create an account with the signing key ``default``."""
    account = Account.objects.create(name=name)
    SigningKey.objects.create(account=account, name=DEFAULT_KEY)
    if user:
        Membership.objects.create(account=account, user=user)
    generation.bump()
    return account
