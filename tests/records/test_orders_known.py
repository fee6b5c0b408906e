"""An order for a number under which the hospital knows somebody else: refused with both persons, taken when somebody says why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from teleconsult.imaging import orders, orders_arrivals
from teleconsult.imaging.orders_known import Confirmed
from teleconsult.imaging.tables_orders import OrderRow
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.errors import Meaning
from teleconsult.records import journal
from tests.builders import Alliance
from tests.records.desk import does
from tests.records.test_orders import FORM, an_order, matched, refusal

KNOWN = {"patient_number": "DEMO0001", "name": "测试甲", "sex": "M", "birth_date": "19580312"}
OTHER = {**FORM, **KNOWN, "name": "李四", "sex": "F", "birth_date": "1990-09-09"}
WHY = Confirmed(" 旧号重新启用 ")


def register(alliance: Alliance, said: dict[str, Any], *rest: Any) -> OrderRow:
    order: OrderRow = does(alliance, "technician_a", orders.register, alliance.sites["county_a"], said, *rest)
    return order


def refused(alliance: Alliance, said: dict[str, Any], login: str = "technician_a", site: str = "county_a") -> Any:
    return refusal(alliance, login, orders.register, alliance.sites[site], said)


def facts(alliance: Alliance, name: str) -> list[dict[str, Any]]:
    with alliance.system.read() as work:
        return [dict(fact.details) for fact in journal.facts_after(work, 0, 1000) if fact.name == name]


def test_a_number_of_somebody_else_is_refused_with_whom_the_hospital_knows(alliance: Alliance) -> None:
    matched(
        alliance,
        patient_number="DEMO0001",
        name="CESHI^JIA=测试^甲",
        name_shown="测试甲",
        sex="M",
        birth_date="19580312",
    )
    found = refused(alliance, OTHER)
    assert (found.meaning, found.code) == (Meaning.CONFLICT, "order.patient_known")
    assert found.params == {
        "number": "DEMO0001", "differs": "name,sex,birth_date", "written": "测试甲", "spelt": "CESHI JIA", "sex": "M", "birth_date": "19580312",
    }  # fmt: skip
    assert register(alliance, {**FORM, **KNOWN}).name_shown == "测试甲", "the same person is asked nothing"
    assert not facts(alliance, "OrderRegistered")[-1].get("known_differs")


def test_an_open_order_is_known_too_and_a_cancelled_one_is_not(alliance: Alliance) -> None:
    first = an_order(alliance, **KNOWN)
    assert refused(alliance, {**FORM, **KNOWN, "sex": "F"}).params["differs"] == "sex"
    homophone = refused(alliance, {**FORM, **KNOWN, "name": "测试佳"})
    assert homophone.params["differs"] == "name", "it only sounds the same"
    assert register(alliance, {**FORM, **KNOWN, "name": "Ceshi Jia", "sex": ""}).sex == "", (
        "what is not said differs in nothing"
    )
    does(alliance, "doctor_a", orders.cancel, first.id, "登记错误")
    assert register(alliance, {**FORM, **KNOWN, "sex": "F"}).sex == "F"


def test_a_study_whose_identity_is_in_doubt_vouches_for_nobody(alliance: Alliance) -> None:
    an_order(alliance, **KNOWN)
    matched(alliance, patient_number="DEMO0001", name="李^四", sex="F", birth_date="19900909", name_differs=True)
    assert refused(alliance, OTHER).params["written"] == "测试甲"


def test_what_another_hospital_knows_is_neither_asked_nor_told(alliance: Alliance) -> None:
    an_order(alliance, "doctor_b", "county_b", **KNOWN)
    register(alliance, OTHER)
    assert refused(alliance, {**FORM, **KNOWN}, "doctor_b").code == "permit.refused", (
        "nobody asks about the neighbour's patients"
    )


def test_a_difference_that_somebody_confirms_goes_into_the_journal_with_the_reason(alliance: Alliance) -> None:
    an_order(alliance, **KNOWN)
    silent = refusal(
        alliance, "technician_a", orders.register, alliance.sites["county_a"], OTHER, orders.REMINDER, Confirmed(" ")
    )
    assert (silent.code, silent.params["field"]) == ("order.differs_unexplained", "differs_reason")
    assert register(alliance, OTHER, orders.REMINDER, WHY).name_shown == "李四"
    said = facts(alliance, "OrderRegistered")[-1]
    assert (said["known_differs"], said["known_reason"]) == ("name,sex,birth_date", "旧号重新启用")
    assert "李四" not in str(said), "the journal names no patient"
    assert refused(alliance, {**FORM, **KNOWN}).params["written"] == "李四", "the latest word counts"


def test_an_order_is_not_turned_into_somebody_else_s_without_a_word(alliance: Alliance) -> None:
    an_order(alliance, **KNOWN)
    own = an_order(alliance, patient_number="A-2", name="李四", sex="F")
    into = {"patient_number": "DEMO0001"}
    assert refusal(alliance, "doctor_a", orders.edit, own.id, into, 1).params["differs"] == "name,sex,birth_date"
    does(alliance, "doctor_a", orders.edit, own.id, {"name": "李思"}, 1)
    does(alliance, "doctor_a", orders.edit, own.id, into, 2, orders.REMINDER, WHY)
    assert facts(alliance, "OrderChanged")[-1]["known_reason"] == "旧号重新启用"


def test_an_order_from_a_study_is_compared_with_what_else_is_known_and_one_reason_serves(alliance: Alliance) -> None:
    an_order(alliance, **KNOWN)
    study_id, _ = matched(
        alliance, patient_number="DEMO0001", name="李^四", sex="F", birth_date="19900909", name_differs=True
    )
    said = {**OTHER, "sex": "M"}
    assert refusal(alliance, "doctor_a", orders_arrivals.register_from, study_id, said).code == "order.patient_known"
    order = does(alliance, "doctor_a", orders_arrivals.register_from, study_id, said, "", orders.REMINDER, WHY)
    assert order.name_shown == "李四"
    (linked,) = linked_facts(alliance, study_id)
    assert linked["known_reason"] == "旧号重新启用"


def linked_facts(alliance: Alliance, study_id: str) -> list[dict[str, Any]]:
    with alliance.system.read() as work:
        return [dict(fact.details) for fact in journal.timeline(work, study_id) if fact.name == "OrderLinked"]


def test_the_timeline_of_the_study_tells_what_was_confirmed_of_the_order_that_it_answers(alliance: Alliance) -> None:
    an_order(alliance, **KNOWN)
    order = register(alliance, OTHER, orders.REMINDER, WHY)
    does(alliance, "doctor_a", orders.edit, order.id, {"procedure": "头颅CT平扫"}, 1)
    number: dict[str, Any] = {"patient_number": "DEMO0001", "accession": order.accession}
    study_id, order_id = matched(alliance, **number, name="李^四", sex="F", birth_date="19900909")
    assert order_id == order.id
    (linked,) = linked_facts(alliance, study_id)
    assert (linked["known_differs"], linked["known_reason"]) == ("name,sex,birth_date", "旧号重新启用")


def test_what_was_confirmed_of_somebody_whom_the_order_is_no_longer_for_is_not_told_of_the_study(
    alliance: Alliance,
) -> None:
    an_order(alliance, **KNOWN)
    order = register(alliance, OTHER, orders.REMINDER, WHY)
    does(alliance, "doctor_a", orders.edit, order.id, KNOWN, 1)
    number: dict[str, Any] = {"patient_number": "DEMO0001", "accession": order.accession}
    study_id, _ = matched(alliance, **number, name="测试^甲", sex="M", birth_date="19580312")
    (linked,) = linked_facts(alliance, study_id)
    assert "known_reason" not in linked


def test_nobody_is_born_tomorrow(alliance: Alliance, clock: FixedClock) -> None:
    today = clock.now().strftime("%Y%m%d")
    assert (
        register(alliance, {**FORM, "patient_number": "NEU", "name": "新生儿", "birth_date": today}).birth_date == today
    )
    wrong = refused(alliance, {**FORM, "birth_date": "2077-09-09"})
    assert (wrong.code, wrong.params["field"]) == ("order.birth_date_ahead", "birth_date")


@pytest.mark.parametrize(("days", "taken"), [(-1, True), (-3, False), (-13000, False), (200, True)])
def test_nothing_is_planned_before_yesterday(alliance: Alliance, clock: FixedClock, days: int, taken: bool) -> None:
    said = {**FORM, "scheduled_at": clock.now() + timedelta(days=days)}
    if taken:
        register(alliance, said)
    else:
        wrong = refused(alliance, said)
        assert (wrong.code, wrong.params["field"]) == ("order.planned_past", "scheduled_at")


def test_an_order_that_is_late_by_now_can_still_be_changed_but_not_put_back(
    alliance: Alliance, clock: FixedClock
) -> None:
    order = an_order(alliance)
    planned = order.scheduled_at
    clock.advance(5 * 86400)
    form = {"scheduled_at": planned.replace(second=0, microsecond=0), "procedure": "头颅CT平扫"}
    does(alliance, "doctor_a", orders.edit, order.id, form, 1)
    back = refusal(alliance, "doctor_a", orders.edit, order.id, {"scheduled_at": planned - timedelta(days=9)}, 2)
    assert back.code == "order.planned_past"
