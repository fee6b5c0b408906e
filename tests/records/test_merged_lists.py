"""Any number of a person leads to all that concerns them, in every list that is searched, for as long as the numbers are one person's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from teleconsult import consult, reading, reporting
from teleconsult.access import Actor
from teleconsult.consult import queries as consultations
from teleconsult.imaging import merge, orders_queries
from teleconsult.records import Work
from teleconsult.referral import queries as referrals
from tests.builders import Alliance
from tests.records.desk import does
from tests.records.house import a_study
from tests.records.referring import a_case, sent
from tests.records.test_orders import an_order

Look = Callable[[Work, Actor, str], list[str]]
LISTS: dict[str, Look] = {
    "cases": lambda work, who, q: [row.id for row in referrals.cases(work, who, referrals.Match(q=q)).rows],
    "referrals": lambda work, who, q: [
        row.row.id for row in referrals.referrals(work, who, referrals.ReferralMatch(q=q)).rows
    ],
    "consultations": lambda work, who, q: [
        str(row.row["id"]) for row in consultations.consultations(work, who, consultations.Match(q=q)).rows
    ],
    "criticals": lambda work, who, q: [
        row.row.id for row in reporting.queries.criticals(work, who, reporting.queries.CriticalMatch(q=q)).rows
    ],
    "orders": lambda work, who, q: [row.id for row, _ in orders_queries.order_list(work, who, "all", q).items],
}


@pytest.mark.parametrize("which", LISTS)
def test_a_list_finds_what_concerns_a_person_by_each_of_their_numbers_until_the_merge_is_taken_back(
    alliance: Alliance, which: str
) -> None:
    home = alliance.sites["county_a"]
    with alliance.system.work() as work:
        studies = [a_study(work, home, number, patient_number=f"TEST-00000{number}") for number in (1, 2)]
        patients = [study.patient_id for study in studies]
    things = [_made(alliance, which, study, f"TEST-00000{number}") for number, study in enumerate(studies, 1)]

    def found(login: str, typed: str) -> list[str]:
        with alliance.system.read() as work:
            return sorted(LISTS[which](work, alliance.people[login], typed))

    typed = ("TEST-000001", "test-000002")
    assert [found("doctor_a", q) for q in typed] == [things[:1], things[1:]], "two people"
    one: Any = does(alliance, "technician_a", merge.merge, patients[0], patients[1], "同一患者，两次登记")
    assert [found("doctor_a", q) for q in typed] == [sorted(things)] * 2, "one person"
    assert not any(found("doctor_b", q) for q in typed), "a merge shows nobody more"
    does(alliance, "technician_a", merge.unmerge, one.id, "看错了")
    assert [found("doctor_a", q) for q in typed] == [things[:1], things[1:]], "two people again"


def _made(alliance: Alliance, which: str, study: Any, number: str) -> str:
    """What the list `which` shows of this study's patient."""
    if which == "orders":
        return an_order(alliance, patient_number=number, name=study.name_shown).id
    if which == "criticals":
        with alliance.system.work() as work:
            reading.open_for(work, study.id)
        raised: Any = does(alliance, "reader", reporting.raise_critical, study.id, "tension_pneumothorax")
        return str(raised.id)
    case = a_case(alliance, study)
    if which == "cases":
        return case.id
    if which == "referrals":
        return sent(alliance, case.id).id
    fields = {"centre_site_id": alliance.sites["city"], "question": "结节的性质？", "study_ids": [study.id]}
    row: Any = does(alliance, "doctor_a", consult.draft, case.id, fields)
    return str(row.id)
