"""The rows of a desk: which comes first, what is left of its time, and whose number a patient's number is."""

from __future__ import annotations

from datetime import timedelta

from teleconsult import reading, referral, reporting
from teleconsult.consult import queries
from teleconsult.consult.queries import cases
from teleconsult.consult.queries.desk_item import DeskItem
from teleconsult.imaging.tables import StudyRow
from teleconsult.kernel.clock import FixedClock
from teleconsult.web.api.consultation_views import CasePatient
from tests.builders import Alliance
from tests.records.desk import does
from tests.records.house import a_study


def rows(alliance: Alliance, login: str) -> list[DeskItem]:
    with alliance.system.read() as work:
        return queries.desk(work, alliance.people[login])[0]


def a_finding(alliance: Alliance, item: str, number: int = 1) -> str:
    with alliance.system.work() as work:
        study = a_study(work, alliance.sites["county_a"], number)
        reading.open_for(work, study.id)
        study_id = study.id
    return str(does(alliance, "reader", reporting.raise_critical, study_id, item).id)


def read_back(alliance: Alliance, finding: str, said: str) -> None:
    with alliance.system.read() as work:
        whom = reporting.queries.critical(work, alliance.people["doctor_a"], finding).patient.name
    does(alliance, "doctor_a", reporting.acknowledge_critical, finding, f"{whom}，{said}")


def test_a_finding_without_action_stands_above_everything_but_what_rings_the_longest_overdue_first(
    alliance: Alliance, clock: FixedClock
) -> None:
    old = a_finding(alliance, "pneumothorax")
    read_back(alliance, old, "气胸")
    with alliance.system.work() as work:
        case = referral.open_case(work, alliance.people["doctor_a"], a_study_of(alliance, old), "复查")
        home, soon = alliance.sites["county_a"], clock.now() + timedelta(minutes=1)
        referral.plan_follow_up(work, case.id, "case", case.id, "复查胸片", home, None, soon)
    clock.advance(20 * 60)
    with alliance.system.work() as work:
        reporting.sweep(work)
    new = a_finding(alliance, "pulmonary_embolism", 2)
    read_back(alliance, new, "肺栓塞")
    rings = a_finding(alliance, "brain_herniation", 3)
    clock.advance(60)
    found = rows(alliance, "doctor_a")
    assert [item.id for item in found[:3]] == [rings, old, new]
    assert "follow_up" in [item.kind for item in found[3:]]
    late = found[1]
    assert late.kind == "critical_act"
    assert late.due_at is not None, "how late it is, is still said"
    assert clock.now() - late.due_at == timedelta(minutes=6)


def test_a_finding_that_nobody_reads_back_says_since_when_it_should_have_been(
    alliance: Alliance, clock: FixedClock
) -> None:
    a_finding(alliance, "brain_herniation")
    for _ in range(4):
        clock.advance(10 * 60)
        with alliance.system.work() as work:
            reporting.sweep(work)
    (item,) = rows(alliance, "doctor_a")
    assert (item.kind, item.due_at) == ("critical_acknowledge", clock.now() - timedelta(minutes=35))


def test_a_patient_s_number_stands_with_the_hospital_whose_number_it_is(alliance: Alliance) -> None:
    finding = a_finding(alliance, "brain_herniation")
    (item,) = rows(alliance, "doctor_a")
    shown = CasePatient.of(item.patient)
    assert shown is not None
    with alliance.system.read() as work:
        home = reporting.queries.critical(work, alliance.people["doctor_a"], finding).site.name
    assert (shown.site, bool(home)) == (home, True)


def test_a_patient_whose_images_name_different_people_is_marked_on_the_desk_and_on_the_case(alliance: Alliance) -> None:
    finding = a_finding(alliance, "brain_herniation")
    study_id = a_study_of(alliance, finding)
    with alliance.system.work() as work:
        work.keep(work.get(StudyRow, study_id), name_differs=True)
        case = referral.open_case(work, alliance.people["doctor_a"], study_id, "复查")
        of_case, of_study = cases.patient_of(work, case.id), cases.patients_on(work, [study_id])[study_id]
    (item,) = [each for each in rows(alliance, "doctor_a") if each.kind == "critical_acknowledge"]
    assert [who is not None and who.doubtful for who in (of_case, of_study, item.patient)] == [True] * 3


def a_study_of(alliance: Alliance, finding: str) -> str:
    with alliance.system.read() as work:
        return reporting.queries.critical(work, alliance.people["doctor_a"], finding).row.study_id
