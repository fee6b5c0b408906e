"""Answers: a pydantic model as JSON, with an ETag where a page asks again and again, gzip where it pays."""

import gzip
import hashlib
from functools import cache
from typing import Any

from flask import Flask, Response, request
from pydantic import BaseModel, ConfigDict, field_validator

_WORTH_ZIPPING = 1400
_ZIPPED = ("application/json", "application/dicom+json", "application/problem+json")


class Model(BaseModel):
    """What goes out and comes in. Unknown fields in a request are an error: a misspelt one must not be dropped in silence.

    So is a NUL in a text: no person types one, and PostgreSQL keeps none.
    """

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _no_nul(cls, value: Any) -> Any:
        if isinstance(value, str) and "\0" in value:
            raise ValueError("a text without NUL is needed")
        return value

    @classmethod
    def model_json_schema(cls, *words: Any, **named: Any) -> dict[str, Any]:
        """flask-openapi3 asks for it at each request that has a query, which is a twentieth of what a page of the worklist costs."""
        return super().model_json_schema(*words, **named) if words or named else _schema(cls)


@cache
def _schema(model: type[Model]) -> dict[str, Any]:
    return super(Model, model).model_json_schema()


class Done(Model):
    """It is done; there is nothing to say."""

    ok: bool = True


def answer(model: BaseModel, status: int = 200) -> Response:
    return Response(model.model_dump_json(), status, mimetype="application/json")


def answer_if_changed(model: BaseModel) -> Response:
    """As `answer`, with an ETag: the browser that has it already gets 304 and no body."""
    body = model.model_dump_json()
    response = Response(body, mimetype="application/json")
    response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:32])
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response


def install(app: Flask) -> None:
    app.after_request(_finish)


def _finish(response: Response) -> Response:
    if request.path.startswith("/api/") and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    zippable = (
        response.mimetype in _ZIPPED and not response.direct_passthrough and "Content-Encoding" not in response.headers
    )
    if takes_gzip and zippable and not response.is_streamed and response.status_code == 200:
        body: Any = response.get_data()
        if len(body) > _WORTH_ZIPPING:
            response.set_data(gzip.compress(body, 5))
            response.headers["Content-Encoding"] = "gzip"
            response.vary.add("Accept-Encoding")
    return response
