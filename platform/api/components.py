"""Schemas that the OpenAPI document refers to by name."""

from accounts.models import BROWSER_TTL_DEFAULT, BROWSER_TTL_RANGE
from api.schemas import FLAG, META, POINT, TEXT, Schema, ref
from variants.notation import schema as options

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
        "focalPoint": {**POINT, "description": "Only where one was set (an extension)."},
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
ORIGIN: Schema = {
    "type": "object",
    "required": ["id", "host", "path_prefix"],
    "properties": {"id": TEXT, "host": TEXT, "path_prefix": TEXT},
    "examples": [{"id": "1", "host": "*.example.net", "path_prefix": "/media/"}],
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
        "svg_rasterize": {**FLAG, "description": "Draw an SVG as pixels where a format of pixels is named."},
        "any_origin": {**FLAG, "description": "Transform pictures of every origin by their URL."},
        "fallback_image": {
            "type": "string",
            "maxLength": 1024,
            "description": "The id of a public image that is shown in the place of one that is missing or damaged.",
        },
        "fallback_status": {
            "type": "integer",
            "default": 200,
            "description": "Its HTTP status: 200 to 203 or 400 to 599; 0: the status of what went wrong.",
        },
        "policy_variant": {
            "type": "string",
            "maxLength": 99,
            "description": "The variant whose hiding options hold for everything that is delivered; empty: none.",
        },
        "segment_model": {
            "type": "string",
            "maxLength": 99,
            "description": "The model that finds the subject for segment and gravity=auto; empty: the usual one.",
        },
    },
}


def components() -> dict[str, Schema]:
    """All of them."""
    failure = {"properties": {"success": {"enum": [False]}}}
    return {
        "Envelope": ENVELOPE,
        "Failure": {"allOf": [ref("Envelope"), failure]},
        "Image": IMAGE,
        "SigningKey": {"type": "object", "required": ["name", "value"], "properties": {"name": TEXT, "value": TEXT}},
        "Variant": VARIANT,
        "VariantOptions": options.chain(),
        "Transformation": options.schema(),
        "Drawing": options.drawing(),
        "Origin": ORIGIN,
        "Config": CONFIG,
    }
