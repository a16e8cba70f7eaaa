"""JSON Schema of what ``notation/body.py`` takes."""

from typing import Any

from variants.options.option import Option
from variants.table import TABLE


def schema() -> dict[str, Any]:
    """The schema of a variant's options. Nested spellings of dotted names are named by their parts."""
    properties: dict[str, Any] = {}
    for option in TABLE.values():
        for name in (option.name, *option.aliases):
            properties[name] = _described(option)
    _nest(properties, "trim.border", "trim", "quality")
    return {"type": "object", "additionalProperties": False, "properties": properties}


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
