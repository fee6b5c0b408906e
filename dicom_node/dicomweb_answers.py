"""DICOMweb answers as Flask sends them: problems, JSON, files in pieces, byte ranges, entity tags."""

import gzip
import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from flask import Response, request

from dicom_node import status
from dicom_node.dicomweb_media import DICOM_JSON, Part, accepted, byte_range, multipart, multipart_type, new_boundary
from teleconsult.imaging.pixels_fragments import Span
from teleconsult.imaging.pixels_values import Undecodable
from teleconsult.kernel.errors import Meaning, Refused, invalid

log = logging.getLogger(__name__)
_PIECE = 1 << 18
# Kept by the browser of who may see it, and asked about each time: after a conflict another picture may have the UID, and a rejected one
# is nobody's any more. Nothing is sent again that is the same (304).
_KEPT = "private, no-cache"


UNSAID = frozenset({"blob.absent"})
"""Refusals whose detail names a file of the store: for the log alone."""


def problem(refused: Refused) -> Response:
    """RFC 9457, with the stable code that the screens translate."""
    number = status.web_status(refused)
    if refused.meaning is Meaning.BUSY or refused.code in UNSAID:
        log.warning("%s", refused)  # names hosts and files: for the log alone
    content = {
        "type": "about:blank",
        "title": refused.code,
        "status": number,
        "code": refused.code,
        "detail": "" if refused.meaning is Meaning.BUSY or refused.code in UNSAID else refused.detail,
        "params": refused.params,
    }
    answer = Response(json.dumps(content, ensure_ascii=False), number, mimetype="application/problem+json")
    if number == 503:
        answer.headers["Retry-After"] = "2"
    return answer


def undecodable(error: Undecodable) -> Response:
    """A frame that is not there is absent; one that cannot be decoded has no acceptable form (PS3.18 10.4.1.1.1)."""
    code = 404 if error.code in ("pixels.frame_absent", "pixels.absent", "pixels.file_absent") else 406
    code = 400 if error.code == "pixels.region" else code
    detail = "" if error.code == "pixels.file_absent" else error.detail  # which names the file
    content = {"type": "about:blank", "title": error.code, "status": code, "code": error.code, "detail": detail}
    return Response(json.dumps({**content, "params": {}}), code, mimetype="application/problem+json")


def json_acceptable() -> None:
    """INVALID `dicomweb.not_acceptable` (406) for who takes no JSON."""
    wanted = accepted(request.headers.get("Accept", ""), request.args.getlist("accept"))
    if not any(each.takes(DICOM_JSON) or each.takes("application/json") for each in wanted):
        raise invalid("dicomweb.not_acceptable", f"answered as {DICOM_JSON}")


def found(results: Sequence[Any], warning: str = "") -> Response:
    """Search results: 204 when there are none (PS3.18 8.3.4.4)."""
    if not results:
        return Response(status=204)
    body = json.dumps(results, ensure_ascii=False, separators=(",", ":")).encode()
    answer = zipped(gzip.compress(body, 4), "")
    answer.headers["Cache-Control"] = "private, no-cache"
    if warning:
        answer.headers["Warning"] = f'299 {request.host} "{warning}"'
    return answer


def zipped(packed: bytes, tag: str) -> Response:
    """DICOM JSON that is kept gzipped: sent so where the client takes it. With a tag, 304 to whoever has it already."""
    takes = request.accept_encodings.quality("gzip") > 0
    answer = Response(packed if takes else gzip.decompress(packed), mimetype=DICOM_JSON)
    if takes:
        answer.headers["Content-Encoding"] = "gzip"
    answer.vary.update(("Accept-Encoding", "Accept"))
    if tag:
        answer.set_etag(f"{tag}-gz" if takes else tag)
        answer.headers["Cache-Control"] = "private, no-cache"  # a study under way grows: the tag tells
        answer.make_conditional(request)
    return answer


def known(tag: str) -> Response | None:
    """304 when the client has what `tag` names; asked before anything is read."""
    if not request.if_none_match.contains_weak(tag):
        return None
    answer = Response(status=304)
    return lasting(answer, tag)


def lasting(answer: Response, tag: str) -> Response:
    answer.set_etag(tag)
    answer.headers["Cache-Control"] = _KEPT
    answer.vary.update(
        ("Accept", "Cookie")
    )  # by the session: the next person at this browser is asked anew who they are
    return answer


def range_asked(tag: str) -> str:
    """The Range header, if it is to be honoured for the body that `tag` names: not where If-Range names another one (RFC 9110 13.1.5).
    A date never does, for nothing here says when it was modified."""
    if "If-Range" in request.headers and not (request.if_range.etag == tag and not _is_weak()):
        return ""
    return request.headers.get("Range", "")


def _is_weak() -> bool:
    return request.headers["If-Range"].strip().startswith("W/")


def bare(content: bytes, content_type: str, tag: str) -> Response:
    """One body, or the range of it that was asked for (RFC 9110 14); 304 to whoever has it."""
    if (kept := known(tag)) is not None:
        return kept
    try:
        wanted = byte_range(range_asked(tag), len(content))
    except ValueError as error:
        return _outside(error, len(content))
    body, code = (content, 200) if wanted is None else (content[wanted[0] : wanted[1] + 1], 206)
    answer = Response(body, code, content_type=content_type)
    if wanted is not None:
        answer.headers["Content-Range"] = f"bytes {wanted[0]}-{wanted[1]}/{len(content)}"
    answer.headers["Accept-Ranges"] = "bytes"
    return lasting(answer, tag)


def _outside(error: ValueError, size: int) -> Response:
    """416 for a range that lies outside, with the size that there is (RFC 9110 15.5.17)."""
    answer = problem(invalid("dicomweb.range", str(error)))
    answer.headers["Content-Range"] = f"bytes */{size}"
    return answer


def in_parts(parts: Iterable[Part], media: str, tag: str) -> Response:
    """multipart/related, one part in memory at a time."""
    boundary = new_boundary()
    answer = Response(multipart(parts, boundary), content_type=multipart_type(media, boundary))
    return lasting(answer, tag) if tag else answer


def streamed(produced: Iterator[bytes], content_type: str, tag: str) -> Response:
    """One body of unknown length. What is wrong with its first piece shows before the answer has begun."""
    if (kept := known(tag)) is not None:
        return kept
    first = next(produced)
    return lasting(Response(chain([first], produced), content_type=content_type), tag)


def pieces(path: Path, start: int = 0, length: int | None = None) -> Iterator[bytes]:
    """A file, or a stretch of it, in pieces of 256 KiB."""
    left = path.stat().st_size - start if length is None else length
    with path.open("rb") as source:
        source.seek(start)
        while left > 0 and (piece := source.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece


def stretches(path: Path, spans: Sequence[Span], first: int = 0, length: int | None = None) -> Iterator[bytes]:
    """Stretches of a file behind each other as one value, or `length` bytes of it from `first` on, in pieces."""
    left = sum(size for _, size in spans) - first if length is None else length
    for start, size in spans:
        skipped = min(first, size)
        first, taken = first - skipped, min(size - skipped, left)
        left -= taken
        yield from pieces(path, start + skipped, taken)


def whole_file(path: Path, content_type: str, tag: str) -> Response:
    """A file by itself, or a range of it; nothing of it is held in memory."""
    return of_file(path, [(0, path.stat().st_size)], content_type, tag)


def of_file(path: Path, spans: Sequence[Span], content_type: str, tag: str) -> Response:
    """Stretches of a file as one body, or a range of it; nothing of it is held in memory. 304 to whoever has it."""
    if (kept := known(tag)) is not None:
        return kept
    size = sum(length for _, length in spans)
    try:
        wanted = byte_range(range_asked(tag), size)
    except ValueError as error:
        return _outside(error, size)
    first, last = wanted or (0, size - 1)
    answer = Response(
        stretches(path, spans, first, last - first + 1), 206 if wanted else 200, content_type=content_type
    )
    answer.content_length = last - first + 1
    if wanted is not None:
        answer.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    answer.headers["Accept-Ranges"] = "bytes"
    return lasting(answer, tag)
