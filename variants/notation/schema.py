"""JSON Schema of what ``notation/body.py`` takes."""

from collections.abc import Iterable
from typing import Any

from variants.notation import drawings
from variants.notation.body import LONGEST_CHAIN
from variants.options.option import Option
from variants.table import TABLE


def schema() -> dict[str, Any]:
    """The schema of one transformation. Nested spellings of dotted names are named by their parts."""
    properties = _properties(option for option in TABLE.values() if option.group != "draw")
    _nest(properties, "trim.border", "trim", "quality")
    return {"type": "object", "additionalProperties": False, "properties": properties}


def drawing() -> dict[str, Any]:
    """The schema of what is drawn on a picture, which ``schema`` refers to as ``Drawing``."""
    properties = _properties(drawings.OPTIONS)
    _nest(properties, "trim.border", "trim")
    properties["spacing"] = {"type": "object", "properties": {side: properties[f"spacing.{side}"] for side in "xy"}}
    one_of = [{"required": ["image"]}, {"required": ["text"]}]
    return {"type": "object", "additionalProperties": False, "properties": properties, "oneOf": one_of}


def chain() -> dict[str, Any]:
    """The schema of a variant's options: one transformation, or several in a list."""
    step = {"$ref": "#/components/schemas/Transformation"}
    return {"anyOf": [step, {"type": "array", "items": step, "minItems": 1, "maxItems": LONGEST_CHAIN}]}


def _properties(options: Iterable[Option]) -> dict[str, Any]:
    return {name: _described(option) for option in options for name in (option.name, *option.aliases)}


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
