"""Names of images: made here, or chosen by the caller and checked here."""

import mimetypes
import re
import uuid

from images.errors import IdInvalid
from images.text import is_plain

LONGEST = 1024
"""Characters, not bytes."""

UUID_SHAPE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

NO_TEXT = "\ufffd"
"""What stands for bytes that are no UTF-8 after a form was read."""

# The API's own words at the place of an id; an id like them could never be asked for.
RESERVED = frozenset({"stats", "keys", "variants", "config", "batch_token", "direct_upload", "renditions", "origins"})
RESERVED_BEGINNINGS = ("keys/", "variants/", "origins/")
RESERVED_ENDINGS = ("/blob", "/renditions")

# The table within Python, not the machine's: the same id must be right or wrong everywhere.
TYPES = mimetypes.MimeTypes(filenames=()).types_map
IMAGE_WORDS = "apng avif avifs bmp gif heic heif ico jfif jp2 jpe jpeg jpg jxl pjp pjpeg png svg svgz tif tiff webp"
OTHER_WORDS = (
    "7z aac apk asp aspx bat bz2 cgi cmd dmg doc docm docx epub exe flac gz iso jar jsp kt lua m4a m4v map md mkv "
    "mp4 msi odp ods odt ogg ogv opus otf pdf php pl ppt pptx psd py rar rb rs rtf scss sh sql swf tgz ts ttf tsx txt "
    "vbs wasm wav wma wmv woff woff2 xls xlsm xlsx xml xz yaml yml zip"
)
IMAGE_EXTENSIONS, OTHER_EXTENSIONS = frozenset(IMAGE_WORDS.split()), frozenset(OTHER_WORDS.split())

INVALID = (
    "The Custom ID is invalid. Custom IDs can include 1024 characters or less, any number of subpaths, and support "
    "the UTF-8 encoding standard for characters. Enter a new Custom ID and try again: "
)


def make() -> str:
    """A new id: a random UUID."""
    return str(uuid.uuid4())


def is_custom(public_id: str) -> bool:
    """Whether somebody chose this id (generated ones are UUIDs, which nobody may choose)."""
    return not UUID_SHAPE.fullmatch(public_id)


def check(public_id: str) -> str:
    """``public_id`` as it stands, if an image may be called so; raises ``IdInvalid`` that says what is wrong."""
    reason = _fault(public_id)
    if reason:
        raise IdInvalid(INVALID + reason)
    return public_id


def _fault(public_id: str) -> str:
    if not 1 <= len(public_id) <= LONGEST:
        return f"Must have 1 to {LONGEST} characters"
    if not is_plain(public_id):
        return "Must not contain control characters"
    if NO_TEXT in public_id:
        return "Must be UTF-8"
    if not is_custom(public_id):
        return "Must not be UUID"
    if _extension_is_foreign(public_id):
        return "Must not use a non-image file name extension"
    return _fault_of_path(public_id)


def _fault_of_path(public_id: str) -> str:
    segments = public_id.split("/")
    if not segments[0] or not segments[-1]:
        return "Must not start or end with a slash"
    if any(segment in {"", ".", ".."} for segment in segments):
        return "Must not contain empty, '.' or '..' subpaths"
    if public_id in RESERVED or public_id.startswith(RESERVED_BEGINNINGS) or public_id.endswith(RESERVED_ENDINGS):
        return "Must not be a word of the API"
    return ""


def _extension_is_foreign(public_id: str) -> bool:
    stem, dot, extension = public_id.rpartition("/")[2].rpartition(".")
    word = extension.lower()
    if not stem or not dot or word in IMAGE_EXTENSIONS:
        return False
    kind = TYPES[1].get(f".{word}", "")
    return word in OTHER_EXTENSIONS or (kind != "" and not kind.startswith("image/"))
