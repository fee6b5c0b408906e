"""What several gateways each hold of a study is added up while they send it, on both databases."""

from __future__ import annotations

from datetime import timedelta

from pydicom import Dataset
from sqlalchemy import select

from teleconsult.access import SYSTEM, Peer, add_peer, identify
from teleconsult.imaging import StudyRow, settle
from teleconsult.imaging.expected import Lacking, lacking
from teleconsult.imaging.uploads_study import Left, end_of_study, sends
from tests import synth
from tests.builders import Alliance
from tests.working import arrive

FIRST, OTHER = "SCANNER_A", "SCANNER_C"


def peer(alliance: Alliance, title: str) -> Peer:
    with alliance.system.read() as work:
        found = identify(work, title, "127.0.0.1")
    assert found is not None
    return found


def bring(alliance: Alliance, title: str, *objects: Dataset) -> None:
    for each in objects:
        arrive(alliance.system, synth.as_bytes(each), title)


def missing(alliance: Alliance, after: float = 700) -> tuple[str, Lacking | None]:
    """The study's state and what its reader sees, so many seconds after its last object."""
    with alliance.system.work() as work:
        study = work.session.scalars(select(StudyRow)).one()
        settle.sweep(work, study.last_arrival_at + timedelta(seconds=after))
        work.session.refresh(study)
        return study.state, lacking(work, [study.id]).get(study.id)


def test_a_study_lacks_what_each_gateway_still_has_of_it(alliance: Alliance) -> None:
    with alliance.system.work() as work:
        add_peer(work, SYSTEM, OTHER, "127.0.0.1", alliance.sites["county_a"])
    slices = synth.a_ct_series(7)
    uid = str(slices[0].StudyInstanceUID)
    for title in (FIRST, OTHER):
        sends(alliance.system.store, peer(alliance, title), "home", {uid: 4})
    bring(alliance, FIRST, *slices[:3])
    bring(alliance, OTHER, slices[6])
    assert missing(alliance, after=200) == ("receiving", None), "they are at it: it is waited for"
    assert missing(alliance) == ("settled", Lacking(4, 8))
    bring(alliance, FIRST, slices[6])
    assert missing(alliance) == ("settled", Lacking(4, 7)), "both had it, so that it was counted twice until now"
    with alliance.system.work() as work:
        assert end_of_study(work, peer(alliance, FIRST), uid, 4, Left(0, (), "home")).agreed
    assert missing(alliance) == ("settled", Lacking(4, 7)), "one of them is done, the other is not"
    bring(alliance, OTHER, *slices[3:6])
    assert missing(alliance) == ("settled", None)
    with alliance.system.work() as work:
        assert end_of_study(work, peer(alliance, OTHER), uid, 4, Left(0, (), "home")).agreed
    assert missing(alliance) == ("settled", None)
