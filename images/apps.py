"""The app's configuration."""

from django.apps import AppConfig


class ImagesConfig(AppConfig):
    """The app ``images``."""

    name = "images"
