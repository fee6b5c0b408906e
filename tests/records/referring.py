"""Cases and referrals for tests: written, sent, accepted, by the people of the small alliance."""

from __future__ import annotations

from typing import Any

from teleconsult import referral
from teleconsult.access import notices
from teleconsult.imaging.tables import StudyRow
from teleconsult.kernel.clock import FixedClock
from teleconsult.records import journal
from teleconsult.referral import CaseRow, ReferralRow, queries
from tests.builders import Alliance
from tests.records.desk import does

UP: dict[str, Any] = {
    "disease": "lung_nodule", "ticked": ["growing"], "summary": "右上肺结节增大", "consent": "oral", "priority": "urgent",
    "reason": "需手术评估", "contact_phone": "000-0000",
}  # fmt: skip
GREEN: dict[str, Any] = {
    **UP,
    "disease": "chest_pain",
    "ticked": ["st_elevation"],
    "priority": "green",
    "consent": "emergency",
}
DOWN: dict[str, Any] = {
    "disease": "chest_pain", "ticked": ["vitals", "plan_known", "no_angina"], "turn_back": ["angina"], "plan": "心脏康复",
    "medication": "阿司匹林 100mg qd", "summary": "PCI 术后第 5 天", "consent": "oral", "pathway": "ami", "priority": "normal",
}  # fmt: skip


def a_case(alliance: Alliance, study: StudyRow, login: str = "doctor_a") -> CaseRow:
    row: CaseRow = does(alliance, login, referral.open_case, study.id, "肺部阴影待查")
    return row


def written(
    alliance: Alliance, case_id: str, to: str = "city", login: str = "doctor_a", direction: str = "up", **fields: Any
) -> ReferralRow:
    """A whole draft."""
    row = does(alliance, login, referral.draft, case_id, direction)
    known = UP if direction == "up" else DOWN
    saved: ReferralRow = does(
        alliance, login, referral.save, row.id, {**known, "to_site_id": alliance.sites[to], **fields}, row.version
    )
    return saved


def sent(
    alliance: Alliance, case_id: str, to: str = "city", login: str = "doctor_a", direction: str = "up", **fields: Any
) -> ReferralRow:
    row = written(alliance, case_id, to, login, direction, **fields)
    submitted: ReferralRow = does(alliance, login, referral.submit, row.id)
    return submitted


def seen(alliance: Alliance, login: str, referral_id: str) -> queries.ReferralView:
    with alliance.system.read() as work:
        return queries.referral(work, alliance.people[login], referral_id)


def told(alliance: Alliance, login: str) -> list[str]:
    """The codes of somebody's notices, oldest first."""
    with alliance.system.read() as work:
        return [found.row.code for found in notices(work, alliance.people[login])][::-1]


def swept(alliance: Alliance, clock: FixedClock, **passed: float) -> list[str]:
    """The names of the facts that passing time made; `hours`, `days` or `minutes` pass first."""
    clock.advance(passed.get("days", 0) * 86400 + passed.get("hours", 0) * 3600 + passed.get("minutes", 0) * 60)
    with alliance.system.work() as work:
        before = journal.last_seq(work)
        referral.sweep(work)
        return [fact.name for fact in journal.facts_after(work, before) if fact.name != "NoticeGiven"]
