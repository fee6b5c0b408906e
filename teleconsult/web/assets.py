"""The built screens: one page for every route of the UI, files with their digest in the name for ever, headers that keep strangers out."""

from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, request, send_file
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

from teleconsult.settings import Settings

CSP = (
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",  # the image codecs are WebAssembly
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",  # recordings of rooms
    "worker-src 'self' blob:",
    "object-src 'self'",
    "frame-src 'self' blob:",
    "frame-ancestors 'self'",
    "base-uri 'none'",
    "form-action 'self'",
)
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_NOT_PAGES = ("api/", "dicom-web", "socket.io", "assets/", "openapi")


def folder(settings: Settings) -> Path | None:
    """Where the built screens are: named by a setting, inside the installed package, or in the work tree."""
    here = Path(__file__).resolve().parent
    choices = [settings.ui_path] if settings.ui_path else [here / "static", here.parents[1] / "reading_ui" / "dist"]
    return next((choice for choice in choices if choice is not None and (choice / "index.html").exists()), None)


def install(app: Flask, settings: Settings) -> None:
    root = folder(settings)
    pages = Blueprint("pages", __name__)

    @pages.get("/", defaults={"path": ""})
    @pages.get("/<path:path>")
    def page(path: str) -> Response:
        if root is None and path.startswith(_NOT_PAGES):
            raise NotFound
        if root is None:
            return Response("The screens are not built: run `make ui`.\n", 503, mimetype="text/plain")
        return _page(root, path)

    app.register_blueprint(pages)
    policy = "; ".join((*CSP, f"connect-src 'self' {_media(settings)}"))

    @app.after_request
    def guarded(response: Response) -> Response:
        if settings.tls_certificate is not None:  # never with one that was made here: browsers would allow no exception
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return _guarded(response, policy)


def _page(root: Path, path: str) -> Response:
    joined = safe_join(str(root), path) if path else None
    if joined and Path(joined).is_file():
        return _file(Path(joined), for_ever=path.startswith("assets/"))
    if path.startswith(_NOT_PAGES) or "." in path.rsplit("/", 1)[-1]:
        raise NotFound
    return _file(root / "index.html", for_ever=False)


def _file(file: Path, *, for_ever: bool) -> Response:
    accepted = request.headers.get("Accept-Encoding", "")
    for encoding, suffix in _ENCODINGS:
        packed = file.with_name(file.name + suffix)
        if encoding in accepted and packed.exists():
            response = send_file(packed, mimetype=_mimetype(file), conditional=True)
            response.headers["Content-Encoding"] = encoding
            break
    else:
        response = send_file(file, mimetype=_mimetype(file), conditional=True)
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if for_ever else "no-cache"
    return response


def _mimetype(file: Path) -> str | None:
    return {".js": "text/javascript", ".wasm": "application/wasm", ".ttf": "font/ttf"}.get(file.suffix)


def _media(settings: Settings) -> str:
    """Where a room's media nodes are, as a source of the policy: nowhere else may a page open a WebSocket."""
    public = settings.media_public.replace("{port}", str(settings.media_port or "*"))
    place = urlsplit(public.replace("{node}", "*").replace("{host}", settings.media_listen))
    return f"{'wss' if place.scheme in ('https', 'wss') else 'ws'}://{place.netloc}"


def _guarded(response: Response, policy: str) -> Response:
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
    return response
