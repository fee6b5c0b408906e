"""Cases: who opens, writes, sees and finds them; what belongs to them; what is refused."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from teleconsult import access, referral
from teleconsult.access import Actor, Grant, Role
from teleconsult.access.rights import CONSULT, REFERRAL
from teleconsult.imaging.facts import images_opened
from teleconsult.imaging.tables import StudyRow
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.records import journal
from teleconsult.referral import CaseRow, CaseView, queries
from teleconsult.referral.queries import Match
from tests.builders import Alliance
from tests.records.desk import does, refused
from tests.records.house import a_study

PDF = "application/pdf"


@pytest.fixture
def study(alliance: Alliance) -> StudyRow:
    with alliance.system.work() as work:
        return a_study(work, alliance.sites["county_a"])


@pytest.fixture
def case(alliance: Alliance, study: StudyRow) -> CaseRow:
    row: CaseRow = does(alliance, "doctor_a", referral.open_case, study.id, " 肺部阴影待查 ", "咳嗽两周", "moderate")
    return row


def view(alliance: Alliance, login: str | Actor, case_id: str) -> CaseView:
    actor = alliance.people[login] if isinstance(login, str) else login
    with alliance.system.read() as work:
        return queries.case(work, actor, case_id)


def found(alliance: Alliance, login: str, **asked: Any) -> list[str]:
    with alliance.system.read() as work:
        return [row.id for row in queries.cases(work, alliance.people[login], Match(**asked)).rows]


def attached(alliance: Alliance, login: str, case_id: str, name: str = "同意书.pdf", sha: str = "a" * 64) -> Any:
    return does(alliance, login, referral.attach, case_id, "consent", name, PDF, sha, 5, f"attachments/{sha}")


def shares_with(
    alliance: Alliance, case: CaseRow, study: StudyRow, code: str, why: str, person: str | None = None
) -> None:
    with alliance.system.work() as work:
        access.open_case_share(work, case.id, alliance.sites[code], why, "cause", person)
        access.open_share(work, study.id, alliance.sites[code], why, "cause", person)


def test_a_case_is_opened_where_the_study_was_made_and_nowhere_else(alliance: Alliance, study: StudyRow) -> None:
    for login in ("doctor_b", "doctor_t", "administrator"):
        with refused("study.absent", Meaning.ABSENT):
            does(alliance, login, referral.open_case, study.id, "x")
    for login in ("technician_a", "auditor"):
        with refused("permit.refused", Meaning.FORBIDDEN):
            does(alliance, login, referral.open_case, study.id, "x")
    case = does(alliance, "doctor_a", referral.open_case, study.id, "x")
    assert (case.number, case.site_id, case.patient_id) == ("C261121-1", study.site_id, study.patient_id)


def test_its_own_hospital_sees_a_case_and_everybody_else_is_told_that_there_is_none(
    alliance: Alliance, case: CaseRow
) -> None:
    shown = view(alliance, "doctor_a", case.id)
    assert (shown.title, shown.severity, shown.patient.name, shown.site.name) == (
        "肺部阴影待查",
        "moderate",
        "测试1",
        "示例一县医院",
    )
    assert {"case.write", "case.attach", "case.close", "referral.request"} <= set(shown.verbs)
    auditor = view(alliance, "auditor", case.id)
    assert set(auditor.verbs) == {"case.see", "timeline.case", "meeting.see"}
    for login in ("doctor_b", "doctor_t", "technician_a", "reader", "coordinator", "administrator"):
        with refused("case.absent", Meaning.ABSENT):
            view(alliance, login, case.id)
        assert found(alliance, login) == []


def test_a_case_is_found_by_name_pinyin_initials_patient_number_and_its_own(alliance: Alliance, case: CaseRow) -> None:
    for q in (
        "测试",
        "ceshi",
        "cs",
        "CS1",
        "test-000001",
        "TEST-000001",
        "c261121",
        "C261121-1",
        "测 试",
        "ＣＳ１",
        "Ｔｅｓｔ－００",
        "ｃ２６",
    ):
        assert found(alliance, "doctor_a", q=q) == [case.id], q
    for q in ("王", "zzz", "%", "_", "\0", "'; DROP TABLE cases; --", "C9"):
        assert found(alliance, "doctor_a", q=q) == ([case.id] if q == "\0" else []), q


def test_a_list_is_paged_and_counts_what_there_is(alliance: Alliance) -> None:
    with alliance.system.work() as work:
        studies = [a_study(work, alliance.sites["county_a"], number).id for number in range(1, 6)]
    keys = [does(alliance, "doctor_a", referral.open_case, study, f"病例{n}").id for n, study in enumerate(studies)]
    does(alliance, "doctor_a", referral.close_case, keys[0])
    seen: list[str] = []
    cursor: str | None = None
    with alliance.system.read() as work:
        for _ in range(3):
            page = queries.cases(work, alliance.people["doctor_a"], Match(), cursor, 2)
            seen, cursor = seen + [row.id for row in page.rows], page.next
        assert (page.total, page.counts.open, page.counts.closed, page.counts.mine) == (5, 4, 1, 5)
        assert (sorted(seen), cursor) == (sorted(keys), None)
        for broken in ("x", "W10=", "bnVsbA==", "WyIyMDI2LTAxLTAxIiwxXQ=="):
            with refused("cursor.invalid", Meaning.INVALID):
                queries.cases(work, alliance.people["doctor_a"], Match(), broken)
    assert found(alliance, "doctor_a", state="closed") == keys[:1]


def test_numbers_are_given_once_also_to_two_at_the_same_moment(alliance: Alliance, study: StudyRow) -> None:
    start, numbers = threading.Barrier(4), []

    def open_one() -> None:
        start.wait()
        numbers.append(does(alliance, "doctor_a", referral.open_case, study.id, "x").number)

    threads = [threading.Thread(target=open_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(numbers) == [f"C261121-{n}" for n in range(1, 5)]


def test_words_of_a_case_change_by_version_and_only_when_they_do(alliance: Alliance, case: CaseRow) -> None:
    same = does(alliance, "doctor_a", referral.edit_case, case.id, {"title": case.title}, case.version)
    assert same.version == case.version
    edited = does(alliance, "doctor_a", referral.edit_case, case.id, {"severity": "severe"}, case.version)
    assert (edited.severity, edited.title) == ("severe", "肺部阴影待查")
    with refused("version.stale"):
        does(alliance, "doctor_a", referral.edit_case, case.id, {"title": "y"}, case.version)


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"title": "  "}, "field.empty"), ({"title": "x" * 201}, "field.text"), ({"title": "a\0b"}, "field.text"),
     ({"summary": "x" * 20_001}, "field.text"), ({"severity": "fatal"}, "field.choice")],
)  # fmt: skip
def test_words_that_are_none_are_refused(changes: dict[str, str], code: str, alliance: Alliance, case: CaseRow) -> None:
    with refused(code, Meaning.INVALID):
        does(alliance, "doctor_a", referral.edit_case, case.id, changes)


def test_another_study_of_the_same_person_belongs_to_the_case_and_one_of_another_does_not(
    alliance: Alliance, case: CaseRow, study: StudyRow
) -> None:
    site = alliance.sites["county_a"]
    with alliance.system.work() as work:
        again = a_study(work, site, 2, patient_id=study.patient_id)
        alike = a_study(work, site, 3, name="测试^1")
        other = a_study(work, site, 4, birth_date="19900101")
        foreign = a_study(work, alliance.sites["county_b"], 5, name="测试^1")
    for row in (again, again, alike):
        does(alliance, "doctor_a", referral.add_study, case.id, row.id)
    with refused("case.other_patient", Meaning.INVALID):
        does(alliance, "doctor_a", referral.add_study, case.id, other.id)
    with refused("study.absent", Meaning.ABSENT):
        does(alliance, "doctor_a", referral.add_study, case.id, foreign.id)
    assert [row.id for row in view(alliance, "doctor_a", case.id).studies] == [study.id, again.id, alike.id]


def test_a_file_is_attached_once_read_on_record_and_withdrawn_for_good(alliance: Alliance, case: CaseRow) -> None:
    first = attached(alliance, "doctor_a", case.id)
    assert attached(alliance, "doctor_a", case.id).id == first.id
    assert does(alliance, "doctor_a", referral.open_attachment, first.id).blob_key == f"attachments/{'a' * 64}"
    with refused("permit.refused", Meaning.FORBIDDEN):
        does(alliance, "auditor", referral.open_attachment, first.id)
    with refused("attachment.absent", Meaning.ABSENT):
        does(alliance, "doctor_b", referral.open_attachment, first.id)
    does(alliance, "doctor_a", referral.withdraw_attachment, first.id)
    does(alliance, "doctor_a", referral.withdraw_attachment, first.id)
    with refused("attachment.absent", Meaning.ABSENT):
        does(alliance, "doctor_a", referral.open_attachment, first.id)
    assert attached(alliance, "doctor_a", case.id).id != first.id
    with alliance.system.read() as work:
        names = [fact.name for fact in queries.timeline(work, alliance.people["doctor_a"], case.id)]
    assert names == ["CaseOpened", "AttachmentAdded", "AttachmentOpened", "AttachmentWithdrawn", "AttachmentAdded"]


def test_a_closed_case_takes_nothing_in_but_a_wrong_paper_can_still_be_withdrawn(
    alliance: Alliance, case: CaseRow, study: StudyRow
) -> None:
    paper = attached(alliance, "doctor_a", case.id)
    does(alliance, "doctor_a", referral.close_case, case.id)
    with refused("move.illegal"):
        attached(alliance, "doctor_a", case.id, sha="b" * 64)
    with refused("move.illegal"):
        does(alliance, "doctor_a", referral.add_study, case.id, study.id)
    assert set(view(alliance, "doctor_a", case.id).verbs) == {
        "case.see", "case.file", "timeline.case", "meeting.see", "case.withdraw", "case.reopen",
    }  # fmt: skip
    does(alliance, "doctor_a", referral.withdraw_attachment, paper.id)
    does(alliance, "doctor_a", referral.reopen_case, case.id)
    attached(alliance, "doctor_a", case.id, sha="b" * 64)


def test_the_receiving_hospital_adds_papers_and_withdraws_only_its_own(
    alliance: Alliance, case: CaseRow, study: StudyRow
) -> None:
    shares_with(alliance, case, study, "county_b", REFERRAL)
    theirs, ours = attached(alliance, "doctor_a", case.id), attached(alliance, "doctor_b", case.id, sha="b" * 64)
    with refused("permit.refused", Meaning.FORBIDDEN):
        does(alliance, "doctor_b", referral.withdraw_attachment, theirs.id)
    with refused("permit.refused", Meaning.FORBIDDEN):
        does(alliance, "doctor_b", referral.edit_case, case.id, {"title": "x"})
    does(alliance, "doctor_b", referral.withdraw_attachment, ours.id)
    assert view(alliance, "doctor_b", case.id).studies[0].verbs == STUDY_VERBS


STUDY_VERBS = ("study.see", "study.images", "report.read", "timeline.read")


def test_an_invited_expert_sees_the_case_their_colleagues_do_not_and_all_ends_with_the_cause(
    alliance: Alliance, case: CaseRow, study: StudyRow
) -> None:
    with alliance.system.work() as work:
        person, _ = access.add_person(
            work, access.SYSTEM, "expert", "测试专家", "chief", alliance.sites["city"], [Grant(Role.EXPERT, alliance.sites["city"])]
        )  # fmt: skip
    with alliance.system.read() as work:
        expert = access.actor_by_login(work, "expert")
    with refused("case.absent", Meaning.ABSENT):
        view(alliance, expert, case.id)
    shares_with(alliance, case, study, "city", CONSULT, person.id)
    shown = view(alliance, expert, case.id)
    assert {"case.see", "case.file", "timeline.case", "consult.opine"} <= set(shown.verbs)
    assert not {"case.write", "case.attach", "case.close", "referral.request"} & set(shown.verbs)
    assert shown.studies[0].verbs == STUDY_VERBS
    with refused("case.absent", Meaning.ABSENT):
        view(alliance, "coordinator", case.id)
    with alliance.system.work() as work:
        access.close_case_shares(work, "cause")
        access.close_shares(work, "cause")
    with refused("case.absent", Meaning.ABSENT):
        view(alliance, expert, case.id)


def test_a_case_without_its_studies_says_that_they_are_not_shared(
    alliance: Alliance, case: CaseRow, study: StudyRow
) -> None:
    with alliance.system.work() as work:
        access.open_case_share(work, case.id, alliance.sites["county_b"], REFERRAL, "cause")
        work.record(images_opened(study.id))
    (shown,) = view(alliance, "doctor_b", case.id).studies
    assert (shown.problem, shown.verbs, shown.study_uid, shown.site) == ("study.not_shared", (), "", None)
    with alliance.system.read() as work:
        told = queries.timeline(work, alliance.people["doctor_b"], case.id)
        own = queries.timeline(work, alliance.people["doctor_a"], case.id)
        only = queries.timeline(work, alliance.people["doctor_a"], case.id, ["study"])
    assert "ImagesOpened" not in [fact.name for fact in told], (
        "what happens to a study is told to who may see the study"
    )
    assert "ImagesOpened" in [fact.name for fact in own]
    assert [fact.name for fact in only] == ["ImagesOpened"]


def test_every_change_is_told_to_the_sites_that_have_the_case(
    alliance: Alliance, case: CaseRow, study: StudyRow
) -> None:
    shares_with(alliance, case, study, "county_b", REFERRAL)
    does(alliance, "doctor_a", referral.edit_case, case.id, {"title": "y"})
    with alliance.system.read() as work:
        last = journal.facts_after(work, 0)[-1]
    assert (last.name, last.case_id, last.subject, last.version) == ("CaseEdited", case.id, "case", 2)
    assert set(last.sites) == {alliance.sites["county_a"], alliance.sites["county_b"]}


def test_what_is_not_there_is_absent(alliance: Alliance) -> None:
    for act in (referral.close_case, referral.reopen_case, referral.open_attachment, referral.withdraw_attachment):
        with pytest.raises(Refused) as refusal:
            does(alliance, "doctor_a", act, "nothing")
        assert refusal.value.meaning is Meaning.ABSENT
