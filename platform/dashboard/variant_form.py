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
from variants.options.option import Option
from variants.table import TABLE

NEW_NAME = "name"
OPEN = "never_require_signed_urls"
SIZE = ("width", "height", "fit", "gravity", "dpr")
LAST = "Output"
STEPS, STEPS_TITLE = "steps", "Several steps"
FOLDED = frozenset({"Adjustments", STEPS_TITLE})


@dataclass(frozen=True)
class Section:
    """Fields that belong together; ``folded`` while none of them is set."""

    title: str
    fields: list[forms.BoundField]
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

    def sections(self) -> list[Section]:
        """The option fields as the page shows them: size first, then what is done to the pixels, then the output."""
        titles = {name: _section(self.fields[name].option) for name in self.fields if name in TABLE}  # type: ignore[attr-defined]
        titles[STEPS] = STEPS_TITLE
        return [
            Section(title, fields, title in FOLDED and not any(self._speaks(field) for field in fields))
            for title in ("Size", "Adjustments", LAST, STEPS_TITLE)
            if (fields := [self[name] for name in titles if titles[name] == title])
        ]

    def _speaks(self, field: forms.BoundField) -> bool:
        return bool(field.errors or field.value())


def _section(option: Option) -> str:
    if option.name in SIZE:
        return "Size"
    return "Adjustments" if option.group == "transform" else LAST


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
