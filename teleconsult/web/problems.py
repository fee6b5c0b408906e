"""Refusals as HTTP: application/problem+json (RFC 9457) with the stable code that the user interface translates."""

import json
import logging
from collections.abc import Mapping
from typing import Any, Final

from flask import Flask, Response, request
from gunicorn.http.errors import ChunkMissingTerminator, InvalidChunkExtension, InvalidChunkSize, NoMoreData
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.kernel.values import new_id

log = logging.getLogger(__name__)

STATUS: Final[Mapping[Meaning, int]] = {
    Meaning.ABSENT: 404,
    Meaning.FORBIDDEN: 403,
    Meaning.CONFLICT: 409,
    Meaning.INVALID: 422,
    Meaning.BUSY: 503,
}


def problem(status: int, code: str, detail: str = "", params: Mapping[str, Any] | None = None) -> Response:
    """One problem document."""
    content = {
        "type": "about:blank",
        "title": code,
        "status": status,
        "code": code,
        "detail": detail,
        "params": dict(params or {}),
    }
    response = Response(json.dumps(content, ensure_ascii=False), status, mimetype="application/problem+json")
    if status == 503:
        response.headers["Retry-After"] = "2"
    return response


def refused(refusal: Refused) -> Response:
    if refusal.meaning is Meaning.BUSY or refusal.code == "blob.absent":
        log.warning("%s", refusal)  # names hosts and files of the installation: for its log, not for whoever asked
        return problem(STATUS[refusal.meaning], refusal.code, "", refusal.params)
    return problem(STATUS[refusal.meaning], refusal.code, refusal.detail, refusal.params)


def not_understood(error: ValidationError) -> Response:
    """A request whose JSON, path or query does not fit its model. Names the fields, repeats no value."""
    fields = [".".join(str(part) for part in item["loc"]) or "body" for item in error.errors()]
    return problem(
        422, "request.invalid", "; ".join(item["msg"] for item in error.errors())[:500], {"fields": ", ".join(fields)}
    )


def install(app: Flask) -> None:
    """Every failure leaves as a problem document, never as a stack trace."""
    app.register_error_handler(Refused, refused)
    app.register_error_handler(ValidationError, not_understood)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(RecursionError, lambda _: problem(400, "request.malformed", "nested too deeply"))
    for torn in (NoMoreData, InvalidChunkSize, InvalidChunkExtension, ChunkMissingTerminator):
        app.register_error_handler(torn, lambda _: problem(400, "request.malformed", "the body is not whole"))
    app.register_error_handler(Exception, _unexpected)


def code_of(status: int) -> str:
    """The code of a failure that werkzeug or gunicorn found before anybody of ours was asked."""
    names = {
        400: "request.malformed",
        401: "session.absent",
        404: "page.absent",
        405: "request.method",
        406: "request.not_acceptable",
        413: "request.too_large",
        414: "request.address_too_long",
        415: "request.media_type",
        416: "request.range",
        417: "request.malformed",
        431: "request.headers_too_large",
        500: "internal",
        501: "request.malformed",
    }
    return names.get(status, f"http.{status}")


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    answer = problem(status, code_of(status), error.description or "")
    for name, value in error.get_headers():
        if name in ("Allow", "Content-Range", "Retry-After"):  # what the client needs to ask better
            answer.headers[name] = value
    return answer


def _unexpected(error: Exception) -> Response:
    """The shell's boundary: whatever nobody foresaw is logged under a number that the user can pass on."""
    number = new_id()[-8:]
    log.error("unexpected failure %s at %s %s", number, request.method, request.path, exc_info=error)
    return problem(500, "internal", "", {"number": number})


def document(status: int) -> bytes:
    """A whole answer from outside of the application, after which the connection is closed. Repeats nothing of what was asked."""
    params = {"number": new_id()[-8:]} if status == 500 else {}
    if params:
        log.error("failure %s outside of the application", params["number"])
    response = problem(status, code_of(status), "", params)
    response.headers["Connection"] = "close"
    head = "".join(f"{name}: {value}\r\n" for name, value in response.headers)
    return f"HTTP/1.1 {response.status}\r\n{head}\r\n".encode("latin-1") + response.get_data()
