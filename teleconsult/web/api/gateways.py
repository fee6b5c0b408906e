"""Gateways: how one greets the centre and reports, who sees them, and the tokens with which they come in."""

from datetime import datetime

from flask import Response
from pydantic import Field

from teleconsult import __version__, access
from teleconsult.access.queries import site_names
from teleconsult.imaging import gateways
from teleconsult.kernel.errors import forbidden
from teleconsult.tls import gateway_link
from teleconsult.web import auth
from teleconsult.web.respond import Done, Model, answer
from teleconsult.web.routes import Routes

api = Routes("gateways", __name__, "gateways", "/api")


class Hello(Model):
    """Whose token it is, and what time the centre has. `homes`: a report may say of which of several gateways with one token it is;
    `machines`: and on which machine. `shared`, in the answer to a report: another gateway uses the token, too."""

    ae_title: str
    site: str
    version: str
    at: datetime
    homes: bool = True
    machines: bool = True
    shared: bool = False


class Report(Model):
    """A gateway's own account: files and bytes that wait, for how long the first in the line does (an urgent one where there is any), what was
    given up on, its disk and its clock. `home` tells gateways with the token of one peer apart, `machine` is what people call the computer; an older one does not
    say them."""

    waiting: int = Field(ge=0)
    waiting_bytes: int = Field(ge=0)
    waiting_stat: int = Field(default=0, ge=0)
    oldest_seconds: float = Field(default=0, ge=0)
    parked: int = Field(default=0, ge=0)
    sent: int = Field(default=0, ge=0)
    free_bytes: int = Field(default=0, ge=0)
    bytes_per_second: float = Field(default=0, ge=0)
    clock_ahead_seconds: float = 0
    version: str = Field(default="", max_length=40)
    error: str = Field(default="", max_length=300)
    home: str = Field(default="", max_length=64)
    machine: str = Field(default="", max_length=64)


class Gateway(Model):
    """One gateway; `id` is its peer's, which is others', too, where they use its token: then `report.home` tells them apart, and
    `shared` says that several did so at the same time."""

    id: str
    shared: bool = False
    ae_title: str
    site_id: str
    site: str
    at: datetime
    report: Report


class Gateways(Model):
    items: list[Gateway]


class TokenPeerPath(Model):
    id: str = Field(max_length=64)


class TokenBody(Model):
    label: str = Field(default="", max_length=80)


class Token(Model):
    """What is known of a token; what it says is not."""

    id: str
    ending: str
    label: str
    issued_at: datetime
    issued_by: str
    used_at: datetime | None
    used_from: str | None
    revoked_at: datetime | None
    revoked_by: str | None


class Tokens(Model):
    items: list[Token]


class NewToken(Model):
    """Shown this once. `link` is what is pasted into a gateway: address and token, and the certificate's digest where it is a made one."""

    token: str
    link: str


@api.get("/gateway/hello", responses={200: Hello}, summary="Whether the token is good, and what time it is")
def hello() -> Response:
    peer, system = _gateway(), auth.system()
    with system.read(peer.actor()) as work:
        site = site_names(work).get(peer.site_id, "")
        return answer(Hello(ae_title=peer.ae_title, site=site, version=__version__, at=work.now))


@api.post("/gateway/report", responses={200: Hello}, summary="A gateway says how it is")
def report(body: Report) -> Response:
    peer, system = _gateway(), auth.system()
    with system.work(peer.actor()) as work:
        shared = gateways.reported(work, peer, body.model_dump(), body.home, body.error or None)
        site = site_names(work).get(peer.site_id, "")
        return answer(Hello(ae_title=peer.ae_title, site=site, version=__version__, at=work.now, shared=shared))


@api.get("/gateways", responses={200: Gateways}, summary="Gateways of one's own sites, as they last reported")
def list_gateways() -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        names = site_names(work)
        found = gateways.gateways(work, actor)
    items = [
        Gateway(
            id=each.peer_id, ae_title=each.ae_title, site_id=each.site_id, site=names.get(each.site_id, ""),
            at=each.at, shared=each.shared, report=Report.model_validate(each.report),
        )
        for each in found
    ]  # fmt: skip
    return answer(Gateways(items=items))


@api.get("/admin/peers/<id>/tokens", responses={200: Tokens}, summary="A peer's tokens, without what they say")
def list_tokens(path: TokenPeerPath) -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        rows = access.peer_tokens(work, actor, path.id)
        fields = Token.model_fields
        return answer(
            Tokens(items=[Token.model_validate({name: getattr(row, name) for name in fields}) for row in rows])
        )


@api.post("/admin/peers/<id>/tokens", responses={201: NewToken}, summary="A new token of a peer, shown this once")
def add_token(path: TokenPeerPath, body: TokenBody) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        token = access.issue_peer_token(work, actor, path.id, body.label)
    return answer(NewToken(token=token, link=gateway_link(auth.system().settings, token)), 201)


@api.post("/admin/peers/tokens/<id>/revoke", responses={200: Done}, summary="Nobody gets in with the token any more")
def revoke_token(path: TokenPeerPath) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        access.revoke_peer_token(work, actor, path.id)
    return answer(Done())


def _gateway() -> access.Peer:
    peer = auth.peer()
    if peer is None:
        raise forbidden("permit.refused", "only a peer, by its token", verb="gateway.report")
    return peer
