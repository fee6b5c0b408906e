"""Between rooms and media nodes: where a seat's pictures and sound go, and what the nodes are asked to do.

A room works without any of it, by shared images and words; `media_reason` says why there is no picture of people.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask, current_app

from teleconsult import nodes, turn, vault
from teleconsult.access.tickets import Ticket, issue
from teleconsult.kernel.errors import Meaning, Refused, absent, busy
from teleconsult.system import System

log = logging.getLogger(__name__)
OFF, NO_NODE = "media.off", "media.no_node"
_REGISTRY: Final = "teleconsult.nodes"


@dataclass(frozen=True, slots=True)
class Way:
    """How a seat gets to the media node; without `url` the `reason` says why not."""

    ticket: str | None
    url: str | None
    reason: str | None
    ice_servers: list[turn.IceServer]


def install(app: Flask, system: System) -> None:
    """One registry for this process; none without a broker."""
    url = system.settings.broker_url
    app.extensions[_REGISTRY] = nodes.Nodes(url) if url else None


def way_of(system: System, ticket: Ticket | None) -> Way:
    """The way for the holder of these claims; a guest who waits has none yet."""
    if ticket is None:
        return Way(None, None, None, [])
    node, reason = _node(ticket.room_id)
    if node is None:
        return Way(None, None, reason, [])
    settings, now = system.settings, system.clock.now().timestamp()
    relays = turn.ice_servers(
        turn.addresses(settings.turn_urls), settings.turn_secret, ticket.person_id, now, settings.turn_seconds
    )
    return Way(issue(system.keys.tickets, ticket), node.url, None, relays)


def record(system: System, room_id: str, recording_id: str) -> None:
    """Begin to record. BUSY `media.no_node`, `media.away`; ABSENT `media.room_absent` when nobody sends anything to the node."""
    _tell(system, room_id, "record", {"on": True, "recording_id": recording_id})


def stop_recording(system: System, room_id: str, recording_id: str) -> vault.Left | None:
    """End the recording; None when there is nothing to keep. A node that ended it before, because the room was empty, left it in blobs."""
    try:
        _tell(system, room_id, "record", {"on": False})
    except Refused as refusal:
        log.warning("the recording of room %s was not ended: %s", room_id, refusal)
    return vault.left_of(system.blobs, recording_id, system.keys.recordings)


def let_go(system: System, room_id: str, seat_id: str) -> None:
    """Take a seat off the air, and the tickets that it still has out of its hands. Silent where there is no media, or nobody of this room. BUSY `room.guest_on_air` when nobody can say that
    the seat hears nothing any more."""
    registry: nodes.Nodes | None = current_app.extensions[_REGISTRY]
    if registry is None:
        return
    now = system.clock.now().timestamp()
    try:
        registry.put_out(room_id, seat_id, now)
        node = registry.node_for(room_id)
        if node is not None:
            nodes.tell(node, system.keys.tickets, room_id, "drop", {"seat": seat_id, "at": now}, now)
    except Refused as refusal:
        if refusal.meaning is not Meaning.ABSENT:
            raise busy("room.guest_on_air", f"{room_id} {seat_id}: {refusal.code}") from refusal


def tracks(system: System, blob_key: str) -> tuple[list[dict[str, Any]], bool]:
    """What a recording holds, and whether it has its end. A track that never had a picture or a sound is none.

    ABSENT `recording.absent` when its file is gone.
    """
    if not system.blobs.exists(blob_key):
        raise absent("recording.absent", blob_key)
    with system.blobs.open(blob_key) as file:
        reader = vault.Reader(file, system.keys.recordings)
        notes = list(reader.index())
        silent = {one["track"] for one in notes if "gaps" in one and one["first"] is None}
        found = [one for one in notes if "kind" in one and one["track"] not in silent]
        return found, bool(reader.complete)


def stream(system: System, blob_key: str, track: int) -> Iterator[bytes]:
    """The WebM bytes of one track, decrypted as they are read."""
    with system.blobs.open(blob_key) as file:
        yield from vault.Reader(file, system.keys.recordings).stream(track)


def _node(room_id: str) -> tuple[nodes.Node | None, str | None]:
    registry: nodes.Nodes | None = current_app.extensions[_REGISTRY]
    if registry is None:
        return None, OFF
    try:
        node = registry.node_for(room_id)
    except Refused as refusal:
        log.warning("where room %s lives is not known: %s", room_id, refusal)
        return None, NO_NODE
    return node, None if node else NO_NODE


def _tell(system: System, room_id: str, verb: str, words: dict[str, Any]) -> dict[str, Any]:
    node, reason = _node(room_id)
    if node is None:
        raise busy(NO_NODE if reason != OFF else OFF, room_id)
    return nodes.tell(node, system.keys.tickets, room_id, verb, words, system.clock.now().timestamp())
