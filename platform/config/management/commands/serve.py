"""The whole platform from one command, for one machine: what ``make run`` starts."""

import os
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from config.first_start import ensure_credentials
from config.supervisor import CannotStart, require_free_port, run, sole_user

PRODUCTION_REFUSAL = (
    "serve is for one machine and writes its secrets to a file. In production start web server, worker and beat each "
    "by itself, as docker-compose.yml does."
)


class Command(BaseCommand):
    """Prepare the data directory, then serve until Ctrl-C."""

    help = "Serve the platform on this machine: web server and worker, until Ctrl-C."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command; a start that cannot be is said in one sentence."""
        if settings.PRODUCTION:
            raise CommandError(PRODUCTION_REFUSAL)
        os.umask(0o077)
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        settings.DATA_DIR.chmod(0o700)
        try:
            require_free_port(settings.PORT)
            with sole_user(settings.DATA_DIR):
                self._serve()
        except CannotStart as fault:
            raise CommandError(str(fault)) from None

    def _serve(self) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        credentials = ensure_credentials()
        connections.close_all()
        run(say=self._say, welcome=lambda: welcome(credentials))

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def welcome(credentials: dict[str, str]) -> str:
    """What is said when the platform is ready."""
    rows = (
        ("Dashboard", credentials["dashboard_url"]),
        ("Sign in", f"{credentials['email']}   {credentials['password']}"),
        ("API", f"{credentials['api_base']}/accounts/{credentials['account_id']}/images/v1"),
        ("Pictures", f"{credentials['delivery_base']}/{credentials['account_hash']}/<image>/public"),
        ("Token, keys", str(settings.DATA_DIR / "credentials.json")),
    )
    lines = (f"  {name:<13}{value}" for name, value in rows)
    return "\n".join(("", "  Tintype is ready.", "", *lines, "", "  Ctrl-C stops it; the data stay.", ""))
