"""The app's configuration."""

from django.apps import AppConfig


class PlatformConfig(AppConfig):
    """The app ``config``: management commands of the platform as a whole, and its Celery app."""

    name = "config"

    def ready(self) -> None:
        """Make the Celery app known, so that tasks that are sent here go to our broker."""
        import config.celery  # noqa: F401, PLC0415
