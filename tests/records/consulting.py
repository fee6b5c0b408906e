"""What tests of consultations begin with: two experts at the city hospital, a case of county A, and who does what with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from teleconsult import consult, referral
from teleconsult.access import SYSTEM, Actor, Grant, Role, actor_by_login, add_person, notices
from teleconsult.consult.tables import ConsultationRow
from teleconsult.kernel.clock import FixedClock
from teleconsult.records import journal
from teleconsult.referral.tables import CaseStudyRow
from tests.builders import Alliance
from tests.records.desk import SIGNER, does
from tests.records.house import a_study

EXPERTS = (
    ("expert", "测试专家甲", "chief", "city", Role.EXPERT),
    ("expert2", "测试专家乙", "associate_chief", "city", Role.EXPERT),
    ("expert_b", "测试专家丙", "attending", "county_b", Role.EXPERT),
    ("coordinator_b", "测试协调员乙", "none", "county_b", Role.COORDINATOR),
)
QUESTION, SUMMARY = (
    "右上肺结节的性质与处理？",
    "男，56岁，咳嗽伴胸痛两天，无发热。外院抗感染治疗一周未见好转，吸烟三十年。",
)
OPINION = {"diagnosis": "右上肺结节，考虑炎性可能。", "treatment": "抗感染两周后复查胸部CT。", "refer": "no"}


@dataclass
class Desk:
    """An alliance with experts and one case of county A with two studies."""

    alliance: Alliance
    clock: FixedClock
    case_id: str
    study_ids: list[str]

    @property
    def sites(self) -> dict[str, str]:
        return self.alliance.sites

    def who(self, login: str) -> Actor:
        return self.alliance.people[login]

    def does(self, login: str, action: Any, *given: Any, **more: Any) -> Any:
        with self.alliance.system.work(self.who(login)) as work:
            return action(work, self.who(login), *given, **more)

    def row(self, consultation_id: str) -> ConsultationRow:
        with self.alliance.system.read() as work:
            return work.get(ConsultationRow, consultation_id)

    def sweep(self, **later: float) -> int:
        self.clock.advance(timedelta(**later).total_seconds())
        with self.alliance.system.work() as work:
            return consult.sweep(work)

    def facts(self, *subjects: str) -> list[str]:
        with self.alliance.system.read() as work:
            found = journal.facts_after(work, 0, 5000)
        return [fact.name for fact in found if fact.subject in (subjects or ("consultation",))]

    def told(self, login: str) -> list[str]:
        """The notices that reach this person, oldest first."""
        with self.alliance.system.read() as work:
            return [one.row.code for one in notices(work, self.who(login), 200)][::-1]

    # ---- the way of a consultation

    def drafted(self, **given: Any) -> ConsultationRow:
        fields = {
            "centre_site_id": self.sites["city"], "question": QUESTION, "summary": SUMMARY, "wanted_specialty": "respiratory",
            "study_ids": self.study_ids[:1], **given,
        }  # fmt: skip
        row: ConsultationRow = self.does("doctor_a", consult.draft, self.case_id, fields)
        return row

    def submitted(self, **given: Any) -> str:
        row = self.drafted(**given)
        self.does("doctor_a", consult.submit, row.id)
        return row.id

    def accepted(self, **given: Any) -> str:
        key = self.submitted(**given)
        self.does("coordinator", consult.accept, key)
        return key

    def assigned(self, **given: Any) -> str:
        key = self.accepted(**given)
        self.does("coordinator", consult.assign, key, self.who("expert").id)
        return key

    def scheduled(self, minutes_ahead: float = 60, **given: Any) -> str:
        key = self.accepted(**given)
        self.does("coordinator", consult.assign, key, self.who("expert").id, self.ahead(minutes=minutes_ahead), 30)
        return key

    def confirmed(self, minutes_ahead: float = 60, **given: Any) -> str:
        key = self.scheduled(minutes_ahead, **given)
        self.does("expert", consult.confirm, key)
        self.does("doctor_a", consult.confirm, key)
        return key

    def room_of(self, key: str) -> str:
        return str(self.row(key).room_id)

    def open_room(self) -> tuple[str, str]:
        """A confirmed consultation whose room opens now: (consultation, room)."""
        key = self.confirmed(60)
        self.clock.advance(50 * 60)
        return key, self.room_of(key)

    def in_session(self) -> tuple[str, str]:
        """The expert and the county doctor sit in the room: (consultation, room)."""
        key, room = self.open_room()
        for login in ("expert", "doctor_a"):
            self.does(login, consult.admit, room)
        return key, room

    def signed(self) -> str:
        key = self.assigned()
        row = self.does("expert", consult.write_opinion, key, OPINION, self.row(key).version)
        self.does("expert", consult.sign, key, SIGNER, row.version)
        return key

    def ahead(self, **more: float) -> datetime:
        return self.clock.now() + timedelta(**more)


def a_desk(alliance: Alliance, clock: FixedClock, password: str | None = None) -> Desk:
    people, system = dict(alliance.people), alliance.system
    with system.work() as work:
        for login, name, title, site, role in EXPERTS:
            add_person(
                work, SYSTEM, login, name, title, alliance.sites[site], [Grant(role, alliance.sites[site])], password
            )
        study, other = a_study(work, alliance.sites["county_a"], 1), a_study(work, alliance.sites["county_a"], 2)
        other.patient_id, other.name_shown = study.patient_id, study.name_shown
        work.session.flush()
    with system.read() as work:
        people |= {login: actor_by_login(work, login) for login, *_ in EXPERTS}
    filled = replace(alliance, people=people)
    case = does(filled, "doctor_a", referral.open_case, study.id, "右上肺结节", SUMMARY)
    with system.work() as work:
        work.add(CaseStudyRow(case_id=case.id, study_id=other.id, added_by=people["doctor_a"].id, added_at=work.now))
    for login in ("expert", "expert2", "expert_b"):
        does(filled, login, consult.describe, people[login].id, {"specialty": "respiratory"})
    return Desk(filled, clock, case.id, [study.id, other.id])
