"""JSON Schema of what ``notation/body.py`` takes."""

from collections.abc import Iterable
from typing import Any

from variants.notation import drawings
from variants.notation.body import LONGEST_CHAIN
from variants.options.option import Option
from variants.table import TABLE

ONE: dict[str, Any] = {"width": 300, "height": 200, "fit": "cover"}
SEVERAL: list[dict[str, Any]] = [{"trim": "border"}, {"width": 300, "radius": 20, "background": "white"}]
MARK: dict[str, Any] = {"image": "logo", "width": 0.2, "right": 10, "bottom": 10, "opacity": 0.6}


def schema() -> dict[str, Any]:
    """The schema of one transformation. Nested spellings of dotted names are named by their parts."""
    properties = _properties(option for option in TABLE.values() if option.group != "draw")
    _nest(properties, "trim.border", "trim", "quality")
    return {**_object("Transformation", ONE), "properties": properties}


def drawing() -> dict[str, Any]:
    """The schema of what is drawn on a picture, which ``schema`` refers to as ``Drawing``."""
    properties = _properties(drawings.OPTIONS)
    _nest(properties, "trim.border", "trim")
    properties["spacing"] = {"type": "object", "properties": {side: properties[f"spacing.{side}"] for side in "xy"}}
    one_of = [{"required": ["image"]}, {"required": ["text"]}]
    return {**_object("Drawing", MARK), "properties": properties, "oneOf": one_of}


def chain() -> dict[str, Any]:
    """The schema of a variant's options: one transformation, or several in a list."""
    step = {"$ref": "#/components/schemas/Transformation"}
    several = {"type": "array", "items": step, "minItems": 1, "maxItems": LONGEST_CHAIN}
    return {"title": "VariantOptions", "anyOf": [step, several], "examples": [ONE, SEVERAL]}


def _object(title: str, example: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "type": "object", "additionalProperties": False, "examples": [example]}


def _properties(options: Iterable[Option]) -> dict[str, Any]:
    """Names first, other names of the same at the end."""
    described = [(option, _described(option)) for option in options]
    named = {option.name: value for option, value in described}
    return named | {alias: _alias(option, value) for option, value in described for alias in option.aliases}


def _alias(option: Option, described: dict[str, Any]) -> dict[str, Any]:
    return {**described, "description": f"Another name of {option.name}."}


def _described(option: Option) -> dict[str, Any]:
    described = {**option.kind.schema(), "description": option.help, "examples": [option.example]}
    return described if option.default is None else {**described, "default": _default(option)}


def _default(option: Option) -> Any:
    """As JSON writes it: gravity's default is a point inside and a word outside."""
    return option.kind.write(option.default) if isinstance(option.default, tuple) else option.default


def _nest(properties: dict[str, Any], *names: str) -> None:
    """Let each of ``names`` be written as an object of its parts as well, the deepest first."""
    for name in names:
        parts = {key.removeprefix(f"{name}."): value for key, value in properties.items() if key.startswith(f"{name}.")}
        parts = {key: value for key, value in parts.items() if "." not in key}
        whole = properties[name]
        nested = {"type": "object", "additionalProperties": False, "properties": parts}
        properties[name] = {"anyOf": [_only_value(whole), nested], "description": whole["description"]}


def _only_value(described: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in described.items() if key not in ("description", "examples", "default")}
