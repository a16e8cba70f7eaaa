"""What the dashboard's templates may write: icons, sizes in bytes."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

STEP = 1024
UNITS = ("bytes", "KB", "MB", "GB", "TB")


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing from icons.svg; decoration only, so that screen readers pass it over."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("dashboard/icons.svg"), name
    )


@register.filter
def bytes_text(count: int) -> str:
    """``1536`` → ``1.5 KB``."""
    value, unit = float(count), 0
    while value >= STEP and unit < len(UNITS) - 1:
        value, unit = value / STEP, unit + 1
    digits = 1 if unit and value < 10 else 0
    return f"{value:.{digits}f} {UNITS[unit]}"
