"""A row of the worklist says what its study lacks and what of it is damaged, in one page with studies that are whole: on both databases."""

from __future__ import annotations

from sqlalchemy import select

from teleconsult import reading
from teleconsult.access import SYSTEM
from teleconsult.imaging import scrub
from teleconsult.imaging.expected import OF_A_STEP, Lacking, expect
from teleconsult.imaging.tables import InstanceRow
from teleconsult.reporting.queries import worklist
from tests.builders import Alliance
from tests.records.house import a_study


def rows(alliance: Alliance, login: str) -> dict[str, tuple[Lacking | None, int]]:
    """What each row says is missing and is damaged, by the patient's name."""
    actor = alliance.people[login]
    with alliance.system.read(actor) as work:
        page = worklist(work, actor, blobs=alliance.system.blobs)
        return {row.patient_name: (row.lacking, row.damaged) for row in page.rows}


def test_what_is_missing_and_what_is_damaged_stands_in_the_rows_of_both_sides(alliance: Alliance) -> None:
    system, home = alliance.system, alliance.sites["county_a"]
    with system.work() as work:
        made = [a_study(work, home, number, images=3) for number in range(1, 6)]
        for study in made:
            reading.open_for(work, study.id)
        expect(work, home, made[0].study_uid, "sender", 5)
        for step, end in (("1", 4), ("2", 6)):  # what two steps list in part, each object once
            uids = [f"{made[1].study_uid}.1.{number}" for number in range(2, end)]
            expect(work, home, made[1].study_uid, f"{OF_A_STEP}{step}", len(uids), uids)
        expect(work, home, made[2].study_uid, "sender", 3)
        gone = {made[2].id: 3, made[3].id: 1}
        objects = work.session.execute(
            select(InstanceRow.study_id, InstanceRow.blob_key).order_by(InstanceRow.blob_key)
        ).all()
    kept = [key for study_id, key in objects if study_id not in gone]
    kept += [key for study_id, key in objects if study_id == made[3].id][1:]
    scrub.run(system.store, system.blobs, SYSTEM, scrub.Pace())  # of no file that a row names are there bytes
    for key in kept:
        system.blobs.put(key, b"x")
    expected = {
        "测试1": (Lacking(3, 5), 0), "测试2": (Lacking(2, 4), 0), "测试3": (None, 3), "测试4": (None, 1), "测试5": (None, 0),
    }  # fmt: skip
    assert rows(alliance, "reader") == rows(alliance, "doctor_a") == expected
    assert rows(alliance, "doctor_b") == {}
