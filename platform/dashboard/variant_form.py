"""The form of a variant, derived from the option table."""

import json
from dataclasses import dataclass
from typing import Any

from django import forms

from dashboard.option_fields import StepsField, field_of, text_of
from variants.errors import BadOption
from variants.models import Variant
from variants.named import NAME
from variants.notation import body
from variants.options.option import SECTIONS, Section
from variants.table import TABLE

NEW_NAME = "name"
OPEN = "never_require_signed_urls"
STEPS, STEPS_TITLE = "steps", "Several steps"


@dataclass(frozen=True)
class Part:
    """Fields that belong together; ``count`` of them are set. ``folded`` while there is nothing to see in it."""

    title: str
    fields: list[forms.BoundField]
    count: int
    folded: bool


class VariantForm(forms.Form):
    """Name, options and the exception from signatures. ``options()`` is the JSON that the variant keeps."""

    name = forms.RegexField(
        rf"^(?:{NAME.pattern})\Z",
        max_length=99,
        strip=True,
        label="Name",
        help_text="Stands at the end of the URL, such as thumbnail. It cannot be changed later.",
        error_messages={"invalid": "Expected 1 to 99 letters, digits, hyphens and underscores."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    never_require_signed_urls = forms.BooleanField(
        required=False,
        label="Always allow public access",
        help_text="Opens without a signature, also for private images.",
        widget=forms.CheckboxInput(attrs={"class": "switch", "role": "switch"}),
    )

    def __init__(self, data: Any = None, *, variant: Variant | None = None, preview: bool = False) -> None:
        super().__init__(data, initial=_initial(variant))
        if variant or preview:
            del self.fields[NEW_NAME]
        for option in TABLE.values():
            if option.group != "draw" and not _has_steps(variant):
                self.fields[option.name] = field_of(option)
        self.fields[STEPS] = StepsField()

    def clean(self) -> dict[str, Any]:
        """One way or the other."""
        if self.cleaned_data.get(STEPS) and self._filled():
            self.add_error(STEPS, "Write the options of the other fields into the steps, or leave the steps empty.")
        return self.cleaned_data

    def options(self) -> Any:
        """What was filled in, by option name; or the list of steps."""
        return self.cleaned_data.get(STEPS) or self._filled()

    def _filled(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name in TABLE and value is not None}

    def refuse(self, fault: BadOption) -> None:
        """Put a fault that only shows in the whole beside its field."""
        self.add_error(fault.option if fault.option in self.fields else None, f"Expected {fault.expected}.")

    def parts(self) -> list[Part]:
        """The option fields by section. Open are the first one and those in which something is set or wrong."""
        by_section = {section: [self[name] for name in self._named(section)] for section in SECTIONS}
        filled = [(section, fields) for section, fields in by_section.items() if fields]
        parts = [_part(title, fields, not at) for at, (title, fields) in enumerate(filled)]
        return [*parts, _part(STEPS_TITLE, [self[STEPS]], not parts)]

    def _named(self, section: Section) -> list[str]:
        return [name for name in self.fields if name in TABLE and TABLE[name].heading == section]


def _part(title: str, fields: list[forms.BoundField], first: bool) -> Part:
    count = sum(bool(field.value()) for field in fields)
    return Part(title, fields, count, not (first or count or any(field.errors for field in fields)))


def _has_steps(variant: Variant | None) -> bool:
    return variant is not None and isinstance(variant.options, list)


def _initial(variant: Variant | None) -> dict[str, Any]:
    """The texts of a saved variant's fields, whatever spelling its options were sent in."""
    if variant is None:
        return {}
    if _has_steps(variant):
        return {OPEN: variant.never_require_signed_urls, STEPS: json.dumps(variant.options, indent=2)}
    values = body.check(variant.options)
    return {OPEN: variant.never_require_signed_urls, **{name: text_of(TABLE[name], values[name]) for name in values}}
