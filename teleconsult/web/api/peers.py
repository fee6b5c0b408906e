"""DICOM peers, set up by administrators: who may call, from where, showing what, how often; where they are called."""

from datetime import datetime
from typing import Any

from flask import Response
from pydantic import Field

from teleconsult import access
from teleconsult.access import Thing, peer_lines, permit
from teleconsult.access.queries import peers
from teleconsult.tls_dicom import calling
from teleconsult.web import auth
from teleconsult.web.echo import Echo, echo
from teleconsult.web.respond import Model, answer
from teleconsult.web.routes import Routes

api = Routes("peers", __name__, "admin", "/api/admin")


class PeerPath(Model):
    id: str = Field(max_length=64)


class Peer(Model):
    id: str
    ae_title: str
    address: str
    site_id: str
    host: str | None
    port: int | None
    charset: str | None
    issuers: dict[str, str]
    receives_reports: bool
    disabled: bool
    tls_required: bool
    tls_outgoing: bool
    fingerprint: str | None = Field(description="SHA-256 of its certificate")
    identity_name: str | None
    has_passcode: bool
    most_associations: int | None
    most_per_minute: int | None
    last_secure: bool | None
    last_seen_at: datetime | None
    last_error: str | None
    last_error_at: datetime | None


class LineRules(Model):
    """What a peer must show when it calls, and how often it may. A passcode is never told again; an empty one takes it away."""

    tls_required: bool = False
    tls_outgoing: bool = False
    certificate: str | None = Field(default=None, max_length=20_000, description="PEM")
    identity_name: str | None = Field(default=None, max_length=64)
    passcode: str | None = Field(default=None, max_length=128)
    most_associations: int | None = None
    most_per_minute: int | None = None


class CertificateBody(Model):
    pem: str = Field(max_length=20_000)


class Certificate(Model):
    """How people compare it before it is kept."""

    fingerprint: str
    subject: str
    ends: datetime


class PeerBody(Model):
    ae_title: str
    address: str
    site_id: str
    host: str | None = Field(default=None, max_length=255)
    port: int | None = None
    charset: str | None = None
    issuers: dict[str, str] = Field(default_factory=dict)
    receives_reports: bool = Field(
        default=False, description="signed reports of its hospital's studies are stored there"
    )
    line: LineRules | None = None


class PeerChange(Model):
    address: str | None = None
    host: str | None = Field(default=None, max_length=255)
    port: int | None = None
    charset: str | None = None
    issuers: dict[str, str] | None = None
    receives_reports: bool | None = None
    disabled: bool | None = None
    line: LineRules | None = None


class Peers(Model):
    items: list[Peer]
    charsets: list[str]


@api.get("/peers", responses={200: Peers}, summary="DICOM peers")
def list_peers() -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        items = [_peer(row) for row in peers(work, actor)]
    return answer(Peers(items=items, charsets=list(access.CHARSETS)))


@api.post("/peers", responses={201: Peer}, summary="Add a peer")
def add_peer(body: PeerBody) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        row = access.add_peer(work, actor, **body.model_dump(exclude_unset=True))
    return answer(_peer(row), 201)


@api.patch("/peers/<id>", responses={200: Peer}, summary="Change a peer")
def change_peer(path: PeerPath, body: PeerChange) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        said = body.model_dump(exclude_unset=True)
        row = access.change_peer(work, actor, path.id, {**said, **(said.pop("line", None) or {})})
    return answer(_peer(row))


@api.post("/peers/certificate", responses={200: Certificate}, summary="What a certificate says, before it is kept")
def read_certificate(body: CertificateBody) -> Response:
    permit(auth.actor(), "peer.manage", Thing())
    found = peer_lines.read_certificate(body.pem)
    return answer(Certificate(fingerprint=found.fingerprint, subject=found.subject, ends=found.ends))


@api.post("/peers/<id>/echo", responses={200: Echo}, summary="Call a peer back with C-ECHO")
def echo_peer(path: PeerPath) -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        peer = access.queries.peer(work, actor, path.id)
        settings, host, port, title = auth.system().settings, peer.host, peer.port, peer.ae_title
        secure = calling(settings, peer.certificate) if peer.tls_outgoing else None
    return answer(echo(host, port, title, settings.ae_title, secure))


def _peer(row: Any) -> Peer:
    told = {name: getattr(row, name) for name in Peer.model_fields if name != "has_passcode"}
    return Peer(**told, has_passcode=row.identity_hash is not None)
