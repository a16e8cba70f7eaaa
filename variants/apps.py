"""The app's configuration."""

from django.apps import AppConfig


class VariantsConfig(AppConfig):
    """The app ``variants``."""

    name = "variants"

    def ready(self) -> None:
        """Hear of new originals."""
        from images.signals import original_stored
        from variants.preparing import on_stored

        original_stored.connect(on_stored, dispatch_uid="look at originals")
