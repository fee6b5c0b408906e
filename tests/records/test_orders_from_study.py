"""An order registered from a study that came without one: prefilled, registered and linked in one deed, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from teleconsult.imaging import orders, orders_arrivals, orders_queries, rejection
from teleconsult.imaging.orders_prefill import StudySays, prefill
from teleconsult.imaging.tables import InstanceRow, StudyRow
from teleconsult.imaging.tables_orders import OrderLinkRow, OrderRow
from teleconsult.kernel.errors import Meaning
from teleconsult.records import journal
from tests.builders import Alliance
from tests.records.desk import does
from tests.records.test_orders import an_order, matched, on_the_list, refusal, the_order

REASON = "registered from the study"


@pytest.fixture
def lonely(alliance: Alliance) -> str:
    """A study of county A, which uses orders, without one."""
    an_order(alliance, patient_number="OTHER", name="别人")
    study_id, linked = matched(alliance, number=2)
    assert linked is None
    return study_id


def begun(alliance: Alliance, study_id: str) -> StudySays:
    with alliance.system.read() as work:
        return prefill(work.get(StudyRow, study_id))


def said(found: StudySays, **typed: Any) -> dict[str, Any]:
    """The form as the screen sends it when nothing but `typed` is changed."""
    given = asdict(found)
    given["patient_number"], given["name"], given["pinyin"] = (
        given.pop("patient_id"), given.pop("written"), given.pop("spelt"),
    )  # fmt: skip
    return {**given, **typed}


def registered(alliance: Alliance, study_id: str, login: str = "technician_a", **typed: Any) -> OrderRow:
    form = said(begun(alliance, study_id), **typed)
    order: OrderRow = does(alliance, login, orders_arrivals.register_from, study_id, form)
    return order


def the_link(alliance: Alliance, order_id: str) -> OrderLinkRow:
    with alliance.system.read() as work:
        return work.session.scalars(select(OrderLinkRow).where(OrderLinkRow.order_id == order_id)).one()


def counted(alliance: Alliance) -> int:
    with alliance.system.read() as work:
        return work.session.scalar(select(func.count()).select_from(OrderRow)) or 0


def test_the_form_begins_with_what_the_study_says(alliance: Alliance, lonely: str) -> None:
    found = begun(alliance, lonely)
    assert (found.patient_id, found.written, found.sex, found.birth_date) == ("TEST-000002", "测试2", "F", "19800101")
    assert (found.modality, found.procedure, found.body_part, found.accession) == (
        "CT", "胸部CT平扫", "CHEST", "A000002",
    )  # fmt: skip
    assert found.issuer == "", "the hospital's own number"
    assert found.scheduled_at.isoformat() == "2026-11-21T08:00:00+08:00"


def test_what_no_order_has_room_for_is_left_to_the_person(alliance: Alliance) -> None:
    an_order(alliance)
    long, _ = matched(
        alliance, number=3, accession="A" * 17, body_part="B" * 17, patient_number="A\\B", study_date="", issuer="HIS",
        name="ZHANG^SAN=张^三=", name_shown="张三",
    )  # fmt: skip
    found = begun(alliance, long)
    assert (found.accession, found.body_part, found.patient_id, found.issuer) == ("", "", "", "HIS")
    assert (found.written, found.spelt) == ("张三", "ZHANG SAN")
    with alliance.system.read() as work:
        assert found.scheduled_at == work.get(StudyRow, long).arrived_at


def test_an_order_is_registered_from_its_study_and_linked_at_once(alliance: Alliance, lonely: str) -> None:
    order = registered(alliance, lonely, question="体检")
    link = the_link(alliance, order.id)
    assert (link.study_id, link.how, link.reason, link.differs, link.by) == (
        lonely, "person", REASON, [], "测试技师甲",
    )  # fmt: skip
    assert on_the_list(alliance, lonely) == ("linked", "order.none")
    kept = the_order(alliance, order.id)
    assert (kept.accession, kept.question, kept.name_shown) == ("A000002", "体检", "测试2")
    assert kept.state == "completed", "the study has settled already"
    assert kept.remind_at is None
    with alliance.system.read() as work:
        facts = [fact for fact in journal.facts_after(work, 0, 1000) if fact.subject_id == order.id]
    assert [fact.name for fact in facts] == ["OrderRegistered", "OrderLinked", "OrderPerformed"]
    assert (facts[1].details["reason"], facts[1].study_id) == (REASON, lonely)


def test_an_order_of_a_study_still_arriving_is_in_progress(alliance: Alliance) -> None:
    an_order(alliance)
    study_id, _ = matched(alliance, number=4, state="receiving", prepared_at=None)
    assert the_order(alliance, registered(alliance, study_id).id).state == "in_progress"


def test_registering_from_a_study_touches_nothing_of_its_images_or_headers(alliance: Alliance, lonely: str) -> None:
    def seen() -> list[Any]:
        with alliance.system.read() as work:
            study = work.get(StudyRow, lonely)
            kept = {name: value for name, value in vars(study).items() if not name.startswith("_")}
            objects = select(InstanceRow.sha256, InstanceRow.blob_key).where(InstanceRow.study_id == lonely)
            return [kept, sorted(tuple(row) for row in work.session.execute(objects))]

    before = seen()
    registered(alliance, lonely, "doctor_a", patient_number="TEST-000002", body_part="")
    assert seen() == before


def test_two_clicks_are_one_order(alliance: Alliance, lonely: str) -> None:
    first, orders_before = registered(alliance, lonely), counted(alliance)
    assert registered(alliance, lonely).id == first.id
    assert counted(alliance) == orders_before
    other = said(begun(alliance, lonely), procedure="别的检查")
    asked_again = refusal(alliance, "technician_a", orders_arrivals.register_from, lonely, other)
    assert (asked_again.code, asked_again.params["order_id"]) == ("order.study_linked", first.id)


def test_two_clicks_at_the_same_moment_are_one_order(alliance: Alliance, lonely: str) -> None:
    before, gate = counted(alliance), Barrier(2)

    def click() -> str:
        gate.wait(10)
        return registered(alliance, lonely).id

    with ThreadPoolExecutor(2) as both:
        assert len({each.result(30) for each in [both.submit(click), both.submit(click)]}) == 1
    assert counted(alliance) == before + 1


def test_somebody_who_was_faster_is_named_with_the_order(alliance: Alliance, lonely: str) -> None:
    order = an_order(alliance, patient_number="TEST-000002", name="测试2")
    does(alliance, "doctor_a", orders_arrivals.link, order.id, lonely)
    before = counted(alliance)
    late = refusal(alliance, "technician_a", orders_arrivals.register_from, lonely, said(begun(alliance, lonely)))
    assert (late.meaning, late.code) == (Meaning.CONFLICT, "order.study_linked")
    assert late.params == {"accession": order.accession, "order_id": order.id, "by": "测试县医生甲"}
    assert counted(alliance) == before


def test_an_accession_number_that_an_order_has_leads_to_that_order(alliance: Alliance) -> None:
    order = an_order(alliance, accession="A000005", sex="M")
    study_id, linked = matched(alliance, number=5)
    assert linked is None
    taken = refusal(alliance, "technician_a", orders_arrivals.register_from, study_id, said(begun(alliance, study_id)))
    assert (taken.meaning, taken.code) == (Meaning.CONFLICT, "order.accession_taken")
    assert taken.params == {"accession": "A000005", "order_id": order.id}
    assert on_the_list(alliance, study_id)[0] == "open"


def test_what_contradicts_the_study_needs_a_reason_and_nothing_is_left_of_a_refusal(
    alliance: Alliance, lonely: str
) -> None:
    before, form = counted(alliance), said(begun(alliance, lonely), sex="M")
    assert refusal(alliance, "doctor_a", orders_arrivals.register_from, lonely, form).code == "order.reason_needed"
    assert (counted(alliance), on_the_list(alliance, lonely)[0]) == (before, "open")
    order = does(alliance, "doctor_a", orders_arrivals.register_from, lonely, form, "设备上性别选错")
    link = the_link(alliance, order.id)
    assert (link.differs, link.reason) == (["sex"], f"{REASON}: 设备上性别选错")


def test_only_who_may_order_and_link_there_registers_from_a_study(alliance: Alliance, lonely: str) -> None:
    form = said(begun(alliance, lonely))
    for login, code in (
        ("doctor_b", "unmatched.absent"),
        ("reader", "unmatched.absent"),
        ("auditor", "unmatched.absent"),
    ):
        assert refusal(alliance, login, orders_arrivals.register_from, lonely, form).code == code
    assert refusal(alliance, "technician_a", orders_arrivals.register_from, "nothing", form).code == "unmatched.absent"
    assert on_the_list(alliance, lonely)[0] == "open"


def test_a_link_that_was_wrong_is_taken_back_and_the_study_waits_again(alliance: Alliance, lonely: str) -> None:
    order = registered(alliance, lonely)
    does(alliance, "doctor_a", orders_arrivals.unlink, order.id, lonely, "登记错了")
    assert on_the_list(alliance, lonely) == ("open", "order.unlinked")
    assert the_order(alliance, order.id).state == "scheduled"
    does(alliance, "doctor_a", orders.cancel, order.id, "登记错了")
    again = registered(alliance, lonely, accession="A000002-2")
    with alliance.system.read() as work:
        assert [row.id for row in orders_queries.orders_of_study(work, lonely)] == [again.id]


def test_a_study_of_which_nothing_is_shown_any_more_waits_for_no_order(alliance: Alliance, lonely: str) -> None:
    technician = alliance.people["technician_a"]
    with alliance.system.work() as work:
        assert orders_queries.counts(work, technician)[0] == len(orders_queries.unmatched(work, technician)) == 1
        rows = work.session.scalars(select(InstanceRow).where(InstanceRow.study_id == lonely)).all()
        rejection.set_aside(work, rows, rejection.WRONG_ENTRY, "SCANNER_A")
        assert orders_queries.unmatched(work, technician) == []
        assert orders_queries.counts(work, technician)[0] == 0
