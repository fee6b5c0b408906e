"""What a DICOMweb client accepts, and bodies in parts (PS3.18 8.7). Pure: no Flask, no files."""

import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

EXPLICIT_LE = "1.2.840.10008.1.2.1"
OCTETS = "application/octet-stream"
DICOM = "application/dicom"
DICOM_JSON = "application/dicom+json"

# PS3.18 tables 8.7.3-2 to 8.7.3-5, by the last part of 1.2.840.10008.1.2.*
_MEDIA = {
    **dict.fromkeys(
        [f"4.{process}" for process in (*range(50, 67), 70)],
        "image/jpeg",
    ),
    "5": "image/dicom-rle",
    **dict.fromkeys(("4.80", "4.81"), "image/jls"),
    **dict.fromkeys(("4.90", "4.91"), "image/jp2"),
    **dict.fromkeys(("4.92", "4.93"), "image/jpx"),
    **dict.fromkeys(("4.201", "4.202", "4.203"), "image/jphc"),
    **dict.fromkeys(("4.110", "4.111", "4.112"), "image/jxl"),
    **dict.fromkeys(("4.100", "4.100.1", "4.101", "4.101.1"), "video/mpeg"),
    **dict.fromkeys(("4.102", "4.102.1", "4.103", "4.103.1", "4.104", "4.104.1", "4.105", "4.105.1"), "video/mp4"),
    **dict.fromkeys(("4.106", "4.106.1", "4.107", "4.108"), "video/mp4"),
}


def media_type(transfer_syntax: str) -> str:
    """How pixel data of the syntax is called on the web; `application/octet-stream` for uncompressed and unlisted ones."""
    return _MEDIA.get(transfer_syntax.removeprefix("1.2.840.10008.1.2."), OCTETS)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One alternative that the client accepts. `syntax` is None when not said, `*` for any."""

    media: str
    multipart: bool = False
    syntax: str | None = None

    def takes(self, media: str) -> bool:
        kind = self.media.split("/")[0]
        return self.media in (media, "*/*") or (self.media.endswith("/*") and media.startswith(f"{kind}/"))


_WORD = r"[^\s;,=\"]+"
_PARAMETER = re.compile(rf"\s*;\s*({_WORD})\s*=\s*(\"(?:[^\"\\]|\\.)*\"|[^;,]*)")
_MEDIA_RANGE = re.compile(rf"\s*({_WORD})")


def accepted(header: str, query: Iterable[str] = ()) -> list[Wanted]:
    """The alternatives, best first. `accept` in the query stands before the header (PS3.18 8.3.3.1).

    Forgiving, because clients are: `type` with or without quotes, blanks anywhere, unknown parameters; who says nothing takes anything.
    None where everything that is named is refused (`q=0`).
    """
    graded: list[tuple[float, Wanted]] = []
    for text in (*query, header):
        graded += sorted(_alternatives(text), key=lambda item: -item[0])
        if graded:
            break
    return [wanted for q, wanted in graded if q > 0] if graded else [Wanted("*/*")]


def _alternatives(text: str) -> Iterator[tuple[float, Wanted]]:
    at = 0
    while at < len(text):
        found = _MEDIA_RANGE.match(text, at)
        if found is None:
            at += 1
            continue
        media, at = found[1].lower(), found.end()
        named: dict[str, str] = {}
        while parameter := _PARAMETER.match(text, at):
            named[parameter[1].lower()] = parameter[2].strip().strip('"').strip()
            at = parameter.end()
        at = (text.find(",", at) + 1) or len(text)
        yield _quality(named.get("q")), _wanted(media, named)


def _wanted(media: str, named: dict[str, str]) -> Wanted:
    syntax = named.get("transfer-syntax") or None
    if media == "multipart/related":
        return Wanted(named.get("type", "*/*").lower() or "*/*", True, syntax)
    return Wanted(media, media == "multipart/*", syntax)


def _quality(text: str | None) -> float:
    try:
        return 1.0 if text is None else float(text)
    except ValueError:
        return 1.0


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart answer; `body` is read only when it is its turn."""

    content_type: str
    body: Iterable[bytes]
    location: str = ""


def new_boundary() -> str:
    return f"teleconsult-{secrets.token_hex(12)}"


def multipart_type(media: str, boundary: str) -> str:
    return f'multipart/related; type="{media}"; boundary={boundary}'


def multipart(parts: Iterable[Part], boundary: str) -> Iterator[bytes]:
    """The body, piece by piece (RFC 2387). `Content-Type` is spelled so: some clients look for exactly that."""
    for part in parts:
        head = f"\r\n--{boundary}\r\nContent-Type: {part.content_type}\r\n"
        if part.location:
            head += f"Content-Location: {part.location}\r\n"
        yield f"{head}\r\n".encode()
        yield from part.body
    yield f"\r\n--{boundary}--\r\n".encode()


def byte_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a single `bytes=` range; None when there is none to honour (RFC 9110 14.2: then answer whole).

    ValueError when it lies outside: 416.
    """
    found = re.fullmatch(r"\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", header)
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        first, last = max(size - int(found[2]), 0), size - 1
    else:
        first, last = int(found[1]), min(int(found[2]) if found[2] else size - 1, size - 1)
    if first > last or first >= size:
        raise ValueError(f"bytes {found[1]}-{found[2]} of {size}")
    return first, last
