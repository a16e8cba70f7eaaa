"""What the OpenAPI document says of each call: keyword arguments of ``extend_schema``."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
META: Schema = {"type": "object", "additionalProperties": True, "description": "At most 1024 bytes as compact JSON."}
FORM_META: Schema = {
    "type": "string",
    "description": "A JSON object as text. Fields metadata.key=value and metadata[key]=value are understood too.",
}
CUSTOM_ID: Schema = {"type": "string", "maxLength": 1024, "description": "Your own id; it may hold slashes."}
SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
POINT: Schema = {
    "type": "object",
    "required": ["x", "y"],
    "properties": {"x": SHARE, "y": SHARE},
    "additionalProperties": False,
}
POINT_HELP = (
    "Where the middle of a cut-out should lie, in shares from the left and from the top of the upright picture; wins "
    "where gravity looks at pixels (an extension)."
)
FORM_FIELDS: Schema = {
    "id": CUSTOM_ID,
    "metadata": FORM_META,
    "requireSignedURLs": FLAG,
    "creator": TEXT,
    "focalPoint": {"type": "string", "description": f'JSON as text, {{"x": 0.3, "y": 0.7}}. {POINT_HELP}'},
}


def ref(name: str) -> Schema:
    """A schema from the list of components (see openapi.py)."""
    return {"$ref": f"#/components/schemas/{name}"}


def _object(required: list[str] | None = None, /, **properties: Schema) -> Schema:
    found: Schema = {"type": "object", "properties": properties}
    return {**found, "required": required} if required else found


def _envelope(result: Schema, info: Schema | None = None) -> Schema:
    parts = [ref("Envelope"), _object(["result"], result=result)]
    return {"allOf": [*parts, _object(result_info=info)] if info else parts}


def _call(summary: str, tag: str, result: Schema, **more: Any) -> dict[str, Any]:
    responses = {
        200: OpenApiResponse(_envelope(result, more.pop("info", None))),
        "4XX": OpenApiResponse(ref("Failure"), description="Refused; errors says why."),
    }
    return {"summary": summary, "tags": [tag], "responses": responses, **more}


def _query(name: str, description: str, kind: Any = OpenApiTypes.STR, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, kind, OpenApiParameter.QUERY, description=description, **more)


IMAGE, KEYS = ref("Image"), _object(keys={"type": "array", "items": ref("SigningKey")})
VARIANT = _object(variant=ref("Variant"))
NOTHING: Schema = {"type": "object"}
PURGED = _object(purged={"type": "integer", "description": "How many renditions went."})
IMAGE_LIST: Schema = {"type": "array", "items": IMAGE}
ISSUED = _object(["id", "uploadURL"], id=TEXT, uploadURL={"type": "string", "format": "uri"})
FILE: Schema = {"type": "string", "format": "binary"}
PAGE_INFO = _object(
    **{name: {"type": "integer"} for name in ("page", "per_page", "count", "total_count")},
)
EXPIRY: Schema = {"type": "string", "format": "date-time", "description": "2 minutes to 6 hours ahead."}
UPLOAD_FORM = _object(file=FILE, url={"type": "string", "format": "uri"}, **FORM_FIELDS)
BY_CREATOR = _query("creator", "Exactly this creator; empty for images without one.", allow_blank=True)

UPLOAD = _call("Upload an image", "Images", IMAGE, request={"multipart/form-data": UPLOAD_FORM})
LIST_V1 = _call(
    "List images by page number",
    "Images",
    _object(images=IMAGE_LIST),
    info=PAGE_INFO,
    deprecated=True,
    operation_id="list_images_by_page",
    parameters=[
        _query("page", "From 1.", OpenApiTypes.INT, default=1),
        _query("per_page", "1 to 100.", OpenApiTypes.INT, default=50),
        BY_CREATOR,
    ],
)
LIST_V2 = _call(
    "List images",
    "Images",
    _object(images=IMAGE_LIST, continuation_token={"type": ["string", "null"]}),
    parameters=[
        _query("continuation_token", "From the answer before."),
        _query("per_page", "1 to 1000.", OpenApiTypes.INT, default=1000),
        _query("sort_order", "By the time of upload.", enum=["asc", "desc"], default="desc"),
        BY_CREATOR,
        _query("prefix", "Only ids that begin so (an extension)."),
        _query(
            "meta.{field}[{operator}]",
            "A condition on metadata, at most 5: eq, in (values separated by |), gt, gte, lt, lte; each also with "
            ":string, :number or :boolean, as eq:number.",
        ),
    ],
)
GET_IMAGE = _call("Get an image", "Images", IMAGE)
EDIT_IMAGE = _call(
    "Edit an image",
    "Images",
    IMAGE,
    request={
        "application/json": _object(
            metadata=META,
            requireSignedURLs=FLAG,
            creator={"type": ["string", "null"]},
            focalPoint={"description": f"null removes it. {POINT_HELP}", "anyOf": [POINT, {"type": "null"}]},
        )
    },
)
DELETE_IMAGE = _call("Delete an image", "Images", NOTHING)
BLOB = _call(
    "Download the original",
    "Images",
    NOTHING,
)
BLOB["responses"] = {(200, "image/*"): OpenApiTypes.BINARY, "4XX": BLOB["responses"]["4XX"]}

ISSUE = _call(
    "Issue a one-time upload URL",
    "Direct upload",
    ISSUED,
    request={
        "multipart/form-data": _object(expiry=EXPIRY, **FORM_FIELDS),
        "application/json": _object(
            expiry=EXPIRY, **{**FORM_FIELDS, "metadata": META, "focalPoint": {**POINT, "description": POINT_HELP}}
        ),
    },
)
RECEIVE = _call(
    "Upload to a one-time URL",
    "Direct upload",
    IMAGE,
    request={"multipart/form-data": _object(["file"], file=FILE)},
    parameters=[_query("t", "The token of the URL.", required=True)],
    auth=[],
)

LIST_KEYS = _call("List signing keys", "Signing keys", KEYS)
PUT_KEY = _call("Make a signing key", "Signing keys", KEYS, request=None)
DELETE_KEY = _call("Delete a signing key", "Signing keys", KEYS)

VARIANT_MAP: Schema = {"type": "object", "additionalProperties": ref("Variant")}
VARIANT_BODY = _object(["options"], options=ref("VariantOptions"), neverRequireSignedURLs=FLAG)
NEW_VARIANT = _object(["id", "options"], id=TEXT, options=ref("VariantOptions"), neverRequireSignedURLs=FLAG)
LIST_VARIANTS = _call("List variants", "Variants", _object(variants=VARIANT_MAP), operation_id="list_variants")
CREATE_VARIANT = _call("Make a variant", "Variants", VARIANT, request={"application/json": NEW_VARIANT})
GET_VARIANT = _call("Get a variant", "Variants", VARIANT)
EDIT_VARIANT = _call("Edit a variant", "Variants", VARIANT, request={"application/json": VARIANT_BODY})
DELETE_VARIANT = _call("Delete a variant", "Variants", NOTHING)

PURGE_IMAGE = _call("Purge the renditions of an image", "Purge", PURGED)
PURGE_VARIANT = _call("Purge the renditions of a variant", "Purge", PURGED)
PURGE_ACCOUNT = _call("Purge all renditions", "Purge", PURGED, operation_id="purge_account")

ORIGINS = _object(origins={"type": "array", "items": ref("Origin")})
NEW_ORIGIN = _object(
    ["host"],
    host={"type": "string", "description": "media.example.com, or *.example.com for the root and all below it."},
    path_prefix={"type": "string", "description": "What paths must begin with, such as /media/."},
)
ORIGIN_TAG = "Transform by URL"
LIST_ORIGINS = _call("List allowed origins", ORIGIN_TAG, ORIGINS, operation_id="list_origins")
CREATE_ORIGIN = _call("Allow an origin", ORIGIN_TAG, ref("Origin"), request={"application/json": NEW_ORIGIN})
DELETE_ORIGIN = _call("Allow an origin no longer", ORIGIN_TAG, NOTHING)
PURGE_URL = _call(
    "Forget a picture of another origin",
    ORIGIN_TAG,
    PURGED,
    operation_id="purge_url",
    parameters=[_query("url", "Its URL.", required=True)],
)

COUNTS = _object(count=_object(allowed={"type": "integer"}, current={"type": "integer"}))
STATS = _call("Count images", "Account", COUNTS)
GET_CONFIG = _call("Get the settings of the account", "Account", ref("Config"))
EDIT_CONFIG = _call(
    "Change settings of the account", "Account", ref("Config"), request={"application/json": ref("Config")}
)
BATCH_TOKEN = _call(
    "Get a token for the batch host",
    "Account",
    _object(["token", "expiresAt"], token=TEXT, expiresAt={"type": "string", "format": "date-time"}),
)
