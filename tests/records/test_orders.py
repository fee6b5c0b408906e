"""Ordered examinations in a real database: numbers, names, reminders, links that are certain and links that people make."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from teleconsult import reading
from teleconsult.access import SYSTEM, notices, open_share
from teleconsult.imaging import merge, orders, orders_arrivals, orders_queries
from teleconsult.imaging.tables import PatientRow, StudyNameRow, StudyRow
from teleconsult.imaging.tables_orders import OrderLinkRow, OrderRow, UnmatchedRow
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.records import journal
from tests.builders import Alliance
from tests.records.desk import does
from tests.records.house import a_study
from tests.working import work_off

FORM = {
    "patient_number": "TEST-000001", "name": "测试1", "sex": "F", "birth_date": "19800101", "modality": "CT", "procedure": "胸部CT平扫",
    "question": "咳嗽两周，排除肺炎", "diagnosis": "咳嗽待查", "priority": "STAT",
}  # fmt: skip


def an_order(alliance: Alliance, login: str = "doctor_a", site: str = "county_a", **said: Any) -> OrderRow:
    order: OrderRow = does(alliance, login, orders.register, alliance.sites[site], {**FORM, **said})
    return order


def the_order(alliance: Alliance, order_id: str) -> OrderRow:
    with alliance.system.read() as work:
        return work.get(OrderRow, order_id)


def matched(alliance: Alliance, site: str = "county_a", number: int = 1, **given: Any) -> tuple[str, str | None]:
    """A study as `a_study`, put before the matching: its id and the order's."""
    with alliance.system.work() as work:
        study = a_study(work, alliance.sites[site], number, **given)
        return study.id, orders_arrivals.match_study(work, study.id)


def on_the_list(alliance: Alliance, study_id: str) -> tuple[str, str]:
    with alliance.system.read() as work:
        row = work.session.scalars(select(UnmatchedRow).where(UnmatchedRow.study_id == study_id)).one()
        return row.state, row.code


def names_of_facts(alliance: Alliance) -> list[str]:
    with alliance.system.read() as work:
        return [fact.name for fact in journal.facts_after(work, 0, 1000)]


def refusal(alliance: Alliance, login: str, act: Any, *given: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        does(alliance, login, act, *given)
    return caught.value


# ---------------------------------------------------------------- registering


def test_a_site_numbers_its_orders_and_keeps_every_number_once(alliance: Alliance) -> None:
    first, second = an_order(alliance), an_order(alliance, "technician_a")
    assert [first.accession, second.accession] == ["TC2611210001", "TC2611210002"]
    assert first.study_uid != second.study_uid
    own = an_order(alliance, accession="RIS-77")
    assert own.accession == "RIS-77"
    taken = refusal(alliance, "doctor_a", orders.register, alliance.sites["county_a"], {**FORM, "accession": "RIS-77"})
    assert (taken.meaning, taken.code) == (Meaning.CONFLICT, "order.accession_taken")
    other = an_order(alliance, "doctor_b", "county_b", accession="RIS-77")
    assert other.accession == "RIS-77", "each site counts for itself"


def test_a_number_that_somebody_typed_in_our_form_is_stepped_over(alliance: Alliance) -> None:
    an_order(alliance, accession="TC2611210002")
    assert [an_order(alliance).accession for _ in range(2)] == ["TC2611210003", "TC2611210004"]


def test_orders_are_the_site_s_own(alliance: Alliance) -> None:
    order = an_order(alliance)
    assert refusal(alliance, "doctor_a", orders.register, alliance.sites["county_b"], FORM).code == "permit.refused"
    assert refusal(alliance, "reader", orders.register, alliance.sites["county_a"], FORM).code == "permit.refused"
    for act, given in ((orders.edit, ({}, 1)), (orders.cancel, ("不需要",)), (orders_arrivals.link, ("x",))):
        assert refusal(alliance, "doctor_b", act, order.id, *given).code == "order.absent"
    with alliance.system.read() as work:
        mine = orders_queries.order_list(work, alliance.people["technician_a"], "all")
        theirs = orders_queries.order_list(work, alliance.people["doctor_b"], "all")
    assert [row.id for row, _ in mine.items] == [order.id]
    assert theirs.items == ()
    assert set(theirs.counts.values()) == {0}


def test_an_order_is_edited_and_cancelled_while_nothing_has_begun(alliance: Alliance) -> None:
    order = an_order(alliance)
    edited = does(alliance, "technician_a", orders.edit, order.id, {"procedure": "头颅CT平扫", "accession": "X"}, 1)
    assert (edited.procedure, edited.accession, edited.version) == ("头颅CT平扫", order.accession, 2)
    stale = refusal(alliance, "doctor_a", orders.edit, order.id, {"procedure": "x"}, 1)
    assert stale.code == "version.stale"
    same = does(alliance, "doctor_a", orders.edit, order.id, {"procedure": "头颅CT平扫"}, 2)
    assert same.version == 2, "nothing has changed"
    cancelled = does(alliance, "doctor_a", orders.cancel, order.id, "患者拒绝", 2)
    assert (cancelled.state, cancelled.cancel_reason) == ("cancelled", "患者拒绝")
    assert refusal(alliance, "doctor_a", orders.edit, order.id, {"procedure": "x"}, 3).code == "order.begun"
    assert names_of_facts(alliance)[-3:] == ["OrderRegistered", "OrderChanged", "OrderCancelled"]


@pytest.mark.parametrize(
    "typed", ["测试", "ceshi", "CS", "TEST-0000", "TC26112100", "测 试", "ＴＥＳＴ－００００", "ｔｃ２６"]
)
def test_an_order_is_found_by_name_sound_and_numbers(alliance: Alliance, typed: str) -> None:
    order = an_order(alliance)
    an_order(alliance, name="李四", patient_number="OTHER", accession="ELSE")
    with alliance.system.read() as work:
        found = orders_queries.order_list(work, alliance.people["doctor_a"], "waiting", typed)
    assert [row.id for row, _ in found.items] == [order.id]
    assert found.counts["waiting"] == 1


def test_the_list_goes_on_where_the_page_ended(alliance: Alliance) -> None:
    made = [an_order(alliance).id for _ in range(5)]
    seen, cursor = [], None
    while True:
        with alliance.system.read() as work:
            page = orders_queries.order_list(work, alliance.people["doctor_a"], "waiting", "", cursor, 2)
        seen += [row.id for row, _ in page.items]
        if (cursor := page.next) is None:
            break
    assert sorted(seen) == sorted(made)


# ---------------------------------------------------------------- reminders


def test_the_site_is_reminded_once_when_a_day_has_passed_without_images(alliance: Alliance, clock: FixedClock) -> None:
    order = an_order(alliance)
    clock.advance(timedelta(hours=23).total_seconds())
    with alliance.system.work() as work:
        assert orders.remind(work) == 0
    clock.advance(timedelta(hours=2).total_seconds())
    with alliance.system.work() as work:
        assert orders.remind(work) == 1
    with alliance.system.work() as work:
        assert orders.remind(work) == 0
    with alliance.system.read() as work:
        told = [notice for notice in notices(work, alliance.people["technician_a"]) if notice.row.about == order.id]
        assert [notice.row.code for notice in told] == ["order.no_images"]
        assert not notices(work, alliance.people["doctor_b"])
        late = orders_queries.order_list(work, alliance.people["doctor_a"], "late")
        assert [row.id for row, _ in late.items] == [order.id]
    study_id, linked = matched(alliance, accession=order.accession)
    assert linked == order.id
    with alliance.system.read() as work:
        told = [notice for notice in notices(work, alliance.people["technician_a"]) if notice.row.about == order.id]
        assert [notice.waits for notice in told] == [False], "images are here: the bell is silent"
        assert orders_queries.order_list(work, alliance.people["doctor_a"], "late").items == ()
    assert study_id


def test_nobody_is_reminded_of_what_was_cancelled_or_moved(alliance: Alliance, clock: FixedClock) -> None:
    gone, moved = an_order(alliance), an_order(alliance)
    does(alliance, "doctor_a", orders.cancel, gone.id, "患者拒绝")
    later = clock.now() + timedelta(days=3)
    does(alliance, "doctor_a", orders.edit, moved.id, {"scheduled_at": later}, 1)
    clock.advance(timedelta(days=2).total_seconds())
    with alliance.system.work() as work:
        assert orders.remind(work) == 0


# ---------------------------------------------------------------- arrivals


def test_a_study_with_the_accession_number_and_the_patient_is_the_order_s(alliance: Alliance) -> None:
    order = an_order(alliance)
    study_id, linked = matched(alliance, accession=order.accession)
    assert linked == order.id
    assert the_order(alliance, order.id).state == "in_progress"
    with alliance.system.work() as work:
        assert orders_arrivals.match_study(work, study_id) == order.id, "the job may run twice"
        orders_arrivals.study_at_rest(work, study_id)
        orders_arrivals.study_at_rest(work, study_id)
    assert the_order(alliance, order.id).state == "completed"
    with alliance.system.read() as work:
        assert work.get(StudyRow, study_id).priority == "STAT", "as urgent as it was ordered"
        assert [row.question for row in orders_queries.orders_of_study(work, study_id)] == ["咳嗽两周，排除肺炎"]
    assert names_of_facts(alliance).count("OrderLinked") == 1


def test_a_study_under_the_reserved_uid_needs_no_accession_number(alliance: Alliance) -> None:
    order = an_order(alliance)
    assert matched(alliance, accession="", study_uid=order.study_uid)[1] == order.id


def test_a_contradiction_is_put_before_people_with_its_reason(alliance: Alliance) -> None:
    order = an_order(alliance)
    study_id, linked = matched(alliance, accession=order.accession, sex="M")
    assert linked is None
    assert on_the_list(alliance, study_id) == ("open", "order.person_differs")
    with alliance.system.read() as work:
        [lonely] = orders_queries.unmatched(work, alliance.people["technician_a"])
        assert not orders_queries.unmatched(work, alliance.people["doctor_b"])
    assert [(pair.order.id, pair.differs) for pair in lonely.candidates] == [(order.id, ("sex",))]


@pytest.mark.parametrize(
    "typed", ["测试", "试1", "cs1", "ｃｅｓｈｉ", "测 试", "e-mp1", "Ｅ－ＭＰ１", "a77", "Ａ７７", "e-other"]
)
def test_a_study_without_an_order_is_found_by_name_sound_and_numbers(alliance: Alliance, typed: str) -> None:
    an_order(alliance)
    study_id, _ = matched(alliance, patient_number="E-MP1", accession="A77X")
    other, _ = matched(alliance, number=2, name_shown="李四", patient_number="E-XX9", accession="B1")
    someone = alliance.people["technician_a"]
    with alliance.system.work() as work:
        for name in work.session.scalars(select(StudyNameRow).where(StudyNameRow.study_id == other)):
            work.session.delete(name)
        one = work.get(StudyRow, study_id).patient_id
        also = a_study(work, alliance.sites["county_a"], 3).patient_id
        work.get(PatientRow, also).number = "E-OTHER"
    with alliance.system.work(someone) as work:
        merge.merge(work, someone, one, also, "同一患者")
    with alliance.system.read() as work:
        found = orders_queries.unmatched(work, someone, "open", typed)
        assert [each.study.id for each in found] == [study_id]
        assert not orders_queries.unmatched(work, someone, "aside", typed)
        assert not orders_queries.unmatched(work, alliance.people["doctor_b"], "open", typed)
        assert not orders_queries.unmatched(work, someone, "open", "mp1"), "a number from its beginning on"
        assert len(orders_queries.unmatched(work, someone, "open", " * ")) == 2


def test_the_same_number_at_another_site_is_another_order(alliance: Alliance) -> None:
    an_order(alliance, "doctor_b", "county_b", accession="SAME")
    study_id, linked = matched(alliance, accession="SAME")
    assert linked is None
    with alliance.system.read() as work:
        assert not work.session.scalars(select(UnmatchedRow).where(UnmatchedRow.study_id == study_id)).all(), (
            "a site that orders nothing here has no list"
        )


def test_an_order_that_is_registered_after_its_images_finds_them(alliance: Alliance) -> None:
    an_order(alliance)  # the site uses orders
    study_id, linked = matched(alliance, number=2, accession="LATE-1")
    assert linked is None
    assert on_the_list(alliance, study_id) == ("open", "order.none")
    late = an_order(alliance, accession="LATE-1", patient_number="TEST-000002", name="测试2")
    work_off(alliance.system)
    assert on_the_list(alliance, study_id) == ("linked", "order.none")
    assert the_order(alliance, late.id).arrived_at is not None
    assert the_order(alliance, late.id).state == "completed", "the study was all here before"


def test_a_correction_of_the_order_finds_the_study_that_contradicted(alliance: Alliance) -> None:
    order = an_order(alliance, birth_date="19700101")
    study_id, linked = matched(alliance, accession=order.accession)
    assert linked is None
    does(alliance, "doctor_a", orders.edit, order.id, {"birth_date": "1980-01-01"}, 1)
    work_off(alliance.system)
    assert on_the_list(alliance, study_id)[0] == "linked"


def test_a_person_links_with_a_reason_and_takes_it_back(alliance: Alliance) -> None:
    order = an_order(alliance)
    study_id, _ = matched(alliance, accession=order.accession, birth_date="19810101")
    silent = refusal(alliance, "technician_a", orders_arrivals.link, order.id, study_id)
    assert silent.code == "order.reason_needed"
    does(alliance, "technician_a", orders_arrivals.link, order.id, study_id, "登记时出生日期写错")
    again = refusal(alliance, "technician_a", orders_arrivals.link, order.id, study_id, "再次")
    assert again.code == "order.linked_already"
    assert on_the_list(alliance, study_id)[0] == "linked"
    does(alliance, "doctor_a", orders_arrivals.unlink, order.id, study_id, "不是同一患者")
    assert the_order(alliance, order.id).state == "scheduled"
    assert on_the_list(alliance, study_id) == ("open", "order.unlinked")
    with alliance.system.work() as work:
        assert orders_arrivals.match_study(work, study_id) is None, "the machine does not know better"
        [row] = work.session.scalars(select(OrderLinkRow)).all()
        assert (row.how, row.differs, row.by, row.undone_why) == (
            "person", ["birth_date"], "测试技师甲", "不是同一患者",
        )  # fmt: skip
    told = [name for name in names_of_facts(alliance) if name.startswith("Order")]
    assert told == ["OrderRegistered", "OrderLinked", "OrderPerformed", "OrderUnlinked"]


def test_linking_changes_nothing_of_the_study_but_its_urgency(alliance: Alliance) -> None:
    order = an_order(alliance)
    study_id, _ = matched(alliance, accession="", name="李^四")
    with alliance.system.read() as work:
        before = {
            column.name: getattr(work.get(StudyRow, study_id), column.name) for column in StudyRow.__table__.columns
        }
    does(alliance, "doctor_a", orders_arrivals.link, order.id, study_id, "设备上选错了患者")
    with alliance.system.read() as work:
        after = {
            column.name: getattr(work.get(StudyRow, study_id), column.name) for column in StudyRow.__table__.columns
        }
    assert {name for name in before if before[name] != after[name]} == {"priority"}


def test_a_study_is_set_aside_with_a_reason_and_taken_up_again(alliance: Alliance) -> None:
    an_order(alliance)
    study_id, _ = matched(alliance, number=3)
    assert refusal(alliance, "doctor_a", orders_arrivals.set_aside, study_id, " ").code == "order.reason_needed"
    assert refusal(alliance, "doctor_b", orders_arrivals.set_aside, study_id, "x").code == "unmatched.absent"
    does(alliance, "doctor_a", orders_arrivals.set_aside, study_id, "设备质控图像")
    with alliance.system.work() as work:
        orders_arrivals.match_study(work, study_id)
    assert on_the_list(alliance, study_id)[0] == "aside"
    does(alliance, "doctor_a", orders_arrivals.take_up, study_id)
    assert on_the_list(alliance, study_id)[0] == "open"


def test_the_reading_site_sees_the_order_of_a_study_that_it_reads(alliance: Alliance) -> None:
    order, other = an_order(alliance), an_order(alliance)
    study_id, _ = matched(alliance, accession=order.accession)
    with alliance.system.work(SYSTEM) as work:
        open_share(work, study_id, alliance.sites["city"], "reading")
    with alliance.system.read() as work:
        assert orders_queries.order_detail(work, alliance.people["reader"], order.id).verbs == ()
        with pytest.raises(Refused) as absent:
            orders_queries.order_detail(work, alliance.people["reader"], other.id)
    assert absent.value.code == "order.absent"


def test_a_task_is_due_as_its_order_says_even_when_that_is_found_late(alliance: Alliance) -> None:
    order = an_order(alliance)
    with alliance.system.work() as work:
        study = a_study(work, alliance.sites["county_a"], sex="M", accession=order.accession)
        task = reading.open_for(work, study.id)
        assert task is not None
        assert task.priority == "ROUTINE"
        due = task.due_at
    does(alliance, "doctor_a", orders_arrivals.link, order.id, study.id, "性别登记错误")
    work_off(alliance.system)
    with alliance.system.read() as work:
        task = work.session.scalars(select(reading.TaskRow)).one()
    assert task.priority == "STAT"
    assert task.due_at < due
    assert names_of_facts(alliance).count("TaskHastened") == 1


def test_a_link_says_in_what_the_two_differ_since_the_study_came_to_be_of_somebody_else(alliance: Alliance) -> None:
    order = an_order(alliance)
    study_id, known = matched(alliance, accession=order.accession)
    assert known == order.id
    for sex, against in (("M", ["sex"]), ("F", [])):
        with alliance.system.work() as work:
            work.keep(work.get(StudyRow, study_id), sex=sex)
            assert orders_arrivals.match_study(work, study_id) == order.id, "what is linked stays so"
        with alliance.system.read() as work:
            (link,) = work.session.scalars(select(OrderLinkRow).where(OrderLinkRow.study_id == study_id))
            assert link.differs == against
