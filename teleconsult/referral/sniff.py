"""What a file is, by its own bytes: names and what a browser claims are not believed. Pure.

Only kinds that a browser never runs are taken in: a page, a drawing with scripts or a program is refused.
"""

import io
import zipfile
from collections.abc import Mapping
from typing import Final

from teleconsult.kernel.errors import invalid

HEAD: Final = 4096
"""So many bytes of the beginning are looked at; an Office document's list of contents is at the end."""

SUFFIXES: Final[Mapping[str, tuple[str, ...]]] = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "image/bmp": (".bmp",),
    "image/tiff": (".tif", ".tiff"),
    "image/heic": (".heic", ".heif"),
    "text/plain": (".txt", ".csv"),
    "video/mp4": (".mp4", ".m4v", ".mov"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (".pptx",),
}
"""Media type → the endings that its files may have, the usual one first."""

SHOWN: Final = frozenset({"application/pdf", "image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp"})
"""What a browser may show in its own place; everything else is only saved."""

_MAGIC: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
)
_BRANDS: Final = {b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heic", b"msf1": "image/heic"}
_OFFICE: Final = {
    "word/": "wordprocessingml.document",
    "xl/": "spreadsheetml.sheet",
    "ppt/": "presentationml.presentation",
}
_MACROS: Final = ("vbaproject.bin", "activex", ".exe", ".js", ".vbs")


def media_type(source: io.BufferedIOBase | io.RawIOBase | io.BytesIO) -> str:
    """The media type of an open, seekable file; it stands at its beginning afterwards. INVALID `attachment.type` for what is
    not taken in, `attachment.empty` for nothing."""
    source.seek(0)
    head = source.read(HEAD) or b""
    if not head:
        raise invalid("attachment.empty")
    found = _by_beginning(head)
    if found is None and head.startswith(b"PK\x03\x04"):
        found = _office(source)
    source.seek(0)
    if found is None and _is_text(head):
        found = "text/plain"
    if found is None:
        raise invalid("attachment.type", "none of the kinds of file that are taken in")
    return found


def _by_beginning(head: bytes) -> str | None:
    for magic, found in _MAGIC:
        if head.startswith(magic):
            return found
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    return None


def _office(source: io.BufferedIOBase | io.RawIOBase | io.BytesIO) -> str | None:
    """An Office document of the newer kind, without programs in it."""
    try:
        with zipfile.ZipFile(source) as packed:
            names = [name.lower() for name in packed.namelist()[:10_000]]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return None
    if "[content_types].xml" not in names or any(name.endswith(_MACROS) or "activex" in name for name in names):
        return None
    for folder, kind in _OFFICE.items():
        if any(name.startswith(folder) for name in names):
            return f"application/vnd.openxmlformats-officedocument.{kind}"
    return None


def _is_text(head: bytes) -> bool:
    """Plain text in UTF-8 or GB18030: no control bytes, and nothing that a browser or a shell might take for a program."""
    if any((byte < 32 and byte not in (9, 10, 12, 13)) or byte == 127 for byte in head):
        return False
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<", b"#!", b"mz", b"{\\rtf")) or b"<script" in start or b"<html" in start:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            head[: len(head) - 4 if len(head) == HEAD else None].decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
