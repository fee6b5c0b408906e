"""Files in pieces, from a gateway (by its token) or from a browser page; and what a sender says of a whole study."""

import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from flask import Response, request
from pydantic import Field

from teleconsult.access import Role
from teleconsult.access.queries import site_names
from teleconsult.imaging import packing, uploads
from teleconsult.imaging.ingest import Limits
from teleconsult.imaging.ingest_sender import Sender, Upload
from teleconsult.imaging.packing_apart import PackingApart
from teleconsult.imaging.settle import Quiet
from teleconsult.imaging.uploads import UploadRow
from teleconsult.imaging.uploads_study import Left, end_of_study, sends
from teleconsult.kernel.errors import forbidden, invalid
from teleconsult.web import auth
from teleconsult.web.respond import Model, answer
from teleconsult.web.routes import Routes

api = Routes("uploads", __name__, "uploads", "/api")

_APART = PackingApart(2)  # starts no child before the first packed file
_DIGEST = "^[0-9a-f]{64}$"
_SENDERS = (Role.TECHNOLOGIST, Role.COORDINATOR, Role.COUNTY_DOCTOR)


class File(Model):
    """A file to come. `sha256` is of the whole file; chunks are `chunk_size` bytes long, the last one shorter."""

    name: str = Field(max_length=1000)
    size: int = Field(ge=0, lt=1 << 60)
    sha256: str = Field(pattern=_DIGEST)


class StudyCount(Model):
    """So many objects of a study its sender has, or has sent already."""

    study_uid: str = Field(min_length=1, max_length=64)
    instances: int = Field(ge=1, lt=1 << 31)


class Announcement(Model):
    """`site_id`: for which hospital a person sends; a gateway sends for its own. `studies`: what is known so far of those that the files
    belong to; the study is waited for, or marked as incomplete, until as many have come. `home`: of a gateway, as in its report."""

    files: list[File] = Field(min_length=1, max_length=uploads.MOST_AT_ONCE)
    chunk_size: int = 1 << 20
    priority: str = Field(default="ROUTINE", max_length=10)
    site_id: str | None = Field(default=None, max_length=64)
    studies: list[StudyCount] = Field(default_factory=list, max_length=uploads.MOST_AT_ONCE)
    home: str = Field(default="", max_length=64)


class UploadState(Model):
    """How far a file is. Once `done`, `kind` says what became of it, `code` and `params` why it was refused."""

    id: str
    name: str
    sha256: str
    size: int
    chunk_size: int
    received: int
    state: str
    kind: str | None
    code: str | None
    params: dict[str, Any]
    study_id: str | None
    opened_at: datetime


class UploadStates(Model):
    """`packings`: in which ways a file may be packed that is announced as packed, instead of as it is. `counts`: an announcement may say
    how many objects of a study there are, and the end of one what is left of it."""

    items: list[UploadState]
    counts: bool = True
    packings: list[str] = Field(default_factory=lambda: [packing.NAME])


class UploadSite(Model):
    id: str
    name: str


class UploadSites(Model):
    """The hospitals for which one may send."""

    items: list[UploadSite]


class UploadPath(Model):
    id: str = Field(max_length=64)


class ChunkPath(UploadPath):
    offset: int = Field(ge=0, lt=1 << 60)


class ChunkQuery(Model):
    whole: bool = Field(default=False, description="it is the whole file: finish with it")


class EndBody(Model):
    """`missing`: so many of the instances can't be sent or were not taken; an older sender does not say it. `named`: the SOP Instance UIDs
    of those of them that are known: one that is here nevertheless is not missing."""

    study_uid: str = Field(max_length=64)
    instances: int = Field(ge=1, lt=1 << 31)
    site_id: str | None = Field(default=None, max_length=64)
    missing: int | None = Field(default=None, ge=0, lt=1 << 31)
    named: list[Annotated[str, Field(max_length=64)]] = Field(default_factory=list, max_length=50_000)
    home: str = Field(default="", max_length=64)


class EndState(Model):
    """Whether all is here that was declared; then nothing is waited for any more."""

    agreed: bool
    instances: int
    study_id: str | None


@api.get("/uploads/sites", responses={200: UploadSites}, summary="The hospitals for which one may send files")
def upload_sites() -> Response:
    actor = auth.actor()
    mine = actor.sites(*_SENDERS)
    with auth.system().read(actor) as work:
        names = site_names(work)
    found = sorted((names[site], site) for site in mine if site in names)
    return answer(UploadSites(items=[UploadSite(id=site, name=name) for name, site in found]))


@api.get("/uploads", responses={200: UploadStates}, summary="One's own files that are not all here")
def list_uploads() -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        return answer(_states(uploads.open_of(work, actor.id)))


@api.post("/uploads", responses={200: UploadStates}, summary="Announce files, or ask how far they are")
def announce_uploads(body: Announcement) -> Response:
    system, sender = auth.system(), _sender(body.site_id)
    files = [uploads.Announced(f.name, f.size, f.sha256, body.chunk_size, body.priority) for f in body.files]
    rows = uploads.announce(system.store, system.blobs, sender, files, _rules())
    if body.studies:
        sends(system.store, sender, body.home, {each.study_uid: each.instances for each in body.studies})
    return answer(_states(rows))


@api.get("/uploads/<id>", responses={200: UploadState}, summary="How far a file is")
def see_upload(path: UploadPath) -> Response:
    with auth.system().read(auth.actor()) as work:
        return answer(_state(uploads.own(work, _owner(), path.id)))


@api.put("/uploads/<id>/chunks/<int:offset>", responses={200: UploadState}, summary="One chunk, with X-Chunk-SHA256")
def put_chunk(path: ChunkPath, query: ChunkQuery) -> Response:
    system, digest, content = auth.system(), request.headers.get("X-Chunk-SHA256", ""), _body()
    sender = _sender_of(path.id)
    if query.whole:
        row = uploads.put_whole(system.store, system.blobs, sender, path.id, content, digest, _unpacking(), _limits())
    else:
        row = uploads.put_chunk(system.store, system.blobs, sender, path.id, path.offset, content, digest, _rules())
    return answer(_state(row))


@api.post("/uploads/<id>/finish", responses={200: UploadState}, summary="All chunks are here: take the file in")
def finish_upload(path: UploadPath) -> Response:
    system = auth.system()
    done = uploads.finish(system.store, system.blobs, _sender_of(path.id), path.id, _unpacking(), _limits())
    return answer(_state(done))


@api.post("/uploads/studies/end", responses={200: EndState}, summary="All of a study has been sent")
def end_study(body: EndBody) -> Response:
    sender = _sender(body.site_id)
    left = None if body.missing is None else Left(body.missing, body.named, body.home)
    with auth.system().work(sender.actor()) as work:
        ended = end_of_study(work, sender, body.study_uid, body.instances, left)
    return answer(EndState(agreed=ended.agreed, instances=ended.instances, study_id=ended.study_id))


def _sender(site_id: str | None) -> Sender:
    """The gateway of the token, or the person for one of the sites where they may send."""
    peer = auth.peer()
    if peer is not None:
        return peer
    person = auth.actor()
    site = site_id or person.site_id or ""
    if site not in person.sites(*_SENDERS):
        raise forbidden("permit.refused", f"{person.id} may not upload.make", verb="upload.make")
    return Upload(person, site)


def _owner() -> Sender:
    peer = auth.peer()
    return Upload(auth.actor(), "") if peer is None else peer


def _sender_of(upload_id: str) -> Sender:
    """Whoever asks, for the site for which the upload was announced; whether they still may is asked again."""
    owner = _owner()
    with auth.system().read(owner.actor()) as work:
        return _sender(uploads.own(work, owner, upload_id).site_id)


def _body() -> bytes:
    """The chunk, inflated where it came deflated (RFC 9110 8.4.1.2), never longer than a chunk may be."""
    content = request.get_data(cache=False)
    if request.headers.get("Content-Encoding", "identity") == "identity":
        return content
    if request.headers["Content-Encoding"] != "deflate":
        raise invalid("upload.encoding", request.headers["Content-Encoding"][:40])
    opened = zlib.decompressobj()
    try:
        inflated = opened.decompress(content, uploads.MOST_CHUNK + 1)
    except zlib.error as error:
        raise invalid("upload.encoding", str(error)) from error
    if len(inflated) > uploads.MOST_CHUNK or not opened.eof:
        raise invalid("upload.encoding", "longer than a chunk, or cut off")
    return inflated


def _limits() -> Limits:
    chosen = auth.system().settings
    return Limits(chosen.quarantine_bytes, Quiet(chosen.settle_seconds, chosen.settle_stat_seconds))


def _unpacking() -> uploads.Unpacking:
    return uploads.Unpacking(_APART, auth.system().settings.upload_object_bytes)


def _rules() -> uploads.Rules:
    chosen = auth.system().settings
    return uploads.Rules(chosen.upload_object_bytes, chosen.upload_open_bytes, days=chosen.upload_days)


def _states(rows: Sequence[UploadRow]) -> UploadStates:
    return UploadStates(items=[_state(row) for row in rows])


def _state(row: UploadRow) -> UploadState:
    return UploadState.model_validate({name: getattr(row, name) for name in UploadState.model_fields})
