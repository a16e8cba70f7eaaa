"""The app's configuration."""

from django.apps import AppConfig


class WidgetConfig(AppConfig):
    """The app ``widget``."""

    name = "widget"
