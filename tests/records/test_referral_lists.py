"""Lists of referrals: what is urgent first, page by page, with figures that lead to as many rows as they say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from teleconsult import referral
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.errors import Meaning
from teleconsult.referral import ReferralRow, queries
from teleconsult.referral.queries import ReferralMatch
from tests.builders import Alliance
from tests.records.desk import does, refused
from tests.records.house import a_study
from tests.records.referring import GREEN, a_case, sent


def pages(alliance: Alliance, login: str, limit: int, **asked: Any) -> list[str]:
    """The whole list, read page by page; every page but the last is full."""
    found: list[str] = []
    cursor: str | None = None
    with alliance.system.read() as work:
        while True:
            page = queries.referrals(work, alliance.people[login], ReferralMatch(**asked), cursor, limit)
            found += [line.row.id for line in page.rows]
            if page.next is None:
                assert page.total == len(found)
                return found
            assert len(page.rows) == limit
            cursor = page.next


def test_the_green_channel_stands_first_then_urgency_then_what_is_due_and_what_is_over_last(
    alliance: Alliance, clock: FixedClock
) -> None:
    """Page by page as well, however little fits on one."""
    with alliance.system.work() as work:
        made = [a_study(work, alliance.sites["county_a"], number, images=0) for number in range(1, 9)]
    cases = [a_case(alliance, study).id for study in made]
    normal = sent(alliance, cases[0], priority="normal").id
    urgent = sent(alliance, cases[1]).id
    clock.advance(60)
    later = sent(alliance, cases[2]).id
    green = sent(alliance, cases[3], **GREEN).id
    refused_first, refused_last = sent(alliance, cases[4]).id, sent(alliance, cases[5]).id
    taken, missed = sent(alliance, cases[6]).id, sent(alliance, cases[7]).id
    for row in (refused_first, refused_last):
        does(alliance, "coordinator", referral.decline, row, "no_bed")
    for row in (taken, missed):
        does(alliance, "coordinator", referral.accept, row)
    with alliance.system.work() as work:
        work.keep(work.get(ReferralRow, missed), no_show_at=clock.now() - timedelta(days=1))
    ordered = [green, missed, urgent, later, taken, normal, refused_last, refused_first]
    for limit in (1, 3, 6, 50):
        assert pages(alliance, "coordinator", limit) == ordered, limit
    assert pages(alliance, "coordinator", 2, state="ended") == [refused_last, refused_first]
    with alliance.system.read() as work:
        counted = queries.referrals(work, alliance.people["coordinator"]).counts
    for name, asked in {
        "running": {"state": "running"}, "to_answer": {"box": "in", "state": "submitted"},
        "to_expect": {"box": "in", "state": "expected"}, "no_show": {"state": "no_show"},
    }.items():  # fmt: skip
        assert counted[name] == len(pages(alliance, "coordinator", 50, **asked)), f"{name} leads to as many as it says"


def test_a_place_in_the_list_stays_good_while_referrals_come_and_end(alliance: Alliance, clock: FixedClock) -> None:
    with alliance.system.work() as work:
        made = [a_study(work, alliance.sites["county_a"], number, images=0) for number in range(1, 6)]
    rows = [sent(alliance, a_case(alliance, study).id).id for study in made[:4]]
    me = alliance.people["coordinator"]
    with alliance.system.read() as work:
        first = queries.referrals(work, me, limit=2)
    does(alliance, "coordinator", referral.decline, rows[1], "no_bed")
    sent(alliance, a_case(alliance, made[4]).id, priority="normal")
    with alliance.system.read() as work:
        second = queries.referrals(work, me, cursor=first.next, limit=2)
    assert [line.row.id for line in (*first.rows, *second.rows)] == rows
    for broken in ("x", "W10=", "bnVsbA==", "WyJydW5zIiwgMSwgMSwgMV0="):
        with alliance.system.read() as work, refused("cursor.invalid", Meaning.INVALID):
            queries.referrals(work, me, cursor=broken)
