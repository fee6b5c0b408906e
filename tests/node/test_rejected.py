"""What a rejection note names is gone for everybody who retrieves, also for who asks for it by its own UID; it is kept and answered for."""

from __future__ import annotations

import pytest
from pydicom import Dataset
from pydicom.uid import UID
from sqlalchemy import select

from dicom_node.node import Node
from teleconsult.imaging import rejection
from teleconsult.imaging.tables import StudyRow
from tests import synth
from tests.builders import Alliance
from tests.node import asking
from tests.node.asking import PATIENT_FIND, STUDY_FIND, STUDY_GET, keys
from tests.node.conftest import Browser
from tests.node.test_dicomweb import url
from tests.node.test_dicomweb_uri import uri
from tests.node.test_retrieve import a_pacs, counts, move
from tests.notes import a_note
from tests.working import settle_all, work_off

CODES = sorted(rejection.CODES)
OF_AN_INSTANCE = ("", "/metadata", "/rendered", "/thumbnail", "/frames/1", "/frames/1/rendered", "/frames/1/thumbnail")


def rejected(alliance: Alliance, code: str, count: int = 1) -> list[Dataset]:
    """A series of three, prepared for viewing, of which the first `count` were rejected."""
    series = synth.a_ct_series(3)
    asking.keep(alliance, *series)
    settle_all(alliance.system)
    work_off(alliance.system)
    asking.keep(alliance, a_note(code, series[:count]))
    work_off(alliance.system)
    return series


@pytest.mark.parametrize("code", CODES)
def test_no_url_of_a_rejected_object_gives_anything_of_it(alliance: Alliance, browser: Browser, code: str) -> None:
    gone, left, *_ = rejected(alliance, code)
    for path in (*OF_AN_INSTANCE, "/bulkdata/7FE00010"):
        assert browser.get(url(gone, path)).status_code == 404, path
        assert browser.get(url(left, path)).status_code == 200, path
    for more in ("", "&contentType=application/dicom", "&contentType=image/png&frameNumber=1"):
        assert browser.get(uri(gone, more)).status_code == 404, more
        assert browser.get(uri(left, more)).status_code == 200, more


@pytest.mark.parametrize("code", CODES)
def test_a_search_by_its_own_uid_finds_neither_it_nor_its_series_and_study(
    alliance: Alliance, browser: Browser, code: str
) -> None:
    gone, left, *_ = rejected(alliance, code)
    for level in ("studies", "series", "instances"):
        assert browser.get(f"/{level}?SOPInstanceUID={gone.SOPInstanceUID}").status_code == 204, level
        assert browser.get(f"/{level}?SOPInstanceUID={left.SOPInstanceUID}").status_code == 200, level


@pytest.mark.parametrize("code", CODES)
def test_a_peer_that_names_it_finds_and_gets_nothing(alliance: Alliance, node: Node, code: str) -> None:
    gone, left, *_ = rejected(alliance, code)
    above = {"StudyInstanceUID": gone.StudyInstanceUID, "SeriesInstanceUID": gone.SeriesInstanceUID}
    named = keys("IMAGE", **above, SOPInstanceUID=gone.SOPInstanceUID)
    found, last = asking.find(node.address, named)
    assert (found, last.Status) == ([], 0)
    with a_pacs(alliance) as pacs:
        (answer, _) = move(node.address, named)[-1]
        assert (answer.Status, counts(answer), pacs.got) == (0, (0, 0, 0), [])
        both = keys("IMAGE", **above, SOPInstanceUID=[str(gone.SOPInstanceUID), str(left.SOPInstanceUID)])
        assert counts(move(node.address, both)[-1][0]) == (1, 0, 0)
        assert [uid for uid, *_ in pacs.got] == [str(left.SOPInstanceUID)]
    came: list[str] = []

    def on_store(event: object) -> int:
        came.append(str(event.request.AffectedSOPInstanceUID))  # type: ignore[attr-defined]
        return 0

    offered = [(synth.CT, ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2"])]
    with asking.associated(node.address, STUDY_GET, receiving=offered, on_store=on_store) as association:
        *_, (answer, _) = list(association.send_c_get(named, UID(STUDY_GET)))
    assert (answer.Status, counts(answer), came) == (0, (0, 0, 0), [])


def test_a_lifted_note_is_found_and_fetched_by_nobody_and_its_images_are(
    alliance: Alliance, browser: Browser, node: Node
) -> None:
    series = synth.a_ct_series(3)
    asking.keep(alliance, *series)
    settle_all(alliance.system)
    work_off(alliance.system)
    note = a_note("113001", series)
    asking.keep(alliance, note)
    work_off(alliance.system)
    technician = alliance.people["technician_a"]
    with alliance.system.work(technician) as work:
        study_id = work.session.scalars(select(StudyRow.id)).one()
        assert rejection.lift(work, technician, study_id, "113001", "误发") == 3
    work_off(alliance.system)
    assert browser.get(url(note)).status_code == 404
    answer = browser.get(f"/studies?StudyInstanceUID={note.StudyInstanceUID}").get_json()
    (found,) = answer
    assert (found["00201206"]["Value"], found["00080061"]["Value"]) == ([1], ["CT"])
    with a_pacs(alliance) as pacs:
        whole = keys("STUDY", StudyInstanceUID=note.StudyInstanceUID)
        assert counts(move(node.address, whole)[-1][0]) == (3, 0, 0)
        assert {uid for uid, *_ in pacs.got} == {str(ds.SOPInstanceUID) for ds in series}


def test_a_study_rejected_as_a_whole_is_found_at_no_level(alliance: Alliance, node: Node) -> None:
    gone, *_ = rejected(alliance, "113001", count=3)
    for model, level in ((PATIENT_FIND, "PATIENT"), (STUDY_FIND, "STUDY")):
        number = {"PatientID": gone.PatientID}
        assert asking.find(node.address, keys(level, **number), model)[0] == []
