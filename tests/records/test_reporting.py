"""Reports in a real database: written by one, signed by another, then kept from change by the database itself."""

import json
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import CheckConstraint, Connection, delete, text, update
from sqlalchemy.exc import IntegrityError

from teleconsult import reading, reporting
from teleconsult.access.tables import PersonRow
from teleconsult.imaging.tables import InstanceRow, StudyRow
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.reading.tables import TaskRow
from teleconsult.records import journal, upgrade
from teleconsult.reporting import Ed25519Signer, Keyring, pdf, queries
from teleconsult.reporting.tables import AddendumRow, ReceiptRow, ReportRow, RevisionRow, SignatureRow
from tests.builders import Alliance
from tests.records.conftest import AT
from tests.records.house import a_study, some_images

SIGNER = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
RING = Keyring(SIGNER.public_key)
TEXT = {"findings": "双肺清晰。", "impression": "未见异常。", "advice": "定期复查。"}


@pytest.fixture
def draft(alliance: Alliance) -> ReportRow:
    """A report of county A's study that `reader` has begun."""
    with alliance.system.work() as work:
        task = reading.open_for(work, a_study(work, alliance.sites["county_a"], images=3).id)
        assert task is not None
    does(alliance, "reader", reading.claim, task.id)
    report: ReportRow = does(alliance, "reader", reporting.draft, task.id)
    return report


@pytest.fixture
def submitted(alliance: Alliance, draft: ReportRow) -> ReportRow:
    does(alliance, "reader", reporting.save, draft.id, TEXT, draft.version)
    report: ReportRow = does(alliance, "reader", reporting.submit, draft.id)
    return report


@pytest.fixture
def signed(alliance: Alliance, submitted: ReportRow) -> ReportRow:
    does(alliance, "reviewer", reporting.take_review, submitted.id)
    report: ReportRow = does(alliance, "reviewer", reporting.sign, submitted.id, SIGNER)
    return report


def does(alliance: Alliance, login: str, action: Any, *given: Any) -> Any:
    """Let somebody do something in a transaction of its own."""
    actor = alliance.people[login]
    with alliance.system.work(actor) as work:
        return action(work, actor, *given)


def view(alliance: Alliance, login: str, report_id: str) -> queries.ReportView:
    with alliance.system.read() as work:
        return queries.report(work, alliance.people[login], report_id)


def refused(code: str, meaning: Meaning = Meaning.CONFLICT) -> Any:
    return pytest.raises(Refused, check=lambda error: (error.code, error.meaning) == (code, meaning))


def facts(alliance: Alliance) -> list[str]:
    with alliance.system.read() as work:
        return [fact.name for fact in journal.facts_after(work, 0, 1000) if fact.subject in ("task", "report")]


def state_of(alliance: Alliance, report: ReportRow) -> tuple[str, str]:
    with alliance.system.read() as work:
        return work.get(ReportRow, report.id).state, work.get(TaskRow, report.task_id).state


# ---------------------------------------------------------------- writing


def test_a_task_has_one_report_however_often_it_is_begun(alliance: Alliance, draft: ReportRow) -> None:
    again = does(alliance, "reader", reporting.draft, draft.task_id)
    assert (again.id, again.version) == (draft.id, 1)


def test_only_who_has_claimed_the_task_may_begin(alliance: Alliance, draft: ReportRow) -> None:
    with refused("task.claimed_by_other"):
        does(alliance, "reader2", reporting.draft, draft.task_id)
    with refused("study.absent", Meaning.ABSENT):
        does(alliance, "doctor_b", reporting.draft, draft.task_id)


def test_saving_keeps_the_text_the_claim_and_a_revision(
    alliance: Alliance, draft: ReportRow, clock: FixedClock
) -> None:
    clock.advance(600)
    first = does(alliance, "reader", reporting.save, draft.id, {"findings": "双肺\r\n清晰。"}, draft.version)
    assert (first.findings, first.impression, first.version) == ("双肺\n清晰。", "", 2)
    clock.advance(5)
    second = does(alliance, "reader", reporting.save, draft.id, {"impression": "未见异常。"}, first.version)
    same = does(alliance, "reader", reporting.save, draft.id, {"impression": "未见异常。"}, second.version)
    assert same.version == second.version == 3
    clock.advance(90)
    does(alliance, "reader", reporting.save, draft.id, {"advice": "复查。"}, second.version)
    with alliance.system.read() as work:
        task = work.get(TaskRow, draft.task_id)
        kept = queries.revisions(work, alliance.people["reader2"], draft.id)
    assert (task.lease_until, task.version) == (clock.now() + timedelta(minutes=15), 2)
    assert [(one.number, one.by.name, one.advice) for one in kept] == [
        (2, "测试读片医师", "复查。"),
        (1, "测试读片医师", ""),
    ]
    assert kept[1].begun_at == AT + timedelta(seconds=600)
    assert kept[1].at == AT + timedelta(seconds=605)


def test_a_second_window_does_not_overwrite_the_first(alliance: Alliance, draft: ReportRow) -> None:
    does(alliance, "reader", reporting.save, draft.id, {"findings": "新"}, 1)
    with refused("version.stale"):
        does(alliance, "reader", reporting.save, draft.id, {"findings": "旧"}, 1)
    assert view(alliance, "reader", draft.id).findings == "新"


def test_after_the_lease_lapsed_nothing_is_written_until_it_is_claimed_again(
    alliance: Alliance, draft: ReportRow, clock: FixedClock
) -> None:
    clock.advance(15 * 60)
    with alliance.system.work() as work:
        reading.lapse(work)
    with refused("task.not_claimed"):
        does(alliance, "reader", reporting.save, draft.id, TEXT, draft.version)
    assert view(alliance, "reader", draft.id).verbs == ()
    does(alliance, "reader", reading.claim, draft.task_id)
    assert does(alliance, "reader", reporting.save, draft.id, TEXT, draft.version).findings == "双肺清晰。"


def test_lapsing_while_saving_leaves_one_truth(alliance: Alliance, draft: ReportRow, clock: FixedClock) -> None:
    """Either the text is kept and the claim lives, or the claim lapsed and nothing is written. Never both, never neither."""
    clock.advance(15 * 60)
    start, outcome = threading.Barrier(2), {}

    def sweep() -> None:
        start.wait()
        with alliance.system.work() as work:
            outcome["lapsed"] = reading.lapse(work)

    def save() -> None:
        start.wait()
        try:
            does(alliance, "reader", reporting.save, draft.id, TEXT, draft.version)
            outcome["saved"] = 1
        except Refused as refusal:
            outcome["saved"] = 0 if refusal.code == "task.not_claimed" else 99

    threads = [threading.Thread(target=sweep), threading.Thread(target=save)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert outcome["lapsed"] + outcome["saved"] == 1
    assert view(alliance, "reader", draft.id).findings == ("双肺清晰。" if outcome["saved"] else "")


def test_another_reader_who_claims_goes_on_with_the_text(alliance: Alliance, draft: ReportRow) -> None:
    does(alliance, "reader", reporting.save, draft.id, TEXT, draft.version)
    does(alliance, "reader", reading.release, draft.task_id, "会诊")
    does(alliance, "reader2", reading.claim, draft.task_id)
    taken = does(alliance, "reader2", reporting.draft, draft.task_id)
    assert (taken.id, taken.findings, taken.author_id) == (draft.id, "双肺清晰。", alliance.people["reader2"].id)
    with refused("report.not_author", Meaning.FORBIDDEN):
        does(alliance, "reader", reporting.save, draft.id, {}, taken.version)


# ---------------------------------------------------------------- review


def test_handing_in_moves_report_and_task_together(alliance: Alliance, draft: ReportRow, submitted: ReportRow) -> None:
    assert state_of(alliance, submitted) == ("submitted", "reported")
    assert facts(alliance) == ["TaskOpened", "TaskClaimed", "ReportDrafted", "TaskReported", "ReportSubmitted"]
    with alliance.system.read() as work:
        (only,) = queries.revisions(work, alliance.people["reader"], draft.id)
    assert only.kind == "submitted"


def test_an_unfinished_report_is_not_handed_in(alliance: Alliance, draft: ReportRow) -> None:
    with refused("report.incomplete", Meaning.INVALID):
        does(alliance, "reader", reporting.submit, draft.id)
    assert state_of(alliance, draft) == ("draft", "claimed")


def test_given_back_the_same_reader_has_it_again_with_the_reason(alliance: Alliance, submitted: ReportRow) -> None:
    does(alliance, "reviewer", reporting.take_review, submitted.id)
    does(alliance, "reviewer", reporting.give_back, submitted.id, "左右不符")
    assert state_of(alliance, submitted) == ("draft", "claimed")
    shown = view(alliance, "reader", submitted.id)
    assert (shown.return_reason, shown.returned_by and shown.returned_by.name) == ("左右不符", "测试审核医师")
    assert shown.verbs == ("save", "submit")
    assert shown.lock is not None
    assert (shown.lock.name, shown.lock.until) == ("测试读片医师", AT + timedelta(hours=2))
    does(alliance, "reader", reporting.submit, submitted.id)
    assert state_of(alliance, submitted) == ("submitted", "reported")


def test_of_many_reviewers_at_once_one_has_it(alliance: Alliance, submitted: ReportRow) -> None:
    reviewers = [
        alliance.people["reviewer"],
        replace(alliance.people["reviewer"], id=alliance.people["reader2"].id),
    ] * 2
    start, won, lost = threading.Barrier(len(reviewers)), [], []

    def take(actor: Any) -> None:
        start.wait()
        try:
            with alliance.system.work(actor) as work:
                reporting.take_review(work, actor, submitted.id)
            won.append(actor.id)
        except Refused as refusal:
            lost.append(refusal.code)

    threads = [threading.Thread(target=take, args=(actor,)) for actor in reviewers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(set(won)) == 1
    assert lost == ["report.reviewed_by_other"] * 2
    assert facts(alliance).count("ReviewTaken") == 1


def test_a_review_whose_lease_ran_out_is_open_to_others(
    alliance: Alliance, submitted: ReportRow, clock: FixedClock
) -> None:
    does(alliance, "reviewer", reporting.take_review, submitted.id)
    clock.advance(600)
    extended = does(alliance, "reviewer", reporting.take_review, submitted.id)
    assert extended.lease_until == AT + timedelta(minutes=25)
    clock.advance(900)
    with alliance.system.work() as work:
        assert reporting.lapse(work) == 1
        assert reporting.lapse(work) == 0
    assert state_of(alliance, submitted) == ("submitted", "reported")
    with refused("report.not_in_review"):
        does(alliance, "reviewer", reporting.sign, submitted.id, SIGNER)


def test_the_author_a_resident_and_the_county_do_not_review(alliance: Alliance, submitted: ReportRow) -> None:
    with refused("permit.refused", Meaning.FORBIDDEN):
        does(alliance, "reader2", reporting.take_review, submitted.id)
    with refused("report.absent", Meaning.ABSENT):
        does(alliance, "doctor_a", reporting.take_review, submitted.id)
    own = replace(alliance.people["reviewer"], id=alliance.people["reader"].id)
    with refused("report.own_review", Meaning.FORBIDDEN), alliance.system.work(own) as work:
        reporting.take_review(work, own, submitted.id)


# ---------------------------------------------------------------- signed


def test_signing_moves_report_and_task_together_and_says_what_was_signed(alliance: Alliance, signed: ReportRow) -> None:
    assert state_of(alliance, signed) == ("signed", "verified")
    assert facts(alliance)[-2:] == ["TaskVerified", "ReportSigned"]
    with alliance.system.read() as work:
        verified = queries.verify(work, alliance.people["doctor_a"], signed.id, RING)
    assert verified.valid
    assert {check.code for check in verified.checks} == {
        "verify.key", "verify.signature", "verify.text", "verify.people", "verify.times", "verify.patient", "verify.images",
        "verify.later_images", "verify.addenda",
    }  # fmt: skip
    said = json.loads(verified.content)
    assert said["sections"] == TEXT
    assert (said["author"]["name"], said["reviewer"]["title"]) == ("测试读片医师", "associate_chief")
    assert len(said["images"]) == 3
    assert view(alliance, "doctor_a", signed.id).signature == queries.views.Sealed(
        "Ed25519", SIGNER.key_id, verified.sha256
    )


def test_the_report_of_a_cancelled_task_cannot_be_signed(alliance: Alliance, submitted: ReportRow) -> None:
    does(alliance, "reviewer", reporting.take_review, submitted.id)
    does(alliance, "coordinator", reading.cancel, submitted.task_id, "误发")
    with refused("move.illegal"):
        does(alliance, "reviewer", reporting.sign, submitted.id, SIGNER)
    with alliance.system.read() as work:
        assert work.session.query(SignatureRow).count() == 0


def test_before_it_is_signed_a_report_is_absent_for_the_county(alliance: Alliance, submitted: ReportRow) -> None:
    for login in ("doctor_a", "technician_a", "coordinator", "auditor", "doctor_b", "administrator"):
        with refused("report.absent", Meaning.ABSENT):
            view(alliance, login, submitted.id)
    assert view(alliance, "reader2", submitted.id).state == "submitted"


def test_after_it_is_signed_the_own_county_reads_it_and_no_other(alliance: Alliance, signed: ReportRow) -> None:
    for login in ("doctor_a", "technician_a", "coordinator", "auditor", "reader2"):
        assert view(alliance, login, signed.id).findings == "双肺清晰。"
    for login in ("doctor_b", "doctor_t", "administrator"):
        with refused("report.absent", Meaning.ABSENT):
            view(alliance, login, signed.id)
    with alliance.system.read() as work, refused("report.absent", Meaning.ABSENT):
        queries.revisions(work, alliance.people["doctor_a"], signed.id)


def test_a_changed_text_person_image_or_signature_is_found(alliance: Alliance, signed: ReportRow) -> None:
    def failing(*changes: Any) -> set[str]:
        """The checks that fail when somebody went past the triggers."""
        with alliance.system.store.engine.connect() as connection:
            for statement in unguarded(connection):
                connection.execute(text(statement))
            for change in changes:
                connection.execute(change)
            connection.commit()
        with alliance.system.read() as work:
            found = queries.verify(work, alliance.people["reader"], signed.id, RING)
        assert found.valid == all(check.ok for check in found.checks)
        return {check.code for check in found.checks if not check.ok}

    changed = {
        "verify.text": (update(ReportRow).values(findings="改"), update(ReportRow).values(findings="双肺清晰。")),
        "verify.times": (
            update(ReportRow).values(signed_at=AT + timedelta(seconds=1)),
            update(ReportRow).values(signed_at=signed.signed_at),
        ),
        "verify.patient": (
            update(StudyRow).values(patient_number="X"),
            update(StudyRow).values(patient_number="TEST-000001"),
        ),
        "verify.people": (
            update(ReportRow).values(author_id=alliance.people["reader2"].id),
            update(ReportRow).values(author_id=alliance.people["reader"].id),
        ),
        "verify.signature": (
            update(SignatureRow).values(value=bytes(64)),
            update(SignatureRow).values(value=value_of(alliance)),
        ),
    }
    assert failing() == set()
    for code, (change, back) in changed.items():
        assert failing(change) == {code}
        assert failing(back) == set()
    assert failing(update(InstanceRow).where(InstanceRow.number == 2).values(sha256="f" * 64)) == {"verify.images"}
    with alliance.system.read() as work:
        assert not queries.verify(work, alliance.people["reader"], signed.id, Keyring()).valid


def unguarded(connection: Connection) -> list[str]:
    """What somebody with full rights on the database would do first."""
    if connection.dialect.name == "sqlite":
        named = connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        return [f"DROP TRIGGER {name}" for name in named]
    found = connection.execute(text("SELECT tgname, tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal"))
    return [f"DROP TRIGGER {name} ON {table}" for name, table in found]


def value_of(alliance: Alliance) -> bytes:
    with alliance.system.read() as work:
        return work.session.query(SignatureRow).one().value


def test_images_that_come_later_are_told_and_break_nothing(alliance: Alliance, signed: ReportRow) -> None:
    with alliance.system.work() as work:
        some_images(work, work.get(StudyRow, signed.study_id), 2, first=10)
    with alliance.system.read() as work:
        found = queries.verify(work, alliance.people["reader"], signed.id, RING)
    assert found.valid
    assert next(check.params for check in found.checks if check.code == "verify.later_images") == {"images": 2}


def test_a_new_name_of_the_author_breaks_nothing(alliance: Alliance, signed: ReportRow) -> None:
    does(alliance, "reviewer", reporting.addend, signed.id, "补充", SIGNER)
    with alliance.system.work() as work:
        for login in ("reader", "reviewer"):
            work.keep(work.get(PersonRow, alliance.people[login].id), name=f"测试改名{login}")
    with alliance.system.read() as work:
        assert queries.verify(work, alliance.people["reader"], signed.id, RING).valid


def test_addenda_are_added_signed_and_verified_and_the_report_stays(alliance: Alliance, signed: ReportRow) -> None:
    before = view(alliance, "doctor_a", signed.id)
    for number in (1, 2):
        does(alliance, "reviewer", reporting.addend, signed.id, f"补充{number}\r\n", SIGNER)
    shown = view(alliance, "doctor_a", signed.id)
    assert [(one.number, one.text, one.by.name) for one in shown.addenda] == [
        (1, "补充1", "测试审核医师"), (2, "补充2", "测试审核医师"),
    ]  # fmt: skip
    assert (shown.state, shown.findings, shown.signature, shown.signed_at) == (
        "addended", before.findings, before.signature, before.signed_at,
    )  # fmt: skip
    assert state_of(alliance, signed)[1] == "verified"
    with alliance.system.read() as work:
        assert queries.verify(work, alliance.people["doctor_a"], signed.id, RING).valid
    with refused("permit.refused", Meaning.FORBIDDEN):
        does(alliance, "doctor_a", reporting.addend, signed.id, "县里补充", SIGNER)


# ---------------------------------------------------------------- paper and receipts


def test_the_paper_is_announced_once_and_an_older_one_never_replaces_a_newer(
    alliance: Alliance, signed: ReportRow
) -> None:
    with alliance.system.work() as work:
        for _ in range(2):
            reporting.pdf_made(work, signed.id, "reports/a.pdf", "a" * 64, 0)
    assert facts(alliance).count("ReportReady") == 1
    assert view(alliance, "doctor_a", signed.id).pdf_ready
    does(alliance, "reviewer", reporting.addend, signed.id, "补充", SIGNER)
    assert not view(alliance, "doctor_a", signed.id).pdf_ready
    with alliance.system.work() as work:
        reporting.pdf_made(work, signed.id, "reports/b.pdf", "b" * 64, 1)
        reporting.pdf_made(work, signed.id, "reports/a.pdf", "c" * 64, 0)
    assert facts(alliance).count("ReportReady") == 2
    assert does(alliance, "doctor_a", reporting.downloaded, signed.id) == "reports/b.pdf"
    assert facts(alliance)[-1] == "ReportDownloaded"


def test_the_document_for_the_paper_says_it_in_chinese_and_renders(alliance: Alliance, signed: ReportRow) -> None:
    does(alliance, "reviewer", reporting.addend, signed.id, "补充", SIGNER)
    with alliance.system.read() as work:
        document = queries.document(work, signed.id)
    assert (document.hospital, document.examination.requesting_site) == ("示例市医院", "示例一县医院")
    assert (document.identity.sex, document.identity.age) == ("女", "45岁")
    assert (document.author.title, document.reviewer.title) == ("住院医师", "副主任医师")
    assert (document.examination.images, len(document.addenda)) == (3, 1)
    assert pdf.render(document).startswith(b"%PDF")


def test_a_report_that_is_not_signed_has_no_paper(alliance: Alliance, draft: ReportRow) -> None:
    with alliance.system.read() as work, refused("report.not_signed", Meaning.INVALID):
        queries.document(work, draft.id)
    with refused("report.no_pdf", Meaning.ABSENT):
        does(alliance, "reader", reporting.downloaded, draft.id)


def test_the_county_s_reading_is_told_once_for_each_person(
    alliance: Alliance, signed: ReportRow, clock: FixedClock
) -> None:
    for login in ("doctor_a", "doctor_a", "technician_a", "reader", "reader2", "reviewer", "auditor"):
        clock.advance(1)
        does(alliance, login, reporting.opened, signed.id)
    assert facts(alliance).count("ReportRead") == 2
    shown = view(alliance, "reader", signed.id)
    assert [(one.by.name, one.site) for one in shown.receipts] == [
        ("测试县医生甲", "示例一县医院"),
        ("测试技师甲", "示例一县医院"),
    ]
    with refused("report.absent", Meaning.ABSENT):
        does(alliance, "doctor_b", reporting.opened, signed.id)


# ---------------------------------------------------------------- the database as last judge


def broken(alliance: Alliance) -> dict[str, dict[str, Any]]:
    """For each rule of the table, a change of a submitted report that breaks it."""
    reader, reviewer = alliance.people["reader"].id, alliance.people["reviewer"].id
    return {
        "a_report_is_in_a_state_we_know": {"state": "lost"},
        "a_reviewer_iff_reviewed": {"reviewer_id": reviewer},
        "nobody_reviews_the_own_report": {"state": "in_review", "reviewer_id": reader, "lease_until": AT},
        "a_lease_iff_in_review": {"lease_until": AT},
        "a_time_of_submission_iff_handed_in": {"submitted_at": None},
        "a_time_of_signing_iff_signed": {"signed_at": AT},
        "an_addendum_iff_addended": {"addenda": 1},
        "what_is_handed_in_is_complete": {"impression": ""},
        "a_report_is_given_back_by_somebody": {"return_reason": "改"},
        "a_pdf_says_what_it_shows": {"pdf_addenda": 0},
        "only_a_signed_report_is_printed": {"pdf_key": "k", "pdf_sha256": "0" * 64, "pdf_addenda": 0},
    }


def test_the_database_refuses_a_report_that_breaks_a_rule(alliance: Alliance, submitted: ReportRow) -> None:
    for name, changes in broken(alliance).items():
        refuse(alliance, name, update(ReportRow).where(ReportRow.id == submitted.id).values(**changes))
    names = {str(one.name) for one in ReportRow.__table__.constraints if isinstance(one, CheckConstraint)}  # type: ignore[attr-defined]
    assert set(broken(alliance)) == names, "every rule of the table is tried"


def test_the_database_refuses_to_call_signed_what_has_no_signature(alliance: Alliance, submitted: ReportRow) -> None:
    changes = {"state": "signed", "reviewer_id": alliance.people["reviewer"].id, "signed_at": AT}
    refuse(alliance, "a_signed_report_has_a_signature", update(ReportRow).values(**changes))


def test_the_database_keeps_what_is_signed(alliance: Alliance, signed: ReportRow) -> None:
    does(alliance, "reviewer", reporting.addend, signed.id, "补充", SIGNER)
    upgrade(alliance.system.store.engine)  # upgrading again keeps the guards
    for changes in (
        {"findings": "改"}, {"impression": "改"}, {"advice": "改"}, {"author_id": alliance.people["reader2"].id},
        {"reviewer_id": alliance.people["reader2"].id}, {"signed_at": AT + timedelta(days=1)}, {"submitted_at": AT - timedelta(days=1)},
        {"addenda": 0, "state": "signed"}, {"state": "draft", "submitted_at": None, "signed_at": None, "reviewer_id": None, "addenda": 0},
    ):  # fmt: skip
        refuse(alliance, "a_signed_report_never_changes", update(ReportRow).values(**changes))
    refuse(alliance, "a_signed_report_is_never_deleted", delete(ReportRow))
    refuse(alliance, "a_signature_never_changes", update(SignatureRow).values(key_id="x"))
    refuse(alliance, "a_signature_is_never_deleted", delete(SignatureRow))
    refuse(alliance, "an_addendum_never_changes", update(AddendumRow).values(text="改"))
    refuse(alliance, "an_addendum_is_never_deleted", delete(AddendumRow))
    refuse(alliance, "the_revisions_of_a_signed_report_never_change", update(RevisionRow).values(findings="改"))
    refuse(alliance, "the_revisions_of_a_signed_report_are_never_deleted", delete(RevisionRow))


def test_the_database_refuses_a_second_report_signature_addendum_or_receipt(
    alliance: Alliance, signed: ReportRow
) -> None:
    does(alliance, "reviewer", reporting.addend, signed.id, "补充", SIGNER)
    does(alliance, "doctor_a", reporting.opened, signed.id)
    for kind in (ReportRow, SignatureRow, AddendumRow, RevisionRow, ReceiptRow):
        with pytest.raises(IntegrityError):
            again(alliance, kind)


def again(alliance: Alliance, kind: Any) -> None:
    """A copy of the first row under another id."""
    with alliance.system.work() as work:
        row = work.session.query(kind).first()
        columns = {name: getattr(row, name) for name in kind.__table__.columns.keys()}
        work.session.expunge_all()
        work.session.add(kind(**{**columns, **({"id": "f" * 32} if "id" in columns else {})}))
        work.session.flush()


def refuse(alliance: Alliance, name: str, statement: Any) -> None:
    def try_it() -> None:
        with alliance.system.work() as work:
            work.session.execute(statement, execution_options={"synchronize_session": False})

    with pytest.raises(IntegrityError, match=name):
        try_it()
