"""Jobs that make the media nodes follow what happened to a room: whichever way it closed, nobody stays on the air."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from teleconsult import consult, nodes, vault
from teleconsult.kernel.errors import Meaning, Refused
from workers.bench import Bench

if TYPE_CHECKING:
    from teleconsult.records.tables import FactRow


def media_follows(bench: Bench, fact: FactRow) -> None:
    """Close a closed room at its media node, take the seat of who was removed or held from it, end a recording; keep what was recorded until then.

    Repeat-safe by: a room is closed and a seat dropped as often as one likes, and a recording's id is kept or given up once.
    """
    if fact.name == "SeatHeld" and _is_in(bench, fact):  # their own case was next
        return
    at = fact.at.timestamp()
    if fact.name in ("SeatRemoved", "SeatHeld"):
        _tell(bench, fact.subject_id, "drop", {"seat": str(fact.details.get("seat_id")), "at": at})
        return
    closes = fact.name == "RoomClosed"
    _tell(
        bench, fact.subject_id, *(("close", {"code": "room.closed", "at": at}) if closes else ("record", {"on": False}))
    )
    recording_id = fact.details.get("recording_id")
    if recording_id is not None:
        _keep(bench, fact.subject_id, str(recording_id))


def _is_in(bench: Bench, fact: FactRow) -> bool:
    with bench.system.read() as work:
        return any(seat.id == fact.details.get("seat_id") for seat in consult.seats_in(work, fact.subject_id))


def _tell(bench: Bench, room_id: str, verb: str, words: dict[str, Any]) -> None:
    """Ask the room's node, if there is one and it knows the room; who is put out is known to every node."""
    if not bench.settings.broker_url:
        return
    registry = nodes.Nodes(bench.settings.broker_url)
    try:
        if "at" in words:
            registry.put_out(room_id, words.get("seat", ""), words["at"])
        node = registry.node_for(room_id)
        if node is not None:
            now = bench.system.clock.now().timestamp()
            nodes.tell(node, bench.system.keys.tickets, room_id, verb, words, now)
    except Refused as refusal:
        if refusal.meaning is not Meaning.ABSENT:
            raise
    finally:
        registry.close()


def _keep(bench: Bench, room_id: str, recording_id: str) -> None:
    """The node leaves a recording under its id, whole or as far as it came; without one there is none."""
    found = vault.left_of(bench.system.blobs, recording_id, bench.system.keys.recordings)
    with bench.system.work() as work:
        if found is None:
            consult.failed(work, room_id, recording_id)
        else:
            consult.kept(work, room_id, recording_id, found.key, found.size, found.seconds)
