"""What tests of meetings begin with: a board of three specialties at the city hospital, and a case of county A."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from teleconsult import consult, referral
from teleconsult.access import SYSTEM, Grant, Role, actor_by_login, add_person, notices
from teleconsult.access.tables import NoticeRow
from teleconsult.consult import admission, queries
from teleconsult.consult.tables_meetings import BoardRow, MeetingItemRow, MeetingRow
from teleconsult.kernel.clock import FixedClock
from teleconsult.records import journal
from teleconsult.referral import CaseRow
from tests.builders import Alliance
from tests.records.desk import SIGNER, does
from tests.records.house import a_study

PANEL = (("rad", "radiology"), ("path", "pathology"), ("onc", "oncology"), ("onc2", "oncology"))
"""Logins and what they sit for; `onc` presides."""
WORDS = {"stage": "cT2N1M0", "options": "手术或新辅助化疗", "recommendation": "先行新辅助化疗", "evidence": "指南推荐"}


@dataclass
class House:
    """The alliance, its clock, and the things of a meeting by name."""

    alliance: Alliance
    clock: FixedClock
    case: CaseRow
    board: BoardRow

    def who(self, login: str) -> Any:
        return self.alliance.people[login]

    def does(self, login: str, action: Callable[..., Any], *given: Any, **named: Any) -> Any:
        actor = self.who(login)
        with self.alliance.system.work(actor) as work:
            return action(work, actor, *given, **named)

    def asks(self, login: str, question: Callable[..., Any], *given: Any) -> Any:
        actor = self.who(login)
        with self.alliance.system.read(actor) as work:
            return question(work, actor, *given)

    def goes_to(self, at: datetime) -> None:
        """Let the clock stand at `at` and the sweep do what is due."""
        self.clock.advance((at - self.clock.now()).total_seconds())
        self.sweep()

    def sweep(self) -> int:
        with self.alliance.system.work() as work:
            return consult.sweep(work)

    def meeting(self) -> MeetingRow:
        """The board's first meeting, as it is now."""
        with self.alliance.system.read() as work:
            wanted = select(MeetingRow).where(MeetingRow.board_id == self.board.id).order_by(MeetingRow.starts_at)
            return work.session.scalars(wanted).first()  # type: ignore[return-value]

    def item(self, item_id: str) -> MeetingItemRow:
        with self.alliance.system.read() as work:
            return work.get(MeetingItemRow, item_id)

    def proposed(self, login: str = "doctor_a", question: str = "能否手术?", **named: Any) -> MeetingItemRow:
        row: MeetingItemRow = self.does(
            login, consult.agenda.propose, self.meeting().id, self.case.id, question, **named
        )
        return row

    def accepted(self) -> MeetingItemRow:
        item = self.proposed()
        self.does("coordinator", consult.agenda.accept, item.meeting_id, item.id)
        return self.item(item.id)

    def live(self, *logins: str) -> MeetingItemRow:
        """The meeting is on, these people are in its room, and its case is before them."""
        item = self.accepted()
        self.goes_to(self.meeting().starts_at)
        self.does("onc", consult.meetings.start, item.meeting_id)
        for login in logins:
            self.enters(login)
        self.does("onc", consult.concluding.present, item.meeting_id, item.id)
        return self.item(item.id)

    def enters(self, login: str) -> Any:
        admitted = self.does(login, admission.admit, self.meeting().room_id)
        if isinstance(admitted, Exception):
            raise admitted
        return admitted

    def concluded(self, *logins: str) -> MeetingItemRow:
        item = self.live(*(logins or ("onc", "rad", "path")))
        self.concludes(item)
        return self.item(item.id)

    def concludes(
        self, item: MeetingItemRow, words: Any = None, todo: Any = None, dissent: Any = (), **named: Any
    ) -> Any:
        due = self.clock.now() + timedelta(days=14)
        asked = [{"text": "完成穿刺活检", "owner_site_id": self.case.site_id, "due_at": due}] if todo is None else todo
        return self.does(
            "onc", consult.concluding.conclude, item.meeting_id, item.id, words or WORDS, dissent, asked, **named
        )

    def signs(self, login: str, item: MeetingItemRow, seen: int = 1) -> Any:
        return self.does(login, consult.concluding.sign, item.meeting_id, item.id, SIGNER, seen)

    def signed(self) -> MeetingItemRow:
        item = self.concluded()
        for login in ("onc", "rad", "path"):
            self.signs(login, item)
        return self.item(item.id)

    def told(self, login: str) -> list[str]:
        """Codes of the notices that concern somebody, oldest first."""
        with self.alliance.system.read() as work:
            return [one.row.code for one in reversed(notices(work, self.who(login), 200))]

    def notice_count(self) -> int:
        with self.alliance.system.read() as work:
            return len(work.session.scalars(select(NoticeRow.id)).all())

    def facts(self, *subjects: str) -> list[str]:
        with self.alliance.system.read() as work:
            found = journal.facts_after(work, 0, 5000)
            return [fact.name for fact in found if fact.subject in (subjects or ("meeting", "item"))]

    def desk(self, login: str) -> list[str]:
        found, _ = self.asks(login, queries.desk)
        return [item.kind for item in found]


def a_board(alliance: Alliance, clock: FixedClock, password: str | None = None, **changed: Any) -> House:
    """Tuesdays at 15:00 in China (07:00 UTC): the first one is three days ahead of the tests' beginning."""
    alliance = replace(alliance, people=dict(alliance.people))
    with alliance.system.work() as work:
        for login, _ in PANEL:
            grants = [Grant(Role.EXPERT, alliance.sites["city"])]
            add_person(work, SYSTEM, login, f"测试{login}", "chief", alliance.sites["city"], grants, password)
        grants = [Grant(Role.COORDINATOR, alliance.sites["county_b"])]
        add_person(work, SYSTEM, "coordinator_b", "测试协调员乙", "none", alliance.sites["county_b"], grants, password)
        study = a_study(work, alliance.sites["county_a"])
    with alliance.system.read() as work:
        for login in (*(one for one, _ in PANEL), "coordinator_b"):
            alliance.people[login] = actor_by_login(work, login)
    case = does(alliance, "doctor_a", referral.open_case, study.id, "肺占位")
    board = does(
        alliance, "coordinator", consult.boards.make_board, alliance.sites["city"], board_fields(alliance, **changed)
    )
    return House(alliance, clock, case, board)


def board_fields(alliance: Alliance, **changed: Any) -> dict[str, Any]:
    members = [{"person_id": alliance.people[login].id, "specialty": what} for login, what in PANEL]
    return {
        "name": "肺癌MDT", "specialties": ["radiology", "pathology", "oncology"], "quorum": {"must": ["radiology"], "least": 3},
        "cadence": {"every": "weekly", "weekday": 1, "at": "15:00"}, "minutes": 90, "chair_id": alliance.people["onc"].id,
        "members": members, **changed,
    }  # fmt: skip
