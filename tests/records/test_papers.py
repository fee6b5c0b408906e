"""Signed opinions, conclusions and summaries in a real database: sealed once, verified, printed, kept from change."""

import json
from typing import Any

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import IntegrityError

from teleconsult import reporting
from teleconsult.kernel.errors import Meaning
from teleconsult.kernel.values import new_id
from teleconsult.reporting import Keyring, queries
from teleconsult.reporting.tables import PaperRow
from tests.builders import Alliance
from tests.records.desk import RING, SIGNER, does, refused
from tests.records.test_reporting_signed import refuse

CONTENT: dict[str, Any] = {
    "title": "会诊意见书", "hospital": "示例市医院", "site": "示例市医院", "signing_as": "呼吸内科",
    "patient": {"name": "测试甲", "sex": "男", "age": "56岁", "patient_id": "TEST-000001"},
    "facts": [["申请医院", "示例一县医院"]],
    "sections": [["诊断意见", "右肺上叶结节，考虑炎性。  \r\n建议随访。"], ["处理建议", "三个月后复查。"], ["其他", ""]],
}  # fmt: skip
SUBJECT, CASE = new_id(), new_id()


def sealed(alliance: Alliance, login: str = "reviewer", number: int = 0, **given: Any) -> PaperRow:
    content = {**CONTENT, **given}
    row: PaperRow = does(alliance, login, reporting.seal_paper, SIGNER, "opinion", SUBJECT, CASE, number, content)
    return row


def verified(alliance: Alliance, row: PaperRow, ring: Keyring = RING) -> queries.Verification:
    with alliance.system.read() as work:
        return reporting.verify_paper(work, ring, row.id)


def test_what_is_signed_is_kept_whole_and_verifies(alliance: Alliance) -> None:
    row = sealed(alliance)
    found = verified(alliance, row)
    assert found.valid
    assert [check.code for check in found.checks] == ["verify.key", "verify.signature", "verify.paper"]
    said = json.loads(found.content)
    assert (said["format"], said["kind"], said["case_id"]) == ("teleconsult.paper/1", "opinion", CASE)
    assert said["signatory"]["name"] == "测试审核医师"
    assert said["content"]["sections"][0] == ["诊断意见", "右肺上叶结节，考虑炎性。\n建议随访。"], "spelt plainly"
    assert not verified(alliance, row, Keyring()).valid, "a key that nobody knows"


def test_several_people_sign_one_subject_each_under_a_number_of_their_own(alliance: Alliance) -> None:
    second, first = sealed(alliance, "reader2", number=1), sealed(alliance)
    with alliance.system.read() as work:
        assert [row.id for row in reporting.papers_of(work, "opinion", SUBJECT)] == [first.id, second.id]
        assert reporting.papers_of(work, "conclusion", SUBJECT) == []
    with refused("paper.signed_already"):
        sealed(alliance, "reader")


def test_the_last_paper_shows_everybody_who_signed_and_an_earlier_one_stays_as_it_was(alliance: Alliance) -> None:
    first = sealed(alliance)
    with alliance.system.read() as work:
        before = queries.paper_document(work, first.id)
    last = sealed(alliance, "reader2", number=1, signing_as="放射科")
    with alliance.system.read() as work:
        assert queries.paper_document(work, first.id) == before
        shown = queries.paper_document(work, last.id)
    assert [(one.role, one.by.name) for one in shown.signatures] == [
        ("呼吸内科", "测试审核医师"),
        ("放射科", "测试读片医师二"),
    ]


@pytest.mark.parametrize(
    "broken",
    [
        {"title": " "}, {"hospital": 5}, {"sections": []}, {"sections": [["诊断意见", ""]]}, {"sections": "诊断意见"},
        {"sections": [["只有标题"]]}, {"facts": [["标签", 5]]},
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_printed_is_not_signed(alliance: Alliance, broken: dict[str, Any]) -> None:
    with refused("paper.content", Meaning.INVALID):
        sealed(alliance, **broken)


def test_a_kind_that_is_not_ours_is_refused(alliance: Alliance) -> None:
    with refused("field.choice", Meaning.INVALID):
        does(alliance, "reviewer", reporting.seal_paper, SIGNER, "letter", SUBJECT, CASE, 0, CONTENT)


def test_a_paper_is_announced_as_printed_once(alliance: Alliance) -> None:
    row = sealed(alliance)
    for _ in range(2):
        with alliance.system.work() as work:
            reporting.paper_printed(work, row.id, "papers/a.pdf", "a" * 64)
    with alliance.system.read() as work:
        assert queries.print_of(work, row.id) == "papers/a.pdf"
        told = work.session.execute(text("SELECT count(*) FROM facts WHERE name = 'PaperReady'")).scalar_one()
    assert told == 1


def test_the_database_keeps_a_signed_paper_whoever_asks(alliance: Alliance) -> None:
    sealed(alliance)
    for change in ({"content": b""}, {"signed_by_id": alliance.people["reader"].id}, {"number": 3}, {"case_id": None}):
        refuse(alliance, "a_signed_paper_never_changes", update(PaperRow).values(**change))
    refuse(alliance, "a_signed_paper_is_never_deleted", delete(PaperRow))


def test_the_database_refuses_a_paper_that_breaks_a_rule(alliance: Alliance) -> None:
    row = sealed(alliance)
    columns = {name: getattr(row, name) for name in PaperRow.__table__.columns.keys()}
    for name, change in (
        ("a_paper_is_of_a_kind_we_know", {"kind": "letter"}),
        ("a_paper_s_digest_has_64_digits", {"sha256": "0"}),
        ("papers_are_numbered_from_zero", {"number": -1}),
        ("a_paper_is_signed_once_under_its_number|papers.number", {}),  # a second signature under the same number
    ):

        def again(change: dict[str, Any] = change) -> None:
            with alliance.system.work() as work:
                work.add(PaperRow(**{**columns, "id": new_id(), **change}))

        with pytest.raises(IntegrityError, match=name):
            again()


def test_a_row_that_was_changed_past_the_guards_does_not_verify(alliance: Alliance) -> None:
    row = sealed(alliance)
    with alliance.system.store.engine.connect() as connection:
        on = " ON papers" if connection.dialect.name == "postgresql" else ""
        connection.execute(text(f"DROP TRIGGER a_signed_paper_never_changes{on}"))
        connection.execute(update(PaperRow).values(subject_id=CASE))
        connection.commit()
    assert {check.code for check in verified(alliance, row).checks if not check.ok} == {"verify.paper"}
