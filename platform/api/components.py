"""Schemas that the OpenAPI document refers to by name."""

from typing import Any

from accounts.models import BROWSER_TTL_DEFAULT, BROWSER_TTL_RANGE
from api.schemas import FLAG, META, TEXT, Schema, ref

CODED: Schema = {
    "type": "object",
    "required": ["code", "message"],
    "properties": {"code": {"type": "integer", "minimum": 1000}, "message": TEXT},
}
CODED_LIST: Schema = {"type": "array", "items": CODED}
ENVELOPE: Schema = {
    "type": "object",
    "required": ["success", "errors", "messages", "result"],
    "properties": {
        "success": FLAG,
        "errors": CODED_LIST,
        "messages": CODED_LIST,
        "result": {},
        "result_info": {"type": ["object", "null"]},
    },
}
IMAGE: Schema = {
    "type": "object",
    "required": ["id", "uploaded", "requireSignedURLs", "variants", "meta"],
    "properties": {
        "id": TEXT,
        "filename": {"type": "string", "maxLength": 255},
        "meta": META,
        "uploaded": {"type": "string", "format": "date-time"},
        "requireSignedURLs": FLAG,
        "variants": {"type": "array", "items": {"type": "string", "format": "uri"}},
        "creator": TEXT,
        "draft": {"type": "boolean", "enum": [True], "description": "Only while a direct upload has not arrived."},
    },
}
VARIANT: Schema = {
    "type": "object",
    "required": ["id", "options", "neverRequireSignedURLs"],
    "properties": {
        "id": {"type": "string", "pattern": "^[a-zA-Z0-9_-]{1,99}$"},
        "options": ref("VariantOptions"),
        "neverRequireSignedURLs": FLAG,
    },
}
CONFIG: Schema = {
    "type": "object",
    "properties": {
        "flexible_variants": FLAG,
        "browser_ttl": {
            "type": "integer",
            "minimum": BROWSER_TTL_RANGE[0],
            "maximum": BROWSER_TTL_RANGE[1],
            "default": BROWSER_TTL_DEFAULT,
        },
        "preserve_content_credentials": FLAG,
    },
}


def components(options: dict[str, Any]) -> dict[str, Schema]:
    """All of them; ``options`` is the schema of a variant's options."""
    failure = {"properties": {"success": {"enum": [False]}}}
    return {
        "Envelope": ENVELOPE,
        "Failure": {"allOf": [ref("Envelope"), failure]},
        "Image": IMAGE,
        "SigningKey": {"type": "object", "required": ["name", "value"], "properties": {"name": TEXT, "value": TEXT}},
        "Variant": VARIANT,
        "VariantOptions": options,
        "Config": CONFIG,
    }
