"""C-FIND at every level of both roots: what matches, what is answered, whose studies, and how a refusal is said."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
from pydicom import Dataset
from pydicom.uid import UID, generate_uid
from pynetdicom import AE, evt
from pynetdicom.events import Event
from pynetdicom.pdu import P_DATA_TF
from sqlalchemy import select

from dicom_node import matches, query
from dicom_node.node import Node
from teleconsult import access
from teleconsult.access import SYSTEM
from teleconsult.imaging import StudyRow, merge
from teleconsult.imaging.tables import PatientRow
from tests import synth
from tests.builders import Alliance
from tests.node import asking
from tests.node.asking import PATIENT_FIND, STUDY_FIND, find, keys

WANG = synth.ct_slice(
    1,
    patient_id="A001",
    patient_name="Wang^Xiaoming=王^小明",
    StudyDate="20261101",
    AccessionNumber="ACC1",
    study_uid=generate_uid(),
)
LI = synth.an_mr(
    1,
    patient_id="A002",
    patient_name="Li^Na=李^娜",
    StudyDate="20261110",
    AccessionNumber="ACC2",
    study_uid=generate_uid(),
)


@pytest.fixture
def archive(alliance: Alliance, node: Node) -> tuple[str, int]:
    """Two studies of the first county, one of the second."""
    asking.keep(alliance, *two_series(), LI)
    asking.keep(alliance, synth.a_dx(patient_id="B001", patient_name="Zhao^Si=赵^四"), sender="SCANNER_B")
    return node.address


def two_series() -> list[Dataset]:
    second = synth.ct_slice(
        2,
        patient_id="A001",
        patient_name="Wang^Xiaoming=王^小明",
        StudyDate="20261101",
        AccessionNumber="ACC1",
        study_uid=WANG.StudyInstanceUID,
    )
    second.SeriesInstanceUID = generate_uid()
    return [WANG, second]


def names(address: tuple[str, int], calling: str = "SCANNER_A", **values: Any) -> set[str]:
    found, last = find(address, keys("STUDY", **{"PatientName": "", **values}), calling=calling)
    assert last.Status == 0, last.get("ErrorComment")
    return {str(answer.PatientName).split("=")[0] for _, answer in found}


@pytest.mark.parametrize(
    "asked",
    ["王*", "WANG*", "wang^xiaoming", "*Xiaoming", "王^小明", "wangxiaoming", "WXM", "w?ng*", "Wang^Xiaoming=王^小明"],
)
def test_a_name_is_found_in_any_writing_and_any_case(archive: tuple[str, int], asked: str) -> None:
    assert names(archive, PatientName=asked) == {"Wang^Xiaoming"}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, {"Wang^Xiaoming", "Li^Na"}),
        ({"PatientName": "*"}, {"Wang^Xiaoming", "Li^Na"}),
        ({"StudyDate": "20261101-20261105"}, {"Wang^Xiaoming"}),
        ({"StudyDate": "20261105-"}, {"Li^Na"}),
        ({"StudyDate": "-20261101"}, {"Wang^Xiaoming"}),
        ({"StudyDate": "20261110"}, {"Li^Na"}),
        ({"PatientID": "A00?"}, {"Wang^Xiaoming", "Li^Na"}),
        ({"PatientID": "A002"}, {"Li^Na"}),
        ({"AccessionNumber": "*C1"}, {"Wang^Xiaoming"}),
        ({"ModalitiesInStudy": "MR"}, {"Li^Na"}),
        ({"ModalitiesInStudy": ["MR", "CT"]}, {"Wang^Xiaoming", "Li^Na"}),
        ({"ModalitiesInStudy": "C*"}, {"Wang^Xiaoming"}),
        ({"StudyInstanceUID": [WANG.StudyInstanceUID, LI.StudyInstanceUID, "1.2.3"]}, {"Wang^Xiaoming", "Li^Na"}),
        ({"StudyInstanceUID": "1.2.3"}, set()),
    ],
)
def test_studies_are_matched_by_wildcards_ranges_and_lists(
    archive: tuple[str, int], values: dict[str, Any], expected: set[str]
) -> None:
    assert names(archive, **values) == expected


def test_an_answer_holds_what_was_asked_and_what_is_always_told(archive: tuple[str, int]) -> None:
    asked = keys(
        "STUDY", PatientID="A001", StudyInstanceUID="", ModalitiesInStudy="", NumberOfStudyRelatedSeries="",
        NumberOfStudyRelatedInstances="", StudyDescription="", PatientBirthDate="",
    )  # fmt: skip
    ((status, answer),), last = find(archive, asked)
    assert (status, last.Status) == (0xFF00, 0)
    assert answer.SpecificCharacterSet == "ISO_IR 192"
    assert (answer.QueryRetrieveLevel, answer.RetrieveAETitle, answer.InstanceAvailability) == (
        "STUDY",
        "TELECONSULT",
        "ONLINE",
    )
    assert (answer.NumberOfStudyRelatedSeries, answer.NumberOfStudyRelatedInstances) == (2, 2)
    assert (answer.StudyInstanceUID, answer.ModalitiesInStudy) == (WANG.StudyInstanceUID, "CT")
    assert set(answer.dir()) == {*asked.dir(), "RetrieveAETitle", "InstanceAvailability"}


def test_patients_are_counted_by_what_their_studies_hold(archive: tuple[str, int]) -> None:
    asked = keys(
        "PATIENT",
        PatientName="wang*",
        PatientID="",
        NumberOfPatientRelatedStudies="",
        NumberOfPatientRelatedInstances="",
    )
    ((status, answer),), _ = find(archive, asked, PATIENT_FIND)
    assert (status, answer.PatientID) == (0xFF00, "A001")
    assert (answer.NumberOfPatientRelatedStudies, answer.NumberOfPatientRelatedInstances) == (1, 2)
    assert str(answer.PatientName) == "Wang^Xiaoming=王^小明"


def test_series_and_instances_are_found_below_one_study(archive: tuple[str, int]) -> None:
    study = str(WANG.StudyInstanceUID)
    series, _ = find(
        archive,
        keys("SERIES", StudyInstanceUID=study, SeriesInstanceUID="", Modality="CT", NumberOfSeriesRelatedInstances=""),
    )
    assert [answer.NumberOfSeriesRelatedInstances for _, answer in series] == [1, 1]
    above = {"StudyInstanceUID": study, "SeriesInstanceUID": str(WANG.SeriesInstanceUID)}
    ((_, image),), _ = find(
        archive, keys("IMAGE", **above, SOPInstanceUID="", SOPClassUID="", Rows="", NumberOfFrames="")
    )
    assert (image.SOPInstanceUID, image.SOPClassUID, image.Rows) == (WANG.SOPInstanceUID, synth.CT, 64)
    ((_, by_patient),), _ = find(archive, keys("IMAGE", PatientID="A001", **above, SOPInstanceUID=""), PATIENT_FIND)
    assert by_patient.SOPInstanceUID == WANG.SOPInstanceUID


@pytest.mark.parametrize(
    ("level", "model"), [("PATIENT", PATIENT_FIND), ("STUDY", PATIENT_FIND), ("STUDY", STUDY_FIND)]
)
def test_who_gave_a_patient_number_is_told_and_asked_by_the_hospital_s_code(
    archive: tuple[str, int], level: str, model: str
) -> None:
    def issuers(asked: str) -> tuple[set[str], set[int]]:
        found, last = find(archive, keys(level, PatientID="A001", IssuerOfPatientID=asked), model)
        assert last.Status == 0
        return {str(answer.IssuerOfPatientID) for _, answer in found}, {status for status, _ in found}

    for asked in ("", "*", "county_a"):
        assert issuers(asked) == ({"county_a"}, {0xFF00})
    assert issuers("county_b") == (set(), set())
    assert issuers("county_?") == ({"county_a"}, {0xFF01}), "in part it narrows nothing, and that is said"


def test_a_key_that_is_not_supported_is_said_with_each_answer(archive: tuple[str, int]) -> None:
    ((status, answer),), last = find(archive, keys("STUDY", PatientID="A001", AdmissionID="7"))
    assert (status, last.Status) == (0xFF01, 0)
    assert "AdmissionID" not in answer


def test_a_sequence_that_is_not_supported_is_said_too(archive: tuple[str, int]) -> None:
    item = Dataset()
    item.ReferencedSOPInstanceUID = ""
    ((status, answer),), last = find(archive, keys("STUDY", PatientID="A001", ReferencedStudySequence=[item]))
    assert (status, last.Status) == (0xFF01, 0)
    assert "ReferencedStudySequence" not in answer


@pytest.mark.parametrize("item", [[], [Dataset()]])
def test_a_merged_person_s_other_numbers_are_answered_as_far_as_the_peer_may_find_them(
    archive: tuple[str, int], alliance: Alliance, item: list[Dataset]
) -> None:
    def numbers(level: str, model: str, number: str, calling: str = "SCANNER_A") -> list[tuple[str, str, str]]:
        asked = keys(level, PatientID=number, OtherPatientIDsSequence=item)
        ((status, answer),), _ = find(archive, asked, model, calling)
        assert status == 0xFF00
        others = answer.OtherPatientIDsSequence
        return [(str(each.PatientID), str(each.IssuerOfPatientID), str(each.TypeOfPatientID)) for each in others]

    assert numbers("PATIENT", PATIENT_FIND, "B001", "SCANNER_B") == []
    with alliance.system.work() as work:
        rows = {row.number: row.id for row in work.session.scalars(select(PatientRow))}
        merge.merge(work, SYSTEM, rows["A001"], rows["A002"], "同一患者，急诊临时号")
        merge.merge(work, SYSTEM, rows["A001"], rows["B001"], "同一患者")
    wanted = keys("PATIENT", PatientID="A001", OtherPatientIDsSequence=item)
    found, _ = find(archive, wanted, PATIENT_FIND)
    told = {str(each.PatientID): [str(n.PatientID) for n in each.OtherPatientIDsSequence] for _, each in found}
    assert told == {"A001": ["A002"], "A002": ["A001"]}, "one number finds both, each with the other"
    under = {str(ds.PatientID): str(ds.StudyInstanceUID) for ds in (WANG, LI)}
    for number, study in under.items():
        asked = keys("STUDY", StudyInstanceUID=study, OtherPatientIDsSequence=item)
        ((_, answer),), _ = find(archive, asked)
        (other,) = answer.OtherPatientIDsSequence
        assert (other.PatientID, other.IssuerOfPatientID, other.TypeOfPatientID) == (
            ({*under} - {number}).pop(), "county_a", "TEXT",
        )  # fmt: skip
    assert numbers("PATIENT", PATIENT_FIND, "B001", "SCANNER_B") == [], (
        "another hospital's numbers are not its own to know"
    )


def test_a_peer_finds_what_its_site_made_and_what_it_was_given(archive: tuple[str, int], alliance: Alliance) -> None:
    assert names(archive, calling="SCANNER_B") == {"Zhao^Si"}
    with alliance.system.work() as work:
        study = work.session.scalars(query_of(LI)).one()
        access.open_share(work, study, alliance.sites["county_b"], "consult", "consultation")
    assert names(archive, calling="SCANNER_B") == {"Zhao^Si"}, "asked for an opinion were people, not the PACS"
    with alliance.system.work() as work:
        access.open_share(work, study, alliance.sites["county_b"], "referral", "referral")
    assert names(archive, calling="SCANNER_B") == {"Zhao^Si", "Li^Na"}
    with alliance.system.work() as work:
        access.close_shares(work, "referral")
    assert names(archive, calling="SCANNER_B") == {"Zhao^Si"}


def query_of(ds: Dataset) -> Any:
    return select(StudyRow.id).where(StudyRow.study_uid == str(ds.StudyInstanceUID))


@pytest.mark.parametrize(
    ("identifier", "status"),
    [
        (keys("SERIES", SeriesInstanceUID=""), 0xA900),
        (keys("IMAGE", StudyInstanceUID="1.2", SOPInstanceUID=""), 0xA900),
        (keys("PATIENT", PatientID=""), 0xA900),
        (keys("WRONG", PatientID=""), 0xA900),
        (keys("STUDY", StudyDate="20261301-x"), 0xC000),
        (keys("STUDY", StudyTime="noon"), 0xC000),
    ],
)
def test_what_cannot_be_understood_is_refused_with_a_comment(
    archive: tuple[str, int], identifier: Dataset, status: int
) -> None:
    found, last = find(archive, identifier)
    assert (found, last.Status) == ([], status)
    assert last.ErrorComment


def test_a_query_in_gb18030_is_understood_and_answered_in_it(archive: tuple[str, int]) -> None:
    asked = keys("STUDY", PatientName="王*")
    asked.SpecificCharacterSet = "GB18030"
    ((_, answer),), _ = find(archive, asked)
    assert answer.SpecificCharacterSet == "GB18030"
    assert str(answer.PatientName) == "Wang^Xiaoming=王^小明"


def test_a_query_can_be_cancelled(archive: tuple[str, int], alliance: Alliance) -> None:
    asking.keep(alliance, *(synth.an_mr(1, patient_id=f"C{n}", study_uid=generate_uid()) for n in range(20)))
    with asking.associated(archive, STUDY_FIND) as association:
        answers = association.send_c_find(keys("STUDY", PatientID=""), UID(STUDY_FIND), msg_id=7)
        next(answers)
        association.send_c_cancel(7, None, UID(STUDY_FIND))
        statuses = [int(status.Status) for status, _ in answers]
        assert statuses[-1] in (0xFE00, 0), "a cancel may come when all was said"
        assert association.is_established
        again = [
            int(status.Status)
            for status, _ in association.send_c_find(keys("STUDY", PatientID="A001"), UID(STUDY_FIND))
        ]
    assert again == [0xFF00, 0]


def test_pages_join_without_a_gap_or_a_repeat_and_end_where_too_much_was_asked(
    archive: tuple[str, int], alliance: Alliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking.keep(alliance, *(synth.an_mr(1, patient_id=f"C{n}", study_uid=generate_uid()) for n in range(6)))
    monkeypatch.setattr(query, "_PAGE", 3)
    found, last = find(archive, keys("STUDY", PatientID=""))
    assert (sorted(answer.PatientID for _, answer in found), last.Status) == (
        ["A001", "A002", *(f"C{n}" for n in range(6))],
        0,
    )
    monkeypatch.setattr(matches, "MOST", 6)
    found, last = find(archive, keys("STUDY", PatientID=""))
    assert (len(found), last.Status) == (6, 0xA700)
    assert "ask for less" in last.ErrorComment


@pytest.mark.parametrize("longest", [0, 128, 300, 16382])
def test_an_answer_goes_in_pieces_that_the_peer_takes(archive: tuple[str, int], longest: int) -> None:
    sizes: list[int] = []

    def heard(event: Event) -> None:
        if isinstance(event.pdu, P_DATA_TF):
            sizes.append(event.pdu.pdu_length)

    ae = AE(ae_title="SCANNER_A")
    ae.add_requested_context(UID(STUDY_FIND), [UID(asking.IMPLICIT)])
    line = ae.associate(*archive, ae_title="TELECONSULT", max_pdu=longest, evt_handlers=[(evt.EVT_PDU_RECV, heard)])
    assert line.is_established
    asked = keys("STUDY", PatientName="王*", StudyDate="", AccessionNumber="", StudyInstanceUID="", StudyDescription="")
    ((status, found), (last, _)) = line.send_c_find(asked, UID(STUDY_FIND))
    line.release()
    assert (status.Status, last.Status) == (0xFF00, 0)
    assert found is not None
    assert (str(found.PatientName), found.AccessionNumber, found.StudyInstanceUID) == (
        "Wang^Xiaoming=王^小明",
        "ACC1",
        WANG.StudyInstanceUID,
    )
    assert not longest or max(sizes) <= longest
    assert len(sizes) > 2 if longest == 128 else len(sizes) >= 2


@pytest.mark.needs_dcmtk
def test_dcmtk_reads_every_answer(archive: tuple[str, int], alliance: Alliance) -> None:
    asking.keep(alliance, *(synth.an_mr(1, patient_id=f"C{n}", study_uid=generate_uid()) for n in range(20)))
    host, port = archive
    said = subprocess.run(
        ["findscu", "-S", "-aet", "SCANNER_A", "-aec", "TELECONSULT", "-pdu", "4096", host, str(port),
         "-k", "QueryRetrieveLevel=STUDY", "-k", "PatientID=C*", "-k", "StudyInstanceUID"],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    heard = said.stdout + said.stderr
    assert [number for number in range(20) if f"C{number} " in heard or f"[C{number}]" in heard] == list(range(20))
