"""The app's configuration."""

from django.apps import AppConfig


class VariantsConfig(AppConfig):
    """The app ``variants``."""

    name = "variants"
