"""Signed reports in a real database: verified, printed, received, and kept from change by the database itself."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, Connection, delete, select, text, update
from sqlalchemy.exc import IntegrityError

from teleconsult import reading, reporting
from teleconsult.access.tables import PersonRow
from teleconsult.imaging import rejection
from teleconsult.imaging.tables import InstanceRow, StudyRow
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.errors import Meaning
from teleconsult.records.upgrade import upgrade
from teleconsult.reporting import Keyring, pdf, queries
from teleconsult.reporting.tables import AddendumRow, ReceiptRow, ReportRow, RevisionRow, SignatureRow
from tests.builders import Alliance
from tests.records.conftest import AT
from tests.records.desk import RING, SIGNER, TEXT, does, facts, refused, state_of, view
from tests.records.house import some_images

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


def test_nobody_signs_words_or_images_that_came_after_they_looked(alliance: Alliance, submitted: ReportRow) -> None:
    taken = does(alliance, "reviewer", reporting.take_review, submitted.id)
    with refused("version.stale"):
        does(alliance, "reviewer", reporting.sign, submitted.id, SIGNER, taken.version - 1, 3)
    with alliance.system.work() as work:
        some_images(work, work.get(StudyRow, submitted.study_id), 1, first=50)
    with refused("report.images_changed"):
        does(alliance, "reviewer", reporting.sign, submitted.id, SIGNER, taken.version, 3)
    assert state_of(alliance, submitted) == ("in_review", "reported")
    signed = does(alliance, "reviewer", reporting.sign, submitted.id, SIGNER, taken.version, 4)
    assert signed.state == "signed"


def test_nobody_signs_over_an_image_that_was_exchanged_for_another(alliance: Alliance, submitted: ReportRow) -> None:
    taken = does(alliance, "reviewer", reporting.take_review, submitted.id)
    with alliance.system.work() as work:
        study = work.get(StudyRow, submitted.study_id)
        shown, (one, *_) = study.version, work.session.scalars(select(InstanceRow)).all()
        rejection.set_aside(work, [one], rejection.SAFETY, "SCANNER_A")
        some_images(work, study, 1, first=50)
    with refused("report.images_changed"):
        does(alliance, "reviewer", reporting.sign, submitted.id, SIGNER, taken.version, 3, shown)
    with alliance.system.read() as work:
        made_anew = work.get(StudyRow, submitted.study_id).version
    does(alliance, "reviewer", reporting.sign, submitted.id, SIGNER, taken.version, 3, made_anew)


def test_no_report_is_handed_in_or_signed_while_nothing_of_the_study_is_shown(
    alliance: Alliance, draft: ReportRow
) -> None:
    does(alliance, "reader", reporting.save, draft.id, TEXT, draft.version)
    _reject_all(alliance, draft.study_id)
    with refused("report.no_images"):
        does(alliance, "reader", reporting.submit, draft.id)
    assert state_of(alliance, draft) == ("draft", "claimed")
    _lift_all(alliance, draft.study_id)
    does(alliance, "reader", reporting.submit, draft.id)
    does(alliance, "reviewer", reporting.take_review, draft.id)
    _reject_all(alliance, draft.study_id)
    with refused("report.no_images"):
        does(alliance, "reviewer", reporting.sign, draft.id, SIGNER)
    assert state_of(alliance, draft) == ("in_review", "reported")
    _lift_all(alliance, draft.study_id)
    assert does(alliance, "reviewer", reporting.sign, draft.id, SIGNER).state == "signed"


def _reject_all(alliance: Alliance, study_id: str) -> None:
    with alliance.system.work() as work:
        rows = work.session.scalars(select(InstanceRow).where(InstanceRow.study_id == study_id)).all()
        assert rejection.set_aside(work, rows, rejection.SAFETY, "SCANNER_A") == len(rows)


def _lift_all(alliance: Alliance, study_id: str) -> None:
    technician = alliance.people["technician_a"]
    with alliance.system.work(technician) as work:
        rejection.lift(work, technician, study_id, rejection.SAFETY, "核对无误")


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
