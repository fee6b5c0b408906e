"""The door before Socket.IO: nobody without a session, and never more open lines than there are threads for them.

An open WebSocket, or a waiting poll, holds one thread of this process. They are counted here, at the very front, so that
pages left open can never take the threads that requests need.
"""

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from teleconsult.access import ANYBODY, resume
from teleconsult.kernel.errors import Refused, busy
from teleconsult.system import System
from teleconsult.web import problems
from teleconsult.web.auth import COOKIE
from teleconsult.web.lent import Lent

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SPARE = 16
"""Lines beyond the cap that are let as far as Socket.IO's own refusal, which says why in its own words."""


class SocketDoor:
    """WSGI middleware around everything; only `/socket.io` is its business."""

    def __init__(self, inner: "WSGIApplication", system: System) -> None:
        self._inner = inner
        self._system = system
        self._open = 0
        self._lock = threading.Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith("/socket.io"):
            return self._inner(environ, start_response)
        refusal = self._enter(environ)
        if refusal is not None:
            return refusal(environ, start_response)
        lent = Lent(environ.get("gunicorn.socket"))
        try:
            if "gunicorn.socket" in environ:
                environ["gunicorn.socket"] = lent
            return list(self._inner(environ, start_response))  # a WebSocket comes back from here when it is closed
        finally:
            lent.back()
            with self._lock:
                self._open -= 1

    def _enter(self, environ: Any) -> Response | None:
        """A place for this line, or why there is none."""
        try:
            if not self._signed_in(Request(environ)):
                return problems.problem(401, "session.absent")
        except Refused as refusal:
            return problems.refused(refusal)
        with self._lock:
            if self._open >= self._system.settings.most_sockets + SPARE:
                return problems.refused(busy("sockets.full"))
            self._open += 1
        return None

    def _signed_in(self, request: Request) -> bool:
        token = request.cookies.get(COOKIE, "")
        idle = self._system.settings.session_idle_seconds
        return bool(token) and resume(self._system.store, ANYBODY, token, idle, touch=False) is not None
