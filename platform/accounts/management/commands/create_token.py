"""A new API token, shown once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import tokens
from accounts.models import Account, ApiToken


class Command(BaseCommand):
    """Create a token of an account and print its text, which is kept nowhere."""

    help = "Create an API token of an account. Its text is printed once and kept nowhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the arguments."""
        parser.add_argument("account", help="the account's id: 32 hex digits")
        parser.add_argument("name", help="what the token is for")
        parser.add_argument("--scope", choices=ApiToken.Scope.values, default=ApiToken.Scope.EDIT.value)

    def handle(self, *args: Any, **options: Any) -> None:
        """Create it, or say that there is no such account."""
        account = Account.objects.filter(id=options["account"]).first()
        if account is None:
            raise CommandError(f"No account has the id {options['account']}. manage.py create_account makes one.")
        self.stdout.write(tokens.issue(account, options["name"], options["scope"]))
