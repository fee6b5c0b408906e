"""Whether this installation is well, for the one IT person and for monitors."""

import ssl
import time
from collections.abc import Callable

from flask import Response
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from teleconsult.imaging.receipts import waiting
from teleconsult.kernel.errors import Refused
from teleconsult.settings import BadSetting
from teleconsult.system import System
from teleconsult.tls_dicom import calling, dicom_pair
from teleconsult.web import auth, lagging
from teleconsult.web.echo import echo
from teleconsult.web.respond import Model, answer
from teleconsult.web.routes import Routes

_ECHO_SECONDS = 2.0
_INDEX_LATE = 60.0  # seconds; usually it is done within one

api = Routes("health", __name__, "health")


class Health(Model):
    """`status` is ok or failing; each check says ok or what is wrong, `relay` and `worker` for how long: `behind 75 s`."""

    status: str
    checks: dict[str, str]


@api.get("/livez", responses={200: Health}, summary="This process answers")
def livez() -> Response:
    return answer(Health(status="ok", checks={}))


@api.get(
    "/healthz",
    responses={200: Health, 503: Health},
    summary="Database, broker, storage and DICOM port answer, relay and worker keep up",
)
def healthz() -> Response:
    system = auth.system()
    checks = {
        "database": _database(system),
        "broker": _broker(system),
        "blobs": _blobs(system),
        "dicom": _dicom(system),
        **_dicom_tls(system),
        "index": _index(system),
        "relay": _waited_for(lagging.relay, system),
        "worker": _waited_for(lagging.worker, system),
    }
    well = all(found == "ok" for found in checks.values())
    return answer(Health(status="ok" if well else "failing", checks=checks), 200 if well else 503)


def _database(system: System) -> str:
    try:
        with system.read() as work:
            work.session.execute(text("SELECT 1"))
    except (Refused, SQLAlchemyError):
        return "unreachable"
    return "ok"


def _broker(system: System) -> str:
    try:
        Redis.from_url(system.settings.broker_url, socket_connect_timeout=1, socket_timeout=1).ping()
    except (RedisError, ValueError):
        return "unreachable"
    return "ok"


def _blobs(system: System) -> str:
    try:
        free = system.blobs.free_bytes()
    except OSError:
        return "unreachable"
    return "ok" if free is None or free > 0 else "full"


def _index(system: System) -> str:
    """Whether what was acknowledged to senders long ago can be found by now."""
    try:
        late = any(time.time_ns() / 1e9 - since > _INDEX_LATE for _, since in waiting(system.blobs.staging()))
    except OSError:
        return "unreachable"
    return "behind" if late else "ok"


def _waited_for(lag: Callable[[System], str], system: System) -> str:
    try:
        return lag(system)
    except (Refused, SQLAlchemyError):
        return "unknown"  # `database` says why


def _dicom(system: System) -> str:
    return _echoed(system, system.settings.dicom_port, None)


def _dicom_tls(system: System) -> dict[str, str]:
    """The port for TLS, where there is one: with the certificate that the node shows, on both sides."""
    settings = system.settings
    if not settings.dicom_tls_port:
        return {}
    try:
        secure = calling(settings, dicom_pair(settings).pem)
    except (BadSetting, OSError):
        return {"dicom_tls": "certificate"}
    return {"dicom_tls": _echoed(system, settings.dicom_tls_port, secure)}


def _echoed(system: System, port: int, secure: ssl.SSLContext | None) -> str:
    """The node answers a C-ECHO under its own title: ok, or unreachable, rejected, certificate, failed. It takes that title from its own
    machine only; from another one its rejection is answer enough."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(system.settings.dicom_host, system.settings.dicom_host)  # noqa: S104
    title = system.settings.ae_title
    said = echo(host, port, title, title, secure, _ECHO_SECONDS).code.removeprefix("echo.")
    return "ok" if said == "rejected" and host not in ("127.0.0.1", "::1", "localhost") else said
