"""A number is found however its letters are typed, and the indexes still serve."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from teleconsult.imaging import merge
from teleconsult.imaging.find_names import keys
from teleconsult.imaging.find_typed import spellings
from teleconsult.imaging.tables import PatientRow, StudyNameRow
from teleconsult.reporting import queries
from teleconsult.reporting.queries import Filter
from teleconsult.reporting.queries.worklist_where import matching
from tests.builders import Alliance
from tests.records.house import a_study


@pytest.mark.parametrize("typed", ["DEMO00", "demo0001", "Demo0001", "dEMO0001", "acc-77", "ACC-77B"])
def test_letter_case_hides_no_study_that_is_open_or_closed(alliance: Alliance, typed: str) -> None:
    with alliance.system.work() as work:
        study = a_study(
            work, alliance.sites["county_a"], patient_number="DEMO0001", accession="ACC-77B", state="receiving"
        )
        study_id = study.id
    with alliance.system.read() as work:
        found = queries.worklist(work, alliance.people["doctor_a"], Filter(q=typed))
        assert [row.study_id for row in found.rows] == [study_id], "one that is open"
        assert list(work.session.scalars(select(matching(typed).c[0]))) == [study_id], "one that is closed"


def test_each_spelling_is_looked_for_once() -> None:
    assert spellings("P1") == ("P1", "p1")
    assert spellings("0001") == ("0001",)
    assert spellings("dEm1") == ("dEm1", "DEM1", "dem1", "Dem1")

    assert spellings("ｄ－1")[:2] == ("ｄ－1", "Ｄ－1"), "as it was typed, for one that is stored so"
    assert set(spellings("ｄ－1")[2:]) == {"d-1", "D-1"}


@pytest.mark.parametrize(
    "typed",
    ["Ｅ－ＤＭＧ６", "ｅ－ｄｍｇ", "测试 损坏", "测试\u3000损坏", "ＣＥＳＨＩ", "ce shi", "Ａ－７７", "ＦＵＬＬ９"],
)
def test_width_and_gaps_of_what_is_typed_hide_no_study(alliance: Alliance, typed: str) -> None:
    stored = {"ＦＵＬＬ９": "ＦＵＬＬ９"}.get(typed, "E-DMG6")
    with alliance.system.work() as work:
        study = a_study(work, alliance.sites["county_a"], patient_number=stored, accession="A-77", state="receiving")
        for key in keys("Ceshi^Sunhuai=测试^损坏"):
            work.session.merge(StudyNameRow(study_id=study.id, key=key))
        study_id = study.id
    with alliance.system.read() as work:
        found = queries.worklist(work, alliance.people["doctor_a"], Filter(q=typed))
        assert [row.study_id for row in found.rows] == [study_id], "one that is open"
        assert list(work.session.scalars(select(matching(typed).c[0]))) == [study_id], "one that is closed"


@pytest.mark.parametrize("typed", ["-", "·", "^ ^"])
def test_gaps_alone_are_nobodys_name(alliance: Alliance, typed: str) -> None:
    with alliance.system.work() as work:
        a_study(work, alliance.sites["county_a"], state="receiving")
    with alliance.system.read() as work:
        assert queries.worklist(work, alliance.people["doctor_a"], Filter(q=typed)).rows == ()
        assert list(work.session.scalars(select(matching(typed).c[0]))) == []


def test_every_spelling_is_a_range_of_its_index(alliance: Alliance) -> None:
    with alliance.system.read() as work:
        session = work.session
        dialect = session.get_bind().dialect
        said = str(select(matching("demo0001")).compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
        if dialect.name == "sqlite":
            plan = [str(row[3]) for row in session.execute(text(f"EXPLAIN QUERY PLAN {said}"))]
            looks = [line for line in plan if line.startswith("SEARCH studies")]
            assert not [line for line in plan if line.startswith("SCAN stud")], plan
        else:
            session.execute(
                text("SET LOCAL enable_seqscan = off")
            )  # so few rows need no index: ask whether one can serve
            plan = [str(row[0]) for row in session.execute(text(f"EXPLAIN {said}"))]
            looks = [line for line in plan if "ix_studies_by_" in line]
            assert not [line for line in plan if "Seq Scan on stud" in line], plan
    for index in ("ix_studies_by_patient_number", "ix_studies_by_accession"):
        assert sum(index in line for line in looks) == 3, plan
    for index in ("ix_patients_of_a_person", "ix_studies_of_a_patient"):
        assert any(index in line for line in plan), f"the other numbers of a merged person: {plan}"
    assert not [line for line in plan if "SCAN patients" in line or "Seq Scan on patients" in line], plan


@pytest.mark.parametrize("typed", ["GW1", "gw2", "GW3", "Gw"])
def test_every_number_of_a_merged_person_finds_their_open_and_closed_studies_until_it_is_taken_back(
    alliance: Alliance, typed: str
) -> None:
    someone = alliance.people["technician_a"]
    with alliance.system.work() as work:
        studies = [
            a_study(work, alliance.sites["county_a"], number, patient_number=f"GW{number}", state="receiving")
            for number in (1, 2)
        ]
        bare = a_study(work, alliance.sites["county_a"], 3, state="receiving")
        both = {study.id for study in studies}
        patients = [study.patient_id for study in (*studies, bare)]
        for patient_id, number in zip(patients, ("GW1", "GW2", "GW3"), strict=True):
            work.get(PatientRow, patient_id).number = number
        # What came under the third number was filed elsewhere since: no study bears it.
        bare.patient_id = a_study(work, alliance.sites["county_a"], 4, state="receiving").patient_id
    with alliance.system.work(someone) as work:
        rows = [merge.merge(work, someone, patients[0], other, "同一患者") for other in patients[1:]]

    def found() -> tuple[set[str], set[str]]:
        with alliance.system.read() as work:
            page = queries.worklist(work, alliance.people["doctor_a"], Filter(q=typed))
            closed = set(work.session.scalars(select(matching(typed).c[0])))
            elsewhere = queries.worklist(work, alliance.people["doctor_b"], Filter(q=typed))
        assert not elsewhere.rows, "a merge shows nobody more"
        return {row.study_id for row in page.rows}, closed

    assert found() == (both, both)
    with alliance.system.work(someone) as work:
        for row in reversed(rows):
            merge.unmerge(work, someone, row.id, "看错了")
    alone = {study.id for study in studies if study.patient_number.startswith(typed.upper())}
    assert found() == (alone, alone), "at once"
