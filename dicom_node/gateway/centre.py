"""The way to the centre: JSON and chunks over one kept connection of each sending thread. Every failure has a code that the page explains."""

from __future__ import annotations

import hashlib
import http.client
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from dicom_node.gateway.config import Config, bytes_per_second
from teleconsult import __version__
from teleconsult.kernel.clock import SystemClock

_SLICE = 16 << 10
_ANSWER_BYTES = 4 << 20
_CLOSED = (
    http.client.RemoteDisconnected, ConnectionResetError, ConnectionAbortedError, BrokenPipeError, ssl.SSLEOFError,
    ssl.SSLZeroReturnError,
)  # fmt: skip
"""How a connection fails that the other end closed while nothing was said on it."""


class LineDown(Exception):
    """Nothing can be sent at present, whatever it is. `code` is line.…, centre.… or token.…; it is tried again for ever."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail


class TimedOut(LineDown):
    """No answer in time, `line.timeout`: nothing at all is carried, or less than was asked for."""


class Answered(Exception):
    """The centre has refused this one request; what it is about must change."""

    def __init__(self, status: int, code: str, params: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code, self.params = status, code, params


class Pace:
    """What may be sent when: a limit in bytes per second by the time of day, shared by all sending threads."""

    def __init__(self, limits: tuple[str, ...]) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._free_at = time.monotonic()
        self.ahead_seconds = 0.0  # of the centre's clock before ours: a wrong clock here must not move the window

    def rate(self) -> int | None:
        """Bytes a second that may go now; None: as many as can."""
        now = SystemClock().now().timestamp() + self.ahead_seconds
        local = datetime.fromtimestamp(now).astimezone()
        return bytes_per_second(self._limits, local.hour * 60 + local.minute)

    def wait_for(self, size: int) -> None:
        """Return when `size` more bytes may go."""
        if (rate := self.rate()) is None:
            return
        with self._lock:
            begins = max(self._free_at, time.monotonic())
            self._free_at = begins + size / rate
        time.sleep(max(0.0, begins - time.monotonic()))


class Centre:
    """One connection to the centre, made when it is needed. Not shared between threads; `pace` is."""

    def __init__(self, config: Config, pace: Pace) -> None:
        self._config, self._pace = config, pace
        self._parts = urlsplit(config.url)
        self._connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """JSON there and back. LineDown or Answered."""
        content = None if body is None else json.dumps(body).encode()
        return self._exchange(method, path, content, {"Content-Type": "application/json"}, paced=False)

    def put_chunk(self, path: str, content: bytes, digest: str, *, deflated: bool, urgent: bool) -> dict[str, Any]:
        """A chunk as it travels; `digest` is of what it is when unpacked. What is urgent keeps no pace."""
        headers = {"Content-Type": "application/octet-stream", "X-Chunk-SHA256": digest}
        if deflated:
            headers["Content-Encoding"] = "deflate"
        return self._exchange("PUT", path, content, headers, paced=not urgent)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _drop(self) -> None:
        """Close, and have the system forget what it still holds of ours: on a slow line that would be sent for minutes, in the way of all that follows."""
        line = self._connection.sock if self._connection is not None else None
        if line is not None:
            with suppress(OSError):
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def _exchange(
        self, method: str, path: str, content: bytes | None, headers: dict[str, str], paced: bool
    ) -> dict[str, Any]:
        try:
            status, kind, answer = self._once(method, path, content, headers, paced)
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, TimeoutError):
                self._drop()
                raise TimedOut(_code_of(error), str(error)) from error
            self.close()
            raise LineDown(_code_of(error), str(error)) from error
        except LineDown:
            self.close()
            raise
        return _understood(status, kind, answer)

    def _once(
        self, method: str, path: str, content: bytes | None, headers: dict[str, str], paced: bool
    ) -> tuple[int, str, bytes]:
        sent = {
            **headers, "Authorization": f"Bearer {self._config.token}", "Accept": "application/json",
            "User-Agent": f"teleconsult-gateway/{__version__}", "Content-Length": str(len(content or b"")),
        }  # fmt: skip
        answer = self._asked(method, self._parts.path.rstrip("/") + path, content, sent, paced)
        found = answer.read(_ANSWER_BYTES)
        if answer.will_close:
            self.close()
        return answer.status, answer.headers.get_content_type(), found

    def _asked(
        self, method: str, path: str, content: bytes | None, headers: dict[str, str], paced: bool
    ) -> http.client.HTTPResponse:
        """The answer as it begins. A kept connection that the centre has closed since its last answer says nothing of the line: the request goes
        once more, over a new one. Any request of ours may come twice: the centre knows files by their digest, chunks by their place,
        and keeps of reports the last."""
        kept = self._connection is not None
        for again in (kept, False):
            connection = self._open()
            try:
                connection.request(method, path, self._slowly(content) if content and paced else content, headers)
                return connection.getresponse()
            except _CLOSED:
                self.close()
                if not again:
                    raise
        raise AssertionError("the second try answers or raises")

    def _open(self) -> http.client.HTTPConnection:
        if self._connection is None:
            host, port, seconds = self._parts.hostname or "", self._parts.port, self._config.answer_seconds
            if self._parts.scheme == "https":
                context = _pinned_context() if self._config.pin else ssl.create_default_context()
                secure = http.client.HTTPSConnection(host, port, timeout=seconds, context=context)
                secure.connect()
                self._check_pin(secure.sock)
                self._connection = secure
            else:
                self._connection = http.client.HTTPConnection(host, port, timeout=seconds)
                self._connection.connect()
            self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._connection

    def _check_pin(self, line: Any) -> None:
        if self._config.pin and hashlib.sha256(line.getpeercert(True)).hexdigest() != self._config.pin:
            line.close()
            raise LineDown("line.pin", "another certificate than the one of the setup link")

    def _slowly(self, content: bytes) -> Iterator[bytes]:
        for at in range(0, len(content), _SLICE):
            piece = content[at : at + _SLICE]
            self._pace.wait_for(len(piece))
            yield piece


def _pinned_context() -> ssl.SSLContext:
    """For a made certificate: nobody vouches for it but the digest in the setup link, which is compared after the handshake."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _understood(status: int, kind: str, content: bytes) -> dict[str, Any]:
    if not kind.endswith("json"):  # a portal's page, a proxy's page: somebody else has answered
        raise LineDown("centre.other" if status < 500 else "centre.away", f"HTTP {status} {kind}")
    try:
        found = json.loads(content)
    except ValueError:
        raise LineDown("line.broken", "half an answer") from None
    if status < 300 and isinstance(found, dict):
        return found
    code = str(found.get("code", "")) if isinstance(found, dict) else ""
    if status in (401, 403):
        raise LineDown("token.refused", code)
    if status >= 500 or status == 429:
        raise LineDown("centre.full" if code == "storage.full" else "centre.busy", code)
    raise Answered(status, code or f"http.{status}", found.get("params", {}) if isinstance(found, dict) else {})


def _code_of(error: Exception) -> str:
    """What a technician can look at, as far as the fault tells."""
    for kind, code in (
        (ssl.SSLCertVerificationError, "line.certificate"),
        (ssl.SSLError, "line.tls"),
        (socket.gaierror, "line.dns"),
        (ConnectionRefusedError, "line.refused"),
        (TimeoutError, "line.timeout"),
    ):
        if isinstance(error, kind):
            return code
    return "line.unreachable" if getattr(error, "errno", None) in (101, 113) else "line.broken"
