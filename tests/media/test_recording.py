"""Recordings: whole and playable with the installation's key, unreadable without it, kept up to the last chunk when a node is killed."""

from __future__ import annotations

import asyncio
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleconsult import nodes as registry
from teleconsult.blobs import open_blobs
from teleconsult.kernel.errors import Refused
from teleconsult.keys import Keys
from teleconsult.nodes import Nodes
from teleconsult.settings import Settings
from teleconsult.vault import Reader, Writer
from tests.children import wait_for
from tests.media.callers import Caller, callers, ticket, until
from tests.media.conftest import RunningNode, StartNode, on

KEY, OTHER = bytes(range(32)), bytes(32)


def tell(node: RunningNode, nodes: Nodes, key: bytes, verb: str, **words: object) -> dict[str, Any]:
    return registry.tell(on(nodes, node.url), key, "room1", verb, words, datetime.now(UTC).timestamp())


async def recorded(node: RunningNode, nodes: Nodes, keys: Keys, seconds: float) -> None:
    """Two seats, one of which sends; recording is on when this returns."""
    one, two = Caller("one", 60), Caller("two")
    async with callers(one, two):
        await one.join(node.url, ticket(keys.tickets, "room1", "one"))
        await two.join(node.url, ticket(keys.tickets, "room1", "two"))
        await one.publish("mic", "camera")
        await asyncio.to_thread(tell, node, nodes, keys.tickets, "record", on=True, recording_id="rec1")
        await until(lambda: two.heard("recording") == [{"t": "recording", "on": True}], "both are told")
        await until(lambda: two.frames.get(two.sees().get("one", ""), 0) > 5, "pictures come")
        await asyncio.sleep(seconds)
        if node.child.running and seconds < 4:
            said = await asyncio.to_thread(tell, node, nodes, keys.tickets, "record", on=False)
            assert said["blob_key"] == "recordings/rec1"
            assert said["tracks"] == 2
            assert said["failed"] is None
            await until(lambda: one.heard("recording")[-1] == {"t": "recording", "on": False}, "both are told it ended")
        else:
            node.child.kill()


def decoded(content: bytes, kind: str) -> int:
    with av.open(io.BytesIO(content), "r") as container:
        stream: Any = container.streams.get(**{kind: 0})
        return len(list(container.decode(*stream)))


def tracks(file: Path, key: bytes) -> tuple[Reader, dict[str, bytes]]:
    reader = Reader(io.BytesIO(file.read_bytes()), key)
    named = {entry["label"]: entry["track"] for entry in reader.index() if "label" in entry}
    return reader, {label: b"".join(reader.stream(track)) for label, track in named.items()}


def test_a_recording_plays_with_the_key_and_says_nothing_without_it(
    start_node: StartNode, keys: Keys, nodes: Nodes, home: Path
) -> None:
    node = start_node()
    wait_for(nodes.living, "the node is in the registry")
    asyncio.run(recorded(node, nodes, keys, 3.0))
    file = open_blobs(Settings(home=home)).path("recordings/rec1")
    assert file is not None
    reader, content = tracks(file, keys.recordings)
    assert reader.complete
    assert decoded(content["camera"], "video") > 15
    assert decoded(content["mic"], "audio") > 60
    raw = file.read_bytes()
    assert b"webm" not in raw
    assert b"\x1a\x45\xdf\xa3" not in raw
    assert "测试one".encode() not in raw
    with pytest.raises(Refused) as refusal:
        Reader(io.BytesIO(raw), OTHER)
    assert refusal.value.code == "recording.unreadable"
    assert not list((home / "recordings").iterdir())


def test_what_a_killed_node_recorded_is_kept_up_to_the_last_second(
    start_node: StartNode, keys: Keys, nodes: Nodes, home: Path
) -> None:
    node = start_node()
    wait_for(nodes.living, "the node is in the registry")
    asyncio.run(recorded(node, nodes, keys, 5.0))
    assert (home / "recordings" / "rec1.recording").exists()
    start_node()
    file = open_blobs(Settings(home=home)).path("recordings/rec1")
    assert file is not None
    reader, content = tracks(file, keys.recordings)
    assert not reader.complete
    assert decoded(content["camera"], "video") > 25
    assert decoded(content["mic"], "audio") > 100


def test_a_chunk_that_is_called_another_tracks_is_missed(tmp_path: Path) -> None:
    file = tmp_path / "one"
    writer = Writer(file, "rec", KEY)
    begin = writer.bytes
    writer.write(1, b"sound")
    writer.note({"seconds": 1}, last=True)
    writer.close()
    content = bytearray(file.read_bytes())
    content[begin + 1] = 7
    with pytest.raises(Refused, match="left out"):
        read_all(bytes(content))


@given(st.lists(st.tuples(st.integers(0, 3), st.binary(max_size=300)), max_size=12), st.data())
def test_whatever_was_written_is_read_again_and_any_changed_byte_is_noticed(
    tmp_path_factory: pytest.TempPathFactory, chunks: list[tuple[int, bytes]], data: st.DataObject
) -> None:
    file = tmp_path_factory.mktemp("vault") / "one"
    writer = Writer(file, "rec", KEY)
    for track, content in chunks:
        if track:
            writer.write(track, content)
    writer.note({"seconds": 1}, last=True)
    writer.close()
    content = file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    wanted = {track: b"".join(piece for of, piece in chunks if of == track) for track in (1, 2, 3)}
    assert read_all(content) == (wanted, True)
    cut = data.draw(st.integers(0, len(content) - 1))
    try:
        some, complete = read_all(content[:cut])
    except Refused:
        pass  # not even the header is whole
    else:
        assert not complete
        assert all(wanted[track].startswith(piece) for track, piece in some.items())
    place = data.draw(st.integers(0, len(content) - 1))
    changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
    try:
        some, complete = read_all(changed)
    except Refused:
        return
    assert not complete or some == wanted


def read_all(content: bytes) -> tuple[dict[int, bytes], bool]:
    reader = Reader(io.BytesIO(content), KEY)
    reader.index()
    return {track: b"".join(reader.stream(track)) for track in (1, 2, 3)}, reader.complete
