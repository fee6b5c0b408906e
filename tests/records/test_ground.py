"""What a signed report rests on changes: the hospital that has it in its hands is told, and the mark of late images tells what nobody answered for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from pydicom import Dataset
from sqlalchemy import select

from teleconsult import reading, reporting
from teleconsult.access import notices, see
from teleconsult.access.tables import NoticeRow
from teleconsult.imaging.rejection import lift
from teleconsult.reading.tables import TaskRow
from teleconsult.records.tables import FactRow
from teleconsult.reporting import Ed25519Signer
from tests import synth
from tests.builders import Alliance, a_system, an_alliance
from tests.notes import a_note
from tests.working import arrive, settle_all, work_off
from workers.jobs.notices import whose

BOTH = ["sqlite_url", pytest.param("postgres_url", marks=pytest.mark.needs_postgres)]
LATE, WITHDRAWN = "report.late_images", "report.images_withdrawn"
RESTORED = "report.images_restored"


@pytest.fixture(params=BOTH)
def alliance(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Alliance]:
    system = a_system(tmp_path / "home", request.getfixturevalue(request.param))
    yield an_alliance(system)
    system.store.engine.dispose()


@pytest.fixture
def slices() -> list[Dataset]:
    return synth.a_ct_series(5)


def brought(alliance: Alliance, *objects: Dataset) -> None:
    for ds in objects:
        arrive(alliance.system, synth.as_bytes(ds))
    settle_all(alliance.system)
    work_off(alliance.system)


def rejected(alliance: Alliance, code: str, objects: Sequence[Dataset]) -> None:
    """A rejection note, which is read long before the study is quiet again."""
    arrive(alliance.system, synth.as_bytes(a_note(code, objects)))
    work_off(alliance.system)
    brought(alliance)


def the_task(alliance: Alliance) -> TaskRow:
    with alliance.system.read() as work:
        return work.session.scalars(select(TaskRow)).one()


def submitted(alliance: Alliance) -> str:
    reader, task_id = alliance.people["reader"], the_task(alliance).id
    with alliance.system.work(reader) as work:
        reading.claim(work, reader, task_id)
        report = reporting.draft(work, reader, task_id)
        sections = {"findings": "双肺未见异常。", "impression": "未见异常。", "advice": ""}
        report = reporting.save(work, reader, report.id, sections, report.version)
        reporting.submit(work, reader, report.id)
    return report.id


def sign(alliance: Alliance, report_id: str) -> str:
    reviewer = alliance.people["reviewer"]
    with alliance.system.work(reviewer) as work:
        reporting.take_review(work, reviewer, report_id)
        reporting.sign(work, reviewer, report_id, Ed25519Signer(alliance.system.keys.signing))
    work_off(alliance.system)
    return report_id


def addend(alliance: Alliance, report_id: str) -> None:
    reviewer = alliance.people["reviewer"]
    with alliance.system.work(reviewer) as work:
        reporting.addend(work, reviewer, report_id, "补图所见同前。", Ed25519Signer(alliance.system.keys.signing))
    work_off(alliance.system)


def told(alliance: Alliance, login: str, codes: Sequence[str] = (LATE, WITHDRAWN)) -> list[tuple[NoticeRow, bool]]:
    """What of these the person's bell shows, the oldest first, and whether it counts as seen."""
    with alliance.system.read() as work:
        found = [(each.row, each.seen) for each in notices(work, alliance.people[login]) if each.row.code in codes]
    return found[::-1]


def unread(alliance: Alliance, login: str = "doctor_a") -> list[str]:
    return [row.code for row, seen in told(alliance, login) if not seen]


def asked(alliance: Alliance, login: str) -> list[str]:
    """What author and reviewer have not seen of what may ask for an addendum."""
    return [row.code for row, seen in told(alliance, login, ["study.late_signed", "study.rejected"]) if not seen]


# ---------------------------------------------------------------- the hospital that has the report in its hands


def test_images_after_the_signature_are_told_to_who_was_told_of_the_report_and_lead_to_its_study(
    alliance: Alliance, slices: list[Dataset]
) -> None:
    brought(alliance, *slices[:2])
    sign(alliance, submitted(alliance))
    assert unread(alliance) == []
    brought(alliance, slices[2])
    ((row, seen),) = told(alliance, "doctor_a")
    assert (row.code, row.study_id, row.about, seen) == (LATE, the_task(alliance).study_id, None, False)
    assert row.params["name"]
    ready = [row for row, _ in told(alliance, "doctor_a", ["report.ready"])]
    assert [(one.site_id, one.roles) for one in ready] == [(row.site_id, row.roles)]
    for login in ("doctor_b", "technician_a", "reader", "coordinator"):
        assert told(alliance, login) == []
    (reader_s,) = [row for row, _ in told(alliance, "reader", ["study.late_signed"])]
    assert reader_s.params == {"name": row.params["name"], "modality": "CT", "objects": 3}


def test_a_hospital_that_does_not_have_the_study_any_more_is_told_no_name(
    alliance: Alliance, slices: list[Dataset]
) -> None:
    brought(alliance, slices[0])
    study_id, city = the_task(alliance).study_id, alliance.sites["city"]
    with alliance.system.read() as work:
        assert whose(work, study_id, city)["name"]
        assert whose(work, study_id, alliance.sites["county_b"]) == {}


def test_who_read_the_caution_is_left_in_peace(alliance: Alliance, slices: list[Dataset]) -> None:
    brought(alliance, slices[0])
    sign(alliance, submitted(alliance))
    brought(alliance, slices[1])
    doctor = alliance.people["doctor_a"]
    with alliance.system.work(doctor) as work:
        see(work, doctor, told(alliance, "doctor_a")[0][0].id)
    assert unread(alliance) == []
    brought(alliance, slices[2])
    assert unread(alliance) == [LATE]


def test_images_that_come_one_after_another_are_one_notice_until_somebody_has_looked(alliance: Alliance) -> None:
    slices = synth.a_ct_series(6)
    codes = ["study.late", "study.late_signed", LATE]

    def standing(login: str) -> list[tuple[str, object]]:
        return [(row.code, row.params.get("objects")) for row, seen in told(alliance, login, codes) if not seen]

    brought(alliance, slices[0])
    brought(alliance, slices[1])
    brought(alliance, slices[2])
    for login in ("reader", "reviewer"):
        assert standing(login) == [("study.late", 3)]
    sign(alliance, submitted(alliance))
    brought(alliance, slices[3])
    brought(alliance, slices[4])
    assert standing("reader") == [("study.late_signed", 5)]
    assert standing("doctor_a") == [(LATE, None)]
    reader = alliance.people["reader"]
    with alliance.system.work(reader) as work:
        for row, _ in told(alliance, "reader", codes):
            see(work, reader, row.id)
    brought(alliance, slices[5])
    assert standing("reader") == [("study.late_signed", 6)]
    assert standing("reviewer") == [("study.late_signed", 6)]
    assert standing("doctor_a") == [(LATE, None)]


def test_the_first_signature_settles_what_readers_were_told_of_images_that_came_before_it(
    alliance: Alliance, slices: list[Dataset]
) -> None:
    late = ["study.late", "study.late_signed"]
    brought(alliance, slices[0])
    brought(alliance, slices[1])
    report_id = submitted(alliance)
    for login in ("reader", "reviewer"):
        assert [(row.code, seen) for row, seen in told(alliance, login, late)] == [("study.late", False)]
    sign(alliance, report_id)
    for login in ("reader", "reviewer"):
        assert [(row.code, seen) for row, seen in told(alliance, login, late)] == [("study.late", True)]
    with alliance.system.read() as work:
        (settled,) = work.session.scalars(select(FactRow).where(FactRow.name == "NoticesSettled"))
    assert (settled.study_id, list(settled.sites)) == (the_task(alliance).study_id, [alliance.sites["city"]])
    brought(alliance, slices[2])
    assert [row.code for row, seen in told(alliance, "reader", late) if not seen] == ["study.late_signed"]


def test_an_addendum_settles_both_cautions_and_open_screens_hear_of_it(
    alliance: Alliance, slices: list[Dataset]
) -> None:
    brought(alliance, *slices[:3])
    report_id = sign(alliance, submitted(alliance))
    brought(alliance, slices[3])
    rejected(alliance, "113001", slices[:1])
    assert unread(alliance) == [LATE, WITHDRAWN]
    for login in ("reader", "reviewer"):
        assert asked(alliance, login) == ["study.late_signed", "study.rejected"]
    addend(alliance, report_id)
    assert asked(alliance, "reader") == asked(alliance, "reviewer") == []
    assert [(row.code, seen) for row, seen in told(alliance, "doctor_a")] == [(LATE, True), (WITHDRAWN, True)]
    assert [row.code for row, seen in told(alliance, "doctor_a", ["report.addended"]) if not seen]
    with alliance.system.read() as work:
        (settled,) = work.session.scalars(select(FactRow).where(FactRow.name == "NoticesSettled"))
    sites = sorted((alliance.sites["county_a"], alliance.sites["city"]))
    assert (settled.study_id, settled.sites) == (the_task(alliance).study_id, sites)
    brought(alliance, slices[4])
    assert unread(alliance) == [LATE], "what comes after the addendum is told again"


def test_a_report_that_is_signed_with_the_late_images_brings_no_notice(
    alliance: Alliance, slices: list[Dataset]
) -> None:
    brought(alliance, slices[0])
    report_id = submitted(alliance)
    arrive(alliance.system, synth.as_bytes(slices[1]))  # it settles after the signature that answers for it
    sign(alliance, report_id)
    settle_all(alliance.system)
    work_off(alliance.system)
    assert told(alliance, "doctor_a") == []
    assert told(alliance, "reader", ["study.late_signed"]) == []
    assert not the_task(alliance).late_images


def test_a_rejection_of_what_the_report_rests_on_is_told_with_its_reason(
    alliance: Alliance, slices: list[Dataset]
) -> None:
    brought(alliance, *slices[:3])
    sign(alliance, submitted(alliance))
    rejected(alliance, "113037", slices[:2])
    ((row, seen),) = told(alliance, "doctor_a")
    assert (row.code, row.study_id, seen) == (WITHDRAWN, the_task(alliance).study_id, False)
    assert (row.params["code"], row.params["objects"]) == ("113037", 2)
    assert told(alliance, "doctor_b") == []


def test_a_rejection_of_images_that_no_signed_report_rests_on_is_the_readers_affair(
    alliance: Alliance, slices: list[Dataset]
) -> None:
    brought(alliance, *slices[:4])
    rejected(alliance, "113001", slices[:1])
    report_id = submitted(alliance)
    rejected(alliance, "113001", slices[1:2])
    sign(alliance, report_id)
    assert told(alliance, "doctor_a") == []
    brought(alliance, slices[4])
    rejected(alliance, "113001", slices[4:])
    assert unread(alliance) == [LATE]
    named = [row.params for row, _ in told(alliance, "reader", ["study.rejected"])]
    assert [(each["modality"], bool(each["name"])) for each in named] == [("CT", True)] * 3


def test_a_rejection_that_was_taken_back_before_anybody_was_told_is_not_told(
    alliance: Alliance, slices: list[Dataset]
) -> None:
    brought(alliance, *slices[:2])
    sign(alliance, submitted(alliance))
    rejected(alliance, "113001", slices[:1])
    technician = alliance.people["technician_a"]
    with alliance.system.work(technician) as work:
        lift(work, technician, the_task(alliance).study_id, "113001", "核对无误")
    with alliance.system.read() as work:
        fact = work.session.scalars(select(FactRow).where(FactRow.name == "ObjectsRejected")).one()
        assert reporting.queries.withdrawn(work, str(fact.study_id), fact.version) == 0


def test_who_was_told_that_images_are_withdrawn_is_told_when_the_last_of_them_is_back(
    alliance: Alliance, slices: list[Dataset]
) -> None:
    brought(alliance, *slices[:4])
    sign(alliance, submitted(alliance))
    rejected(alliance, "113001", slices[:1])
    rejected(alliance, "113037", slices[1:3])
    technician = alliance.people["technician_a"]
    for code, left, back in (("113037", [WITHDRAWN, WITHDRAWN], [2]), ("113001", [RESTORED], [2, 1])):
        with alliance.system.work(technician) as work:
            lift(work, technician, the_task(alliance).study_id, code, "核对无误")
        work_off(alliance.system)
        assert [row.code for row, seen in told(alliance, "doctor_a", [WITHDRAWN, RESTORED]) if not seen] == left
        restored = [row.params for row, _ in told(alliance, "reader", ["study.restored"])]
        assert [each["objects"] for each in restored] == back
        assert all(each["name"] and each["modality"] == "CT" for each in restored)
    assert told(alliance, "doctor_b", [RESTORED]) == []


def test_images_that_come_back_to_a_study_nobody_signed_are_no_news_to_the_county(
    alliance: Alliance, slices: list[Dataset]
) -> None:
    brought(alliance, *slices[:2])
    rejected(alliance, "113001", slices[:1])
    technician = alliance.people["technician_a"]
    with alliance.system.work(technician) as work:
        lift(work, technician, the_task(alliance).study_id, "113001", "核对无误")
    work_off(alliance.system)
    assert told(alliance, "doctor_a", [WITHDRAWN, RESTORED]) == []
    assert len(told(alliance, "reader", ["study.restored"])) == 1


def test_what_readers_were_told_of_rejections_settles_when_the_last_image_is_back(
    alliance: Alliance, slices: list[Dataset]
) -> None:
    brought(alliance, *slices[:4])
    rejected(alliance, "113001", slices[:1])
    rejected(alliance, "113037", slices[1:3])
    technician, again = alliance.people["technician_a"], "study.restored"
    for code, left in (("113037", ["study.rejected"] * 2 + [again]), ("113001", [again] * 2)):
        with alliance.system.work(technician) as work:
            lift(work, technician, the_task(alliance).study_id, code, "核对无误")
        work_off(alliance.system)
        for login in ("reader", "reviewer"):
            assert [row.code for row, seen in told(alliance, login, ["study.rejected", again]) if not seen] == left
    rejected(alliance, "113001", slices[3:4])
    assert asked(alliance, "reader") == ["study.rejected"]


# ---------------------------------------------------------------- the mark of late images


def test_the_mark_says_that_images_came_which_nobody_answered_for(alliance: Alliance, slices: list[Dataset]) -> None:
    brought(alliance, slices[0])
    brought(alliance, slices[1])
    assert the_task(alliance).late_images
    report_id = submitted(alliance)
    assert the_task(alliance).late_images, "a text that is handed in names no images"
    sign(alliance, report_id)
    assert not the_task(alliance).late_images, "the signature answers for both images"
    brought(alliance, slices[2])
    assert the_task(alliance).late_images
    addend(alliance, report_id)
    assert not the_task(alliance).late_images
    brought(alliance, slices[3])
    assert the_task(alliance).late_images


def test_an_addendum_answers_for_no_image_that_is_not_shown_yet(alliance: Alliance, slices: list[Dataset]) -> None:
    brought(alliance, slices[0])
    report_id = sign(alliance, submitted(alliance))
    brought(alliance, slices[1])
    arrive(alliance.system, synth.as_bytes(slices[2]))
    addend(alliance, report_id)
    assert the_task(alliance).late_images
    assert unread(alliance) == [LATE]
    assert asked(alliance, "reader") == asked(alliance, "reviewer") == ["study.late_signed"]
