"""Who is asking: the session cookie, the CSRF token, and which requests count as somebody being there."""

import hmac
import time
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request

from teleconsult.access import ANYBODY, Actor, Peer, SignedIn, peer_by_token, resume, token_used
from teleconsult.kernel.errors import forbidden
from teleconsult.system import System
from teleconsult.web import problems
from teleconsult.web.lobby import SHORT_BODY

COOKIE = "tc_session"
_NOTE_EVERY = 30.0
_OPEN = ("/api/login", "/api/invitations/")
_BY_TOKEN = ("/dicom-web", "/api/uploads", "/api/gateway/")
"""Where programs come in with the token of a peer."""
_BY_ITSELF = ("/api/worklist", "/api/notices", "/api/me", "/api/criticals", "/api/desk")
"""What a page asks by itself, with nobody there: does not keep a session alive."""


class Absent(Exception):
    """Nobody is signed in, or (`session.other`) somebody else than the page that asks was opened by."""

    def __init__(self, code: str = "session.absent") -> None:
        super().__init__(code)
        self.code = code


def install(app: Flask) -> None:
    """Guard /api and /dicom-web: a live session for everything but signing in, a CSRF token for every change."""
    app.before_request(_guard)
    app.register_error_handler(Absent, _unknown)


def _unknown(absence: Absent) -> Response:
    answer = problems.problem(401, absence.code)
    return answer if _is_our_page() or not request.path.startswith("/dicom-web") else _challenged(answer)


def _is_our_page() -> bool:
    """Whether one of our own screens asks: it has a session's cookie, says whose page it is, or its browser says that the page is from here.
    Its 401 names no scheme: the browser would put its own dialog before the sign-in page."""
    headers = request.headers
    return COOKIE in request.cookies or "X-Person" in headers or headers.get("Sec-Fetch-Site") == "same-origin"


def _challenged(answer: Response) -> Response:
    """With the schemes by which a program may show its token (RFC 9110 11.6.1)."""
    answer.headers.add("WWW-Authenticate", 'Bearer realm="dicom-web"')
    answer.headers.add("WWW-Authenticate", 'Basic realm="dicom-web", charset="UTF-8"')
    return answer


def system() -> System:
    """The system that this application serves."""
    found: System = current_app.extensions["teleconsult"]
    return found


def signed_in() -> SignedIn:
    """The live session behind this request."""
    if not hasattr(g, "signed_in"):
        g.signed_in = _resume()
    found: SignedIn | None = g.signed_in
    if found is None:
        raise Absent
    return found


def actor() -> Actor:
    """Who asks: the person of the session, or where programs come in the peer of the token."""
    peer: Actor | None = g.get("peer")
    return signed_in().actor if peer is None else peer


def peer() -> Peer | None:
    """The peer whose token was shown; None where a person asks."""
    found: Peer | None = g.get("calling")
    return found


def address() -> str:
    """Where the request comes from: the other end of the line, or what as many proxies say as are trusted (`trusted_proxies`)."""
    return request.remote_addr or ""


def client() -> str:
    """Where the request comes from, for the journal."""
    return f"{address()} {request.user_agent.string}"[:200]


def let_in(response: Response, session: SignedIn) -> Response:
    """Put the session into the browser. Strict: no other site can make the browser send it."""
    secure = system().settings.cookie_secure or system().settings.encrypted
    response.set_cookie(COOKIE, session.token, httponly=True, samesite="Strict", secure=secure, path="/")
    return response


def let_out(response: Response) -> Response:
    response.delete_cookie(COOKIE, path="/", samesite="Strict")
    return response


def _guard() -> Response | None:
    """Runs before every request; a Response here ends it."""
    if not request.path.startswith(("/api/", "/dicom-web")):
        return None
    changes = request.method not in ("GET", "HEAD", "OPTIONS")
    if changes:
        _same_origin()
    if request.path.startswith(_OPEN):
        request.max_content_length = SHORT_BODY
        return problems.problem(411, problems.code_of(411)) if request.headers.get("Transfer-Encoding") else None
    if request.path.startswith(_BY_TOKEN) and "Authorization" in request.headers:
        return _let_peer_in()  # no other site can make a browser send this header
    session = signed_in()
    # Two tabs have one cookie: a page must not show under one name what belongs to another.
    if request.headers.get("X-Person", session.actor.id) != session.actor.id:
        raise Absent("session.other")
    if changes and not hmac.compare_digest(request.headers.get("X-CSRF-Token", "").encode(), session.csrf.encode()):
        raise forbidden("request.csrf")
    return None


def _let_peer_in() -> Response | None:
    """A program that shows its peer's token, as Bearer or as the password of Basic (RFC 6750, RFC 7617)."""
    shown = request.authorization
    token = (shown.token or shown.password or "") if shown is not None else ""
    with system().read() as work:
        peer = peer_by_token(work, token)
    if peer is None:
        return _challenged(problems.problem(401, "token.refused"))
    _note_use(peer, token)
    g.peer, g.calling = peer.actor(), peer
    return None


def _note_use(peer: Peer, token: str) -> None:
    """When a token was last shown, written now and then only: a viewer asks for a hundred frames in a second."""
    noted: dict[str, float] = current_app.extensions.setdefault("teleconsult.tokens", {})
    now = time.monotonic()
    if now - noted.get(peer.id, -_NOTE_EVERY) < _NOTE_EVERY:
        return
    with system().work(peer.actor()) as work:
        token_used(work, token, client())
    noted[peer.id] = now


def _same_origin() -> None:
    # "null" is a frame in a sandbox, or a page that hides where it is from: not ours.
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.host and origin != system().settings.url:
        raise forbidden("request.origin")


def _resume() -> SignedIn | None:
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    by_itself = request.path.endswith("/heartbeat") or (request.method == "GET" and request.path.startswith(_BY_ITSELF))
    return resume(system().store, ANYBODY, token, system().settings.session_idle_seconds, touch=not by_itself)
