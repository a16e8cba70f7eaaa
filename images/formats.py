"""What a file is, by its first bytes: the name it came with and the type a client claims decide nothing."""

import zlib

from images.errors import NotAnImage

HEAD_BYTES = 4096
MIMES = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "avif": "image/avif",
    "heic": "image/heic",
    "svg": "image/svg+xml",
}
ACCEPTED = "JPEG, PNG, WebP, GIF, AVIF, HEIC or SVG"
AVIF_BRANDS = frozenset({b"avif", b"avis"})
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})


def format_of(head: bytes) -> str:
    """A key of ``MIMES`` for a file that begins with ``head`` (its first ``HEAD_BYTES``). Raises ``NotAnImage``."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        return _of_brands(head)
    if _is_svg(head):
        return "svg"
    raise NotAnImage(f"The file is not a picture of a format that is accepted. Upload {ACCEPTED}.")


def _of_brands(head: bytes) -> str:
    """AVIF and HEIC share a container; the major brand or one of the compatible brands tells them apart."""
    size = min(int.from_bytes(head[:4], "big"), len(head))
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, size - 3, 4))}
    if brands & AVIF_BRANDS:
        return "avif"
    if brands & HEIC_BRANDS:
        return "heic"
    raise NotAnImage(f"The file is a film or another ISO media file, not a picture. Upload {ACCEPTED}.")


def _is_svg(head: bytes) -> bool:
    if head.startswith(b"\x1f\x8b"):
        head = _inflated(head)
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = head.decode("utf-16" if wide else "utf-8-sig", errors="replace").lstrip()
    # After a declaration and long comments the root may stand anywhere: whoever reads it all will see.
    return text.startswith(("<?xml", "<!--")) or (text.startswith("<") and ("<svg" in text or ":svg" in text))


def _inflated(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(head, HEAD_BYTES)
    except zlib.error:
        return b""
