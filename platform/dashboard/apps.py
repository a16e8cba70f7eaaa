"""The app's configuration."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """The app ``dashboard``."""

    name = "dashboard"
