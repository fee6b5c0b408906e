"""QIDO-RS against the tables of PS3.18 10.6: what must be matched, returned, included, warned of and refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from pydicom import Dataset
from sqlalchemy import select

from dicom_node import dicomweb_search
from dicom_node.dicomweb_query import keyword
from teleconsult.access import SYSTEM
from teleconsult.imaging import merge
from teleconsult.imaging.render_apart import RenderApart
from teleconsult.imaging.tables import PatientRow
from teleconsult.system import build
from tests import synth
from tests.builders import Alliance, some_settings
from tests.node.conftest import Browser
from tests.node.test_dicomweb import found, prepare

JSON = "application/dicom+json"
# Tables 10.6.3-3 to 10.6.3-5: what each row of an answer holds, as far as the object says it.
STUDY = (
    "StudyDate StudyTime AccessionNumber InstanceAvailability ModalitiesInStudy ReferringPhysicianName RetrieveURL PatientName PatientID "
    "PatientBirthDate PatientSex StudyInstanceUID StudyID NumberOfStudyRelatedSeries NumberOfStudyRelatedInstances SpecificCharacterSet"
).split()
SERIES = "Modality SeriesDescription RetrieveURL SeriesInstanceUID SeriesNumber NumberOfSeriesRelatedInstances".split()
INSTANCE = "SOPClassUID SOPInstanceUID InstanceAvailability RetrieveURL InstanceNumber Rows Columns BitsAllocated NumberOfFrames".split()


def bring_in(browser: Browser, *objects: Dataset) -> None:
    """By STOW-RS: indexed when it is answered."""
    who, browser.who = browser.who, "technician_a"
    for ds in objects:
        assert browser.post("/studies", synth.as_bytes(ds), "application/dicom").status_code == 200
    browser.who = who


@pytest.fixture(scope="module")
def browser(seeded: Alliance, tmp_path_factory: pytest.TempPathFactory, apart: RenderApart) -> Iterator[Browser]:
    """One archive for all questions: nothing here changes what is in it but one test, for a patient of its own."""
    home = tmp_path_factory.mktemp("searched") / "home"
    shutil.copytree(seeded.system.settings.home, home)
    system = build(some_settings(home))
    yield Browser(Alliance(system, seeded.sites, seeded.people), apart)
    system.store.engine.dispose()


@pytest.fixture(scope="module")
def series(browser: Browser) -> list[Dataset]:
    """Two slices of one study, prepared, and another patient's one."""
    made = synth.a_ct_series(2)
    for number, ds in enumerate(made):
        ds.SeriesDate, ds.PatientAge, ds.ReferringPhysicianName = "20260102", "066Y", "医生^甲"
        ds.StudyID, ds.BodyPartExamined, ds.SliceLocation = "S1", "CHEST", number
    bring_in(browser, *made, synth.ct_slice(patient_id="T0002", patient_name="测试^乙"))
    prepare(browser.alliance)
    return made


def names(row: dict[str, Any]) -> set[str]:
    return {keyword(tag) for tag, value in row.items() if "Value" in value}


def paths(ds: Dataset) -> dict[str, tuple[str, list[str]]]:
    """Every path of table 10.6.1-1, with what its rows must hold."""
    study, one = f"/studies/{ds.StudyInstanceUID}", f"/studies/{ds.StudyInstanceUID}/series/{ds.SeriesInstanceUID}"
    return {
        "all studies": ("/studies?PatientID=T0001", STUDY),
        "a study's series": (f"{study}/series", SERIES),
        "all series": ("/series?PatientID=T0001", STUDY + SERIES),
        "a study's instances": (f"{study}/instances", SERIES + INSTANCE),
        "a series' instances": (f"{one}/instances", INSTANCE),
        "all instances": ("/instances?PatientID=T0001", STUDY + SERIES + INSTANCE),
    }


@pytest.mark.parametrize("path", paths(synth.ct_slice()))
def test_every_path_answers_with_every_attribute_of_its_table(
    browser: Browser, series: list[Dataset], path: str
) -> None:
    address, needed = paths(series[0])[path]
    rows = found(browser.get(address, JSON))
    assert len(rows) == (2 if "instances" in path else 1)
    for row in rows:
        assert names(row) >= set(needed)
        assert list(row) == sorted(row)


@pytest.mark.parametrize(
    ("level", "query"),
    [
        *(("studies", f"{key}={value}") for key, value in {
            "StudyDate": "20260102", "StudyTime": "080000-083100", "AccessionNumber": "A0001", "ModalitiesInStudy": "CT",
            "ReferringPhysicianName": "医生*", "PatientName": "测试甲", "PatientID": "T0001", "StudyInstanceUID": "{study}", "StudyID": "S1",
        }.items()),
        *(("series", f"{key}={value}") for key, value in {"Modality": "CT", "SeriesInstanceUID": "{series}", "SeriesNumber": "1"}.items()),
        *(("instances", f"{key}={value}") for key, value in {
            "SOPClassUID": "1.2.840.10008.5.1.4.1.1.2", "SOPInstanceUID": "{sop}", "InstanceNumber": "1",
        }.items()),
        ("studies", "00100020=T0001&0020000D={study},1.2.3"),
        ("studies", "00100020=T0001&0020000D={study}&0020000D=1.2.3"),
        ("instances", "StudyInstanceUID={study}&SOPInstanceUID={sop}%5C1.2.3"),
        ("studies", "PatientID=&StudyID=S?"),
    ],
)  # fmt: skip
def test_every_required_key_is_matched(browser: Browser, series: list[Dataset], level: str, query: str) -> None:
    ds = series[0]
    told = query.format(study=ds.StudyInstanceUID, series=ds.SeriesInstanceUID, sop=ds.SOPInstanceUID)
    answer = browser.get(f"/{level}?{told}", JSON)
    assert "Warning" not in answer.headers
    rows = found(answer)
    assert ds.StudyInstanceUID in {row["0020000D"]["Value"][0] for row in rows}
    key, value = told.split("&")[0].split("=")
    assert browser.get(f"/{level}?{key}={value[:-1]}x", JSON).status_code in (204, 400) or value == ""


def test_fields_that_are_asked_for_come_from_the_object(browser: Browser, series: list[Dataset]) -> None:
    (row,) = found(browser.get("/studies?PatientID=T0001&includefield=PatientAge,00080021", JSON))
    assert (row["00101010"]["Value"], row["00080021"]["Value"]) == (["066Y"], ["20260102"])
    (row,) = found(
        browser.get(f"/studies/{series[0].StudyInstanceUID}/series?includefield=00080021&includefield=PatientAge", JSON)
    )
    assert (row["00101010"]["Value"], row["00080021"]["Value"]) == (["066Y"], ["20260102"])
    rows = found(browser.get(f"/studies/{series[0].StudyInstanceUID}/instances?includefield=SliceLocation", JSON))
    assert [row["00201041"]["Value"] for row in rows] == [[0], [1]]


def test_who_gave_a_patient_number_is_told_and_asked_by_the_hospital_s_code(
    browser: Browser, series: list[Dataset]
) -> None:
    for path in ("/studies?PatientID=T0001", f"/studies/{series[0].StudyInstanceUID}/instances?includefield=00100021"):
        assert {row["00100021"]["Value"][0] for row in found(browser.get(path, JSON))} == {"county_a"}
    answer = browser.get("/studies?PatientID=T0001&IssuerOfPatientID=county_a", JSON)
    assert (len(found(answer)), "Warning" in answer.headers) == (1, False)
    assert browser.get("/studies?PatientID=T0001&IssuerOfPatientID=county_b", JSON).status_code == 204
    answer = browser.get("/studies?PatientID=T0001&IssuerOfPatientID=county*", JSON)
    assert "00100021" in answer.headers["Warning"]


def test_a_merged_person_s_other_number_is_included_where_it_is_asked_for(browser: Browser) -> None:
    mine, other = (synth.ct_slice(patient_id=number, patient_name="测试^合并") for number in ("T0091", "T0092"))
    bring_in(browser, mine, other)
    plain = found(browser.get("/studies?PatientID=T0091&includefield=OtherPatientIDsSequence", JSON))
    assert [("00101002" in row, row["00100020"]["Value"]) for row in plain] == [(False, ["T0091"])]
    with browser.alliance.system.work() as work:
        ids = [
            work.session.scalars(select(PatientRow.id).where(PatientRow.number == n)).one() for n in ("T0091", "T0092")
        ]
        merge.merge(work, SYSTEM, ids[0], ids[1], "同一患者")
    for asked in ("OtherPatientIDsSequence", "00101002", "all"):
        rows = found(browser.get(f"/studies?PatientID=T0091&includefield={asked}", JSON))
        told = {row["00100020"]["Value"][0]: row["00101002"]["Value"] for row in rows}
        assert {number: [item["00100020"]["Value"] for item in items] for number, items in told.items()} == {
            "T0091": [["T0092"]],
            "T0092": [["T0091"]],
        }
    (row,) = found(browser.get(f"/studies/{mine.StudyInstanceUID}/series?includefield=00101002", JSON))
    assert row["00101002"]["Value"][0]["00100021"]["Value"] == ["county_a"]
    assert all("00101002" not in row for row in found(browser.get("/studies?PatientID=T0091", JSON)))


def test_all_fields_of_an_instance_are_its_metadata_without_bulk_data(browser: Browser, series: list[Dataset]) -> None:
    where = f"/studies/{series[0].StudyInstanceUID}"
    rows = found(browser.get(f"{where}/instances?includefield=all", JSON))
    described = found(browser.get(f"{where}/metadata", JSON))
    for row, whole in zip(rows, described, strict=True):
        assert set(row) >= {tag for tag, value in whole.items() if "BulkDataURI" not in value}
        assert "7FE00010" not in row
    plain = found(browser.get(f"{where}/instances", JSON))
    assert "00201041" not in plain[0]


def test_a_study_that_was_not_prepared_is_found_without_them(browser: Browser) -> None:
    bring_in(browser, synth.ct_slice(patient_id="T0003"))
    (row,) = found(browser.get("/studies?PatientID=T0003&includefield=PatientAge", JSON))
    assert "00101010" not in row


@pytest.mark.parametrize(
    "query",
    [
        "limit=-1",
        "limit=x",
        "offset=-1",
        "fuzzymatching=perhaps",
        "StudyDate=yesterday",
        "StudyDate=-",
        "SeriesNumber=one",
        "StudyTime=25h",
        "StudyTime=25",
        "StudyTime=0860",
        "StudyDate=20209999",
        "StudyDate=20260101-20261301",
        "PatientBirthDate=19600332",
        "includefield=nonsense",
        "includefield=0008103",
        "includefield=PatientAge,zz",
        "includefield=RequestAttributesSequence.zz",
    ],
)
def test_a_question_that_makes_no_sense_is_400_with_its_name(browser: Browser, query: str) -> None:
    answer = browser.get(f"/series?{query}", JSON)
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    told = json.loads(answer.get_data())
    assert told["code"] == "dicomweb.query"
    assert told["params"]["name"]


@pytest.mark.parametrize(
    "query",
    ["StudyDate=20260101-20260231", "StudyTime=00-235960.9", "includefield=all,00400275.00400007", "includefield="],
)
def test_what_clients_say_a_little_freely_is_understood(browser: Browser, series: list[Dataset], query: str) -> None:
    assert browser.get(f"/series?PatientID=T0001&{query}", JSON).status_code == 200


def test_what_is_not_matched_is_said_in_a_warning(browser: Browser, series: list[Dataset]) -> None:
    answer = browser.get("/studies?PatientID=T0001&PatientAge=066Y", JSON)
    assert answer.headers["Warning"].startswith("299 ")
    assert "00101010" in answer.headers["Warning"]


def test_a_question_without_a_limit_is_cut_and_says_so(
    browser: Browser, series: list[Dataset], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dicom_node.dicomweb_query.MOST", 1)
    answer = browser.get("/studies?limit=9", JSON)
    assert (len(found(answer)), "Warning" in answer.headers) == (1, True), "more was asked for than is given at once"
    assert "Warning" not in browser.get("/studies?limit=1", JSON).headers


def test_below_too_many_studies_nobody_is_searched(
    browser: Browser, series: list[Dataset], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dicomweb_search, "MOST_STUDIES", 1)
    for path in ("/series", "/instances?limit=5"):
        answer = browser.get(path, JSON)
        assert (answer.status_code, json.loads(answer.get_data())["code"]) == (413, "dicomweb.broad")
        narrowed = browser.get(f"{path.split('?')[0]}?PatientID=T0001", JSON)
        assert narrowed.status_code == 200
    assert browser.get("/studies", JSON).status_code == 200


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("*/*", 200),
        (JSON, 200),
        ("application/json", 200),
        ("application/dicom+xml;q=0.9, application/dicom+json;q=0.1", 200),
        ("application/dicom+xml", 406),
        ("image/png", 406),
    ],
)
def test_results_are_json_or_not_to_be_had(browser: Browser, series: list[Dataset], accept: str, status: int) -> None:
    assert browser.get("/studies", accept).status_code == status
    assert browser.get(f"/studies/{series[0].StudyInstanceUID}/metadata", accept).status_code == status
