"""Recording a room: asked for, agreed to, begun and ended at the media node, played back to those who were of the room."""

from flask import Response
from pydantic import Field

from teleconsult import consult
from teleconsult.kernel.errors import Refused
from teleconsult.web import auth, room_media
from teleconsult.web.api.rooms import ConsentBody, RoomPath
from teleconsult.web.respond import Model, answer
from teleconsult.web.routes import Routes

api = Routes("recordings", __name__, "rooms", "/api/rooms")


class RecordingBody(Model):
    on: bool


class RecordingState(Model):
    """`state` is off, asking or on."""

    id: str | None
    state: str


class RecordingPath(RoomPath):
    recording_id: str = Field(max_length=64)


class TrackPath(RecordingPath):
    track: int = Field(ge=1, le=10_000)


class Track(Model):
    """One stream of one seat. `at` is when it begins, in seconds of the recording."""

    track: int
    kind: str
    label: str
    name: str
    site: str
    at: float
    url: str


class RecordingView(Model):
    id: str
    seconds: int
    bytes: int
    complete: bool
    tracks: list[Track]


@api.post("/<id>/recording", responses={200: RecordingState}, summary="A host asks to record, or ends it")
def record(path: RoomPath, body: RecordingBody) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        turn = consult.ask(work, actor, path.id) if body.on else consult.asked_to_stop(work, actor, path.id)
    return _turned(path.id, turn)


@api.post(
    "/<id>/consent", responses={200: RecordingState}, summary="Agree to be recorded, or not; a no ends it for all"
)
def consent(path: RoomPath, body: ConsentBody) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        turn = consult.consent(work, actor, path.id, body.yes)
    return _turned(path.id, turn)


@api.get("/<id>/recordings/<recording_id>", responses={200: RecordingView}, summary="What a recording holds")
def get_recording(path: RecordingPath) -> Response:
    actor, system = auth.actor(), auth.system()
    with system.work(actor) as work:
        row = consult.playable(work, actor, path.id, path.recording_id)
    found, complete = room_media.tracks(system, str(row.blob_key))
    own = f"/api/rooms/{path.id}/recordings/{row.id}"
    return answer(
        RecordingView(
            id=row.id, seconds=row.seconds, bytes=row.bytes, complete=complete,
            tracks=[
                Track(
                    track=one["track"], kind=one["kind"], label=one.get("label", ""), name=one.get("name", ""),
                    site=one.get("site", ""), at=float(one.get("at") or 0), url=f"{own}/tracks/{one['track']}",
                )
                for one in found
            ],
        )
    )  # fmt: skip


@api.get("/<id>/recordings/<recording_id>/tracks/<int:track>", summary="One stream of a recording, as WebM")
def get_track(path: TrackPath) -> Response:
    actor, system = auth.actor(), auth.system()
    with system.work(actor) as work:
        row = consult.playable(work, actor, path.id, path.recording_id)
    found, _ = room_media.tracks(system, str(row.blob_key))
    kinds = {one["track"]: one["kind"] for one in found}
    if path.track not in kinds:
        return Response(status=404)
    content = room_media.stream(system, str(row.blob_key), path.track)
    response = Response(content, mimetype=f"{'video' if kinds[path.track] == 'video' else 'audio'}/webm")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _turned(room_id: str, turn: consult.Turn) -> Response:
    """Ask the media node for what is due now, and write down how that went."""
    if turn.recording_id and turn.ready:
        _begin(room_id, turn.recording_id)
    elif turn.recording_id and turn.stop:
        _end(room_id, turn.recording_id)
    with auth.system().read(auth.actor()) as work:
        room, _ = consult.see_room(work, auth.actor(), room_id)
        return answer(RecordingState(id=room.recording_id, state=room.recording))


def _begin(room_id: str, recording_id: str) -> None:
    actor, system = auth.actor(), auth.system()
    try:
        room_media.record(system, room_id, recording_id)
    except Refused:
        _write_failed(room_id, recording_id)
        raise
    try:
        with system.work(actor) as work:
            consult.begun(work, actor, room_id, recording_id)
    except Refused:  # somebody came in meanwhile who has not agreed
        room_media.stop_recording(system, room_id, recording_id)
        _write_failed(room_id, recording_id)
        raise


def _end(room_id: str, recording_id: str) -> None:
    system = auth.system()
    outcome = room_media.stop_recording(system, room_id, recording_id)
    if outcome is None:
        _write_failed(room_id, recording_id)
        return
    with system.work(auth.actor()) as work:
        consult.kept(work, room_id, recording_id, outcome.key, outcome.size, outcome.seconds)


def _write_failed(room_id: str, recording_id: str) -> None:
    with auth.system().work(auth.actor()) as work:
        consult.failed(work, room_id, recording_id)
