"""A user's browser as far as the main job needs one: a cookie, the CSRF token, JSON in and out. Standard library only."""

from __future__ import annotations

import gzip
import http.client
import json
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, NamedTuple
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said."""

    status: int
    media_type: str
    body: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        """The body as JSON, unpacked when it came gzipped."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The problem's code, or nothing."""
        return str(self.json.get("code", "")) if "json" in self.media_type else ""

    def first_part(self) -> bytes:
        """The first part of a multipart answer (RFC 2387); the whole body when it has no parts."""
        if not self.media_type.startswith("multipart/"):
            return self.body
        return _exact(self.body, self.headers["content-type"])


def _exact(body: bytes, content_type: str) -> bytes:
    """The octets of the first part; the e-mail parser would change line ends within pixels."""
    message = EmailMessage()
    message["Content-Type"] = content_type
    mark = b"--" + str(message["Content-Type"].params["boundary"]).encode()
    start = body.index(b"\r\n\r\n", body.index(mark)) + 4
    return body[start : body.index(b"\r\n" + mark, start)]


class Unexpected(Exception):
    """The server answered something else than the walk needs."""


class Door(NamedTuple):
    """Where the server is; `trust` its own certificate and no other, where it speaks TLS."""

    url: str
    trust: ssl.SSLContext | None = None


class Browser:
    """One user's session with one server, which is known by its certificate where that is given."""

    def __init__(self, url: str, trust: ssl.SSLContext | None = None) -> None:
        self._parts, self._trust = urlsplit(url), trust
        self._cookie, self._csrf = "", ""

    def ask(self, method: str, path: str, content: Any = None, accept: str = "application/json") -> Answer:
        """One request; any status is an answer."""
        headers = {"Accept": accept}
        if self._cookie:
            headers["Cookie"] = self._cookie
        if method != "GET":
            headers["X-CSRF-Token"] = self._csrf
        sent = None
        if content is not None:
            sent, headers["Content-Type"] = json.dumps(content).encode(), "application/json"
        connection = self._connection()
        try:
            connection.request(method, path, sent, headers)
            response = connection.getresponse()
            return self._taken(response)
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "127.0.0.1", self._parts.port
        if self._parts.scheme == "https":
            return http.client.HTTPSConnection(host, port or 443, timeout=60, context=self._trust)
        return http.client.HTTPConnection(host, port or 80, timeout=60)

    def _taken(self, response: http.client.HTTPResponse) -> Answer:
        headers = {name.lower(): value for name, value in response.getheaders()}
        for value in response.headers.get_all("Set-Cookie") or ():
            if value.startswith("tc_session="):
                self._cookie = value.split(";", 1)[0]
        body = response.read()
        if headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        return Answer(response.status, headers.get("content-type", "").split(";")[0].strip(), body, headers)

    def get(self, path: str, accept: str = "application/json") -> Answer:
        """A GET that must succeed."""
        return _good(self.ask("GET", path, accept=accept), path)

    def post(self, path: str, content: Any = None) -> Any:
        """A POST that must succeed; its JSON."""
        return _good(self.ask("POST", path, {} if content is None else content), path).json

    def put(self, path: str, content: Any) -> Any:
        """A PUT that must succeed; its JSON."""
        return _good(self.ask("PUT", path, content), path).json

    def patch(self, path: str, content: Any) -> Any:
        """A PATCH that must succeed; its JSON."""
        return _good(self.ask("PATCH", path, content), path).json

    def login(self, login: str, password: str) -> Any:
        """Sign in; who that is."""
        me = self.post("/api/login", {"login": login, "password": password})
        self._csrf = me["csrf"]
        return me


def _good(answer: Answer, path: str) -> Answer:
    if not 200 <= answer.status < 300:
        raise Unexpected(f"{path}: {answer.status} {answer.code or answer.body[:200]!r}")
    return answer
