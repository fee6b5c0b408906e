"""What of a recording is offered for playing."""

from __future__ import annotations

from pathlib import Path

from teleconsult.vault import Writer
from teleconsult.web import room_media
from tests.builders import a_system


def test_a_shared_screen_that_had_ended_before_leaves_no_track_that_cannot_be_played(tmp_path: Path) -> None:
    system = a_system(tmp_path / "home")
    file = tmp_path / "one.recording"
    writer = Writer(file, "one", system.keys.recordings)
    for track, kind in ((1, "video"), (2, "audio"), (3, "video")):
        writer.note({"track": track, "kind": kind})
    for track, first in ((1, 0.2), (2, None)):
        writer.note({"track": track, "gaps": 0, "first": first})
    writer.write(3, b"still under way when the node died")
    writer.close()
    system.blobs.put("recordings/one", file.read_bytes())
    found, whole = room_media.tracks(system, "recordings/one")
    assert ([one["track"] for one in found], whole) == ([1, 3], False)
    system.store.engine.dispose()
