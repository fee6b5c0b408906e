"""Small deflated objects that are huge inside, through the port: a clear answer, little memory, and the next object is taken in."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from dicom_node.node import Node
from teleconsult.imaging.tables import StudyRow
from teleconsult.records import journal
from tests import synth
from tests.builders import Alliance
from tests.memory import forget_most, most_kb
from tests.node import index
from tests.peers import Scanner, sent, sent_file
from tests.rules.test_inflated import FRAME, MOST_KB, a_bomb
from tests.working import settle_all, work_off

SUCCESS, CANNOT_UNDERSTAND = 0x0000, 0xC000


@pytest.mark.timeout(400)
def test_a_bomb_is_refused_or_kept_and_prepared_in_little_memory_and_the_next_object_is_taken_in(
    alliance: Alliance, node: Node
) -> None:
    scanner, system = Scanner(node.address, seconds=180), alliance.system
    beyond, within, usual = sent_file(a_bomb(5000 * FRAME)), sent_file(a_bomb(2400 * FRAME)), sent(synth.ct_slice())
    forget_most()  # the node and the jobs run in this process
    before = most_kb()
    assert scanner.send(beyond, usual) == [CANNOT_UNDERSTAND, SUCCESS]
    (kept,) = index.quarantined(system)
    assert (kept.reason, kept.detail) == ("object.unreadable", "inflates beyond every bound")
    assert index.bytes_of(system, kept) == beyond.data_set
    assert scanner.send(within, sent(synth.ct_slice())) == [SUCCESS, SUCCESS]
    index.settle(system)
    settle_all(system)
    work_off(system)
    (row,) = index.instances(system, within.sop_uid)
    assert (row.frames, row.size) == (2400, len(within.data_set))
    with system.read() as work:
        assert set(work.session.scalars(select(StudyRow.state))) == {"prepared"}
    (problems,) = {fact["problems"] for fact in _prepared(alliance)}
    assert problems == 0, "its pictures are drawn like any other's"
    assert most_kb() - before < MOST_KB


def _prepared(alliance: Alliance) -> list[dict[str, int]]:
    with alliance.system.read() as work:
        return [fact.details for fact in journal.facts_after(work, 0, 5000) if fact.name == "StudyPrepared"]
