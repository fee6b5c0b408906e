"""The Flask application, put together for one `System`."""

from collections.abc import Callable

from flask import Blueprint, Flask
from flask_openapi3 import Info, OpenAPI
from werkzeug.middleware.proxy_fix import ProxyFix

from teleconsult import __version__
from teleconsult.access import Actor
from teleconsult.system import System
from teleconsult.web import assets, auth, problems, respond, room_media
from teleconsult.web.api import BLUEPRINTS
from teleconsult.web.live import Live
from teleconsult.web.socket_door import SocketDoor


def create(system: System, dicomweb: Callable[[System, Callable[[], Actor]], Blueprint] | None = None) -> Flask:
    """Everything that a browser reaches. `dicomweb` is DICOM's own door, handed in by whoever composes the processes."""
    app = _api()
    app.extensions["teleconsult"] = system
    app.config.update(SECRET_KEY=system.keys.flask, MAX_CONTENT_LENGTH=4 << 20, PROPAGATE_EXCEPTIONS=False)
    problems.install(app)
    auth.install(app)
    respond.install(app)
    room_media.install(app, system)
    if dicomweb is not None:
        app.register_blueprint(dicomweb(system, auth.actor))
    app.extensions["teleconsult.live"] = Live(app, system)
    app.wsgi_app = SocketDoor(app.wsgi_app, system)  # type: ignore[method-assign]
    assets.install(app, system.settings)
    if hops := system.settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def described() -> OpenAPI:
    """The JSON API alone, with its OpenAPI description; needs no database."""
    for blueprint in BLUEPRINTS:
        blueprint.describe()
    return _api()


def _api() -> OpenAPI:
    app = OpenAPI(
        "teleconsult.web",
        info=Info(title="Teleconsult", version=__version__),
        static_folder=None,
        doc_ui=False,
        validation_error_status=422,
        validation_error_callback=problems.not_understood,
    )
    for blueprint in BLUEPRINTS:
        app.register_api(blueprint)
    return app
