"""Form fields for options: one per kind of value. A new kind registers its field here; options need nothing."""

import json
from collections.abc import Callable
from functools import singledispatch
from typing import Any
from urllib.parse import unquote

from django import forms
from django.core.exceptions import ValidationError

from variants.errors import BadOption
from variants.notation import body
from variants.options.amounts import AmountOf, Classes
from variants.options.colour import Colour
from variants.options.drawing import Draws
from variants.options.gravity import Gravity
from variants.options.kinds import Amount, Choice, Flag, Number
from variants.options.option import Kind, Option
from variants.quality.levels import NUMBER, Quality
from variants.serving import Moment

UNSET = ""
STEPS_HINT = '[{"width": 600, "trim": "border"}, {"rotate": 90}]'
STEPS_HELP = "Several transformations that run one after the other, as a list in JSON, instead of the fields above."
FLAGS: dict[str, Any] = {"true": True, "false": False}


class OptionField(forms.Field):
    """One option in a form. Its clean value is JSON as a variant keeps it, or None where the field was left empty.

    ``read`` makes JSON of the text; the option itself checks it, in its kind's own words.
    """

    def __init__(self, option: Option, widget: forms.Widget, read: Callable[[str], Any] = str) -> None:
        super().__init__(required=False, widget=widget, label=option.title, help_text=option.help)
        self.option, self.read = option, read

    @property
    def words(self) -> str:
        """What finds it in a search besides the text beside it."""
        return " ".join((self.option.name, *self.option.aliases))

    def to_python(self, value: Any) -> Any:
        """The JSON value of the text that was sent."""
        text = (value or "").strip()
        if text == UNSET:
            return None
        json = self.read(text)
        try:
            self.option.check(json)
        except BadOption as fault:
            raise ValidationError(f"Expected {fault.expected}, got “{text[:60]}”.") from None
        return json


class StepsField(forms.Field):
    """Several transformations as a list in JSON. Its clean value is that list, or None where it was left empty."""

    def __init__(self) -> None:
        attrs = {"rows": 8, "spellcheck": "false", "placeholder": STEPS_HINT, "maxlength": 20_000}
        super().__init__(required=False, widget=forms.Textarea(attrs=attrs), label="Steps", help_text=STEPS_HELP)

    def to_python(self, value: Any) -> Any:
        """The list of options objects."""
        text = (value or "").strip()
        if text == UNSET:
            return None
        steps = _json(text)
        try:
            body.check_chain(steps)
        except BadOption as fault:
            raise ValidationError(f"{fault.option}: expected {fault.expected}.") from None
        return steps if isinstance(steps, list) else [steps]


def text_of(option: Option, value: Any) -> str:
    """What stands in the field for a checked value of the option."""
    if isinstance(option.kind, Draws):
        return json.dumps(option.kind.plain(value), ensure_ascii=False)
    return unquote(option.kind.write(value))


def field_of(option: Option) -> OptionField:
    """The form field for an option."""
    return _field(option.kind, option)


@singledispatch
def _field(kind: Kind, option: Option) -> OptionField:
    """Any other kind: its text, with the example as a hint."""
    return OptionField(option, forms.TextInput(attrs={"placeholder": f"e.g. {option.example}", "maxlength": 200}))


@_field.register
def _number(kind: Number, option: Option) -> OptionField:
    """Digits; a slider would hide that empty means unset."""
    mode = "numeric" if kind.whole else "decimal"
    hint = f"{kind.write(kind.low)} – {kind.write(kind.high)}"
    attrs = {"inputmode": mode, "placeholder": hint, "autocomplete": "off", "maxlength": 20}
    return OptionField(option, forms.TextInput(attrs=attrs), _json_number)


@_field.register
def _quality(kind: Quality, option: Option) -> OptionField:
    """Digits or the name of a level."""
    attrs = {"placeholder": f"{NUMBER.write(NUMBER.low)} – {NUMBER.write(NUMBER.high)}", "maxlength": 20}
    return OptionField(option, forms.TextInput(attrs={**attrs, "autocomplete": "off"}), _json_number)


@_field.register
def _moment(kind: Moment, option: Option) -> OptionField:
    attrs = {"inputmode": "numeric", "placeholder": f"e.g. {option.example}", "autocomplete": "off", "maxlength": 11}
    return OptionField(option, forms.TextInput(attrs=attrs), _json_number)


@_field.register
def _amount(kind: Amount, option: Option) -> OptionField:
    attrs = {"inputmode": "decimal", "placeholder": f"e.g. {option.example}", "autocomplete": "off", "maxlength": 20}
    return OptionField(option, forms.TextInput(attrs=attrs), _json_number)


@_field.register
def _choice(kind: Choice, option: Option) -> OptionField:
    words = [(word, word) for word in kind.words]
    return OptionField(option, forms.Select(choices=[(UNSET, _unset(option)), *words]))


@_field.register
def _flag(kind: Flag, option: Option) -> OptionField:
    """Three states: yes, no, and not said."""
    default = {True: "default: yes", False: "default: no"}.get(option.default, _unset(option))
    choices = [(UNSET, default), ("true", "yes"), ("false", "no")]
    return OptionField(option, forms.Select(choices=choices), lambda text: FLAGS.get(text, text))


@_field.register
def _colour(kind: Colour, option: Option) -> OptionField:
    attrs = {"placeholder": "#rrggbb", "autocomplete": "off", "maxlength": 100, "data-colour": ""}
    return OptionField(option, forms.TextInput(attrs=attrs))


@_field.register
def _draws(kind: Draws, option: Option) -> OptionField:
    attrs = {"rows": 3, "spellcheck": "false", "placeholder": json.dumps(option.example), "maxlength": 20_000}
    return OptionField(option, forms.Textarea(attrs=attrs), _json)


@_field.register
def _gravity(kind: Gravity, option: Option) -> OptionField:
    attrs = {"placeholder": "center", "autocomplete": "off", "maxlength": 200, "list": "gravity-words"}
    return OptionField(option, forms.TextInput(attrs=attrs))


@_field.register
def _amount_of(kind: AmountOf, option: Option) -> OptionField:
    """Text: an amount, and classes behind it."""
    amount = kind.write(kind.check(option.example)).partition(";")[0]
    return OptionField(option, forms.TextInput(attrs=_classes_hint(f"{amount} or {amount};person;car")))


@_field.register
def _classes(kind: Classes, option: Option) -> OptionField:
    return OptionField(option, forms.TextInput(attrs=_classes_hint("true or person;car")))


def _classes_hint(text: str) -> dict[str, Any]:
    return {"placeholder": f"e.g. {text}", "autocomplete": "off", "maxlength": 2000}


def _json_number(text: str) -> Any:
    """An int or a float; other text as it is, for words and for the option to refuse."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def _json(text: str) -> Any:
    """The value that JSON says; other text as it is, for the option to refuse."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _unset(option: Option) -> str:
    return "–" if option.default is None else f"default: {text_of(option, option.default)}"
