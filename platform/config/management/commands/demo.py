"""Pictures for an empty instance, drawn here: what ``make demo`` runs."""

import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from accounts.models import Account
from config.demo.pictures import PICTURES, Picture
from images.errors import IdTaken, ImageFault
from images.upload import receive
from variants import named
from variants.models import Variant

VARIANTS: dict[str, dict[str, Any]] = {
    "thumbnail": {"width": 320, "height": 320, "fit": "cover"},
    "banner": {"width": 1200, "height": 400, "fit": "cover", "gravity": "0.5x0.45"},
    "polaroid": {"width": 480, "height": 560, "fit": "pad", "background": "#fffdf7"},
    "soft": {"width": 800, "blur": 12},
}


class Command(BaseCommand):
    """Draw, upload, name a few variants; what is there already stays as it is."""

    help = "Fill an instance with pictures that are drawn here, and a few variants."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the arguments."""
        parser.add_argument("--account", help="the account's id; by default the first one")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command."""
        account = self._account(options["account"])
        for name in add_variants(account):
            self.stdout.write(f"variant  {name}")
        for picture in PICTURES:
            self.stdout.write(f"{add_picture(account, picture):<8} {picture.public_id}")
            self.stdout.flush()

    def _account(self, wanted: str | None) -> Account:
        try:
            accounts = Account.objects.filter(id=wanted) if wanted else Account.objects.order_by("created")
            account = accounts.first()
        except DatabaseError:
            account = None
        if account is None:
            raise CommandError("There is no such account yet. Start the platform once (make run), then try again.")
        return account


def add_variants(account: Account) -> list[str]:
    """Make the variants of the demo that the account lacks; their names."""
    there = {variant.name for variant in named.all_of(account)}
    missing: list[Variant] = [named.create(account, name, VARIANTS[name]) for name in VARIANTS if name not in there]
    return [variant.name for variant in missing]


def add_picture(account: Account, picture: Picture) -> str:
    """Draw and upload ``picture``: "drawn", or "kept" when the account has that id. Raises ``CommandError``."""
    with tempfile.NamedTemporaryFile(prefix="tintype-demo-") as file:
        path = Path(file.name)
        path.write_bytes(picture.draw())
        try:
            receive(
                account,
                path,
                filename=picture.filename,
                public_id=picture.public_id,
                meta=dict(picture.meta),
                require_signed_urls=picture.private,
            )
        except IdTaken:
            return "kept"
        except ImageFault as fault:
            raise CommandError(f"{picture.public_id}: {fault}") from None
    return "drawn"
