"""A new account, with its first user where an address is given."""

import getpass
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from accounts.create import create_account


class Command(BaseCommand):
    """Create an account and say how it is named in URLs."""

    help = "Create an account. With --email also a user who may sign in to it; the password is asked for."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the arguments."""
        parser.add_argument("name", help="what people call the account")
        parser.add_argument("--email", help="address of a user who may sign in; made when there is none")
        parser.add_argument("--admin", action="store_true", help="the new user may also use /admin/")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Create it, or say what is wrong and leave nothing behind."""
        user = member(options["email"].strip().lower(), admin=options["admin"]) if options["email"] else None
        account = create_account(options["name"], user)
        self.stdout.write(f"account_id    {account.id}\naccount_hash  {account.hash}")


def member(email: str, *, admin: bool) -> User:
    """The user with this address; a new one chooses a password on the terminal. Raises ``CommandError``."""
    if user := User.objects.filter(username=email).first():
        return user
    try:
        validate_email(email)
        password = getpass.getpass(f"Password for {email}: ")
        validate_password(password, User(username=email, email=email))
    except ValidationError as fault:
        raise CommandError(" ".join(fault.messages)) from None
    return User.objects.create_user(email, email, password, is_staff=admin, is_superuser=admin)
