"""Referrals as lists and pages show them."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, false, func, not_, or_, select
from sqlalchemy.orm import aliased

from teleconsult.access import Actor, Thing, case_shares_of, visible_case
from teleconsult.access.rights import WARD
from teleconsult.access.tables import PersonRow, SiteRow
from teleconsult.imaging.find_typed import plain
from teleconsult.imaging.tables import StudyRow
from teleconsult.kernel.errors import absent, invalid
from teleconsult.records.paging import FAR, Shelf, page
from teleconsult.records.work import Work
from teleconsult.referral import lifecycle_referral as rules
from teleconsult.referral.queries.findings import Finding, finding_of
from teleconsult.referral.queries.patients import Named, Patient, latest_study_id, matches, patient_of
from teleconsult.referral.rights_of import may_see, rights_at
from teleconsult.referral.tables import CaseRow, ReferralRow

MOST_ROWS: Final = 200
BOXES: Final = ("", "in", "out")
WAITING: Final = (rules.SUBMITTED,)
RUNNING: Final = (rules.SUBMITTED, rules.ASKED, rules.ACCEPTED, rules.IN_TRANSIT, rules.ARRIVED)
EXPECTED: Final = (rules.ACCEPTED, rules.IN_TRANSIT)


@dataclass(frozen=True, slots=True)
class ReferralMatch:
    """`box` in (sent to my hospitals), out (sent by them) or both; `state` a state, `running`, `ended`, `expected` (on their way
    or about to be) or `no_show` (should be there and are not); empty: all."""

    box: str = ""
    state: str = ""
    direction: str = ""
    case_id: str = ""
    q: str = ""


EVERY: Final = ReferralMatch()
_COLUMNS: Final = 5
"""So many columns has a row of `_lines`."""


@dataclass(frozen=True, slots=True)
class ReferralLine:
    """A referral as a list shows it; the names of its hospitals and its patient beside its row."""

    row: ReferralRow
    case_number: str
    patient: Patient
    from_site: Named
    to_site: Named | None
    band: str
    verbs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReferralView(ReferralLine):
    """With everybody who had a hand in it, and the critical finding it began with. `others` names the hospitals of the trail."""

    created_by: Named
    accepted_by: Named | None
    turned_to_id: str | None
    others: dict[str, str]
    critical: Finding | None


@dataclass(frozen=True, slots=True)
class ReferralPage:
    rows: tuple[ReferralLine, ...]
    next: str | None
    total: int
    counts: dict[str, int]


def referral(work: Work, actor: Actor, referral_id: str) -> ReferralView:
    """ABSENT `referral.absent` also for one that is not to be seen."""
    turned, maker, taker = aliased(ReferralRow), aliased(PersonRow), aliased(PersonRow)
    found = work.session.execute(
        _lines()
        .add_columns(maker.name, taker.name, turned.id)
        .join(maker, maker.id == ReferralRow.created_by_id)
        .outerjoin(taker, taker.id == ReferralRow.accepted_by_id)
        .outerjoin(turned, and_(turned.turned_from_id == ReferralRow.id, turned.state != rules.CANCELLED))
        .where(ReferralRow.id == referral_id)
        .order_by(turned.created_at.desc())
        .limit(1)
    ).one_or_none()
    if found is None or not may_see(actor, found[0], _thing(work, found[0].case_id)):
        raise absent("referral.absent", referral_id)
    *line, maker_name, taker_name, turned_id = found
    shown, row = _line(work, actor, *line), found[0]
    steps = {step[end] for step in row.trail for end in ("from", "to")}
    named = work.session.execute(select(SiteRow.id, SiteRow.name).where(SiteRow.id.in_(sorted(steps))))
    return ReferralView(
        row=row, case_number=shown.case_number, patient=shown.patient, from_site=shown.from_site, to_site=shown.to_site,
        band=shown.band, verbs=shown.verbs, created_by=Named(row.created_by_id, maker_name),
        accepted_by=Named(row.accepted_by_id, taker_name) if row.accepted_by_id else None, turned_to_id=turned_id,
        others={site_id: name for site_id, name in named}, critical=finding_of(work, actor, row.from_kind, row.from_id),
    )  # fmt: skip


def referrals(
    work: Work, actor: Actor, match: ReferralMatch = EVERY, cursor: str | None = None, limit: int = 50
) -> ReferralPage:
    """What the actor may see. What runs comes first: the green channel, then what is urgent, and of these what is due next; behind
    it what is over, the latest first. INVALID `field.choice`, `cursor.invalid`."""
    asked = [seen_by(work, actor), *_asked(actor, match)]
    rows, more = page(work, _lines().where(*asked), _shelves(), cursor, max(1, min(limit, MOST_ROWS)))
    counted = select(func.count()).select_from(ReferralRow).join(CaseRow, CaseRow.id == ReferralRow.case_id)
    total = work.session.scalar(counted.where(*asked)) or 0
    return ReferralPage(tuple(_line(work, actor, *row[:_COLUMNS]) for row in rows), more, total, counts(work, actor))


def _shelves() -> tuple[Shelf, ...]:
    """A patient who did not come was due when they were missed; who waits for nothing stands behind those who do."""
    urgency = case({name: place for place, name in enumerate(rules.PRIORITIES)}, value=ReferralRow.priority)
    due = func.coalesce(ReferralRow.due_at, ReferralRow.no_show_at, FAR)
    over = ReferralRow.state.in_(rules.ENDED)
    return (
        Shelf("runs", not_(over), (urgency, due, ReferralRow.id)),
        Shelf("over", over, (ReferralRow.created_at, ReferralRow.id), descending=True),
    )


def counts(work: Work, actor: Actor) -> dict[str, int]:
    """What waits: in my hospitals' inbox for an answer, in their outbox for an answer of ours, patients who did not come."""
    mine = actor.sites(*WARD)
    to_us, from_us = ReferralRow.to_site_id.in_(sorted(mine)), ReferralRow.from_site_id.in_(sorted(mine))
    marks = {
        "running": ReferralRow.state.in_(RUNNING),
        "to_answer": and_(to_us, ReferralRow.state.in_(WAITING)),
        "to_expect": and_(to_us, ReferralRow.state.in_(EXPECTED)),
        "to_complete": and_(to_us, ReferralRow.state == rules.ARRIVED),
        "asked": and_(from_us, ReferralRow.state == rules.ASKED),
        "drafts": and_(from_us, ReferralRow.state == rules.DRAFT),
        "to_close": and_(from_us, ReferralRow.state == rules.COMPLETED),
        "no_show": and_(or_(to_us, from_us), _missed()),
    }
    sums = [func.coalesce(func.sum(case((mark, 1), else_=0)), 0) for mark in marks.values()]
    found = work.session.execute(select(*sums).where(seen_by(work, actor))).one()
    return dict(zip(marks, map(int, found), strict=True))


def seen_by(work: Work, actor: Actor) -> ColumnElement[bool]:
    """The SQL twin of `rights_of.may_see`."""
    drafts = visible_case(ReferralRow.case_id, actor, work.now, "referral.request")
    writers = and_(drafts, ReferralRow.from_site_id.in_(sorted(actor.sites(*WARD))))
    sent = and_(ReferralRow.state != rules.DRAFT, visible_case(ReferralRow.case_id, actor, work.now))
    return or_(sent, and_(ReferralRow.state == rules.DRAFT, writers))


def _asked(actor: Actor, match: ReferralMatch) -> list[ColumnElement[bool]]:
    if match.box not in BOXES:
        raise invalid("field.choice", f"box {match.box}", field="box")
    if match.direction and match.direction not in rules.DIRECTIONS:
        raise invalid("field.choice", f"direction {match.direction}", field="direction")
    mine = sorted(actor.sites(*WARD))
    found: list[ColumnElement[bool]] = []
    if match.box:
        site = ReferralRow.to_site_id if match.box == "in" else ReferralRow.from_site_id
        found.append(site.in_(mine) if mine else false())
    found += [_in_state(match.state)] if match.state else []
    found += [ReferralRow.direction == match.direction] if match.direction else []
    found += [ReferralRow.case_id == match.case_id] if match.case_id else []
    found += [or_(matches(match.q), ReferralRow.number == plain(match.q).strip().upper())] if match.q.strip() else []
    return found


def _missed() -> ColumnElement[bool]:
    return and_(ReferralRow.no_show_at.is_not(None), ReferralRow.state.in_(RUNNING))


def _in_state(state: str) -> ColumnElement[bool]:
    if state == "no_show":
        return _missed()
    groups = {"running": RUNNING, "ended": rules.ENDED, "expected": EXPECTED}
    if state in groups:
        return ReferralRow.state.in_(groups[state])
    if state not in rules.REFERRAL.states:
        raise invalid("field.choice", f"state {state}", field="state")
    return ReferralRow.state == state


def _lines() -> Any:
    sender, receiver = aliased(SiteRow), aliased(SiteRow)
    return (
        select(ReferralRow, CaseRow.number, StudyRow, sender.name, receiver.name)
        .join(CaseRow, CaseRow.id == ReferralRow.case_id)
        .join(StudyRow, StudyRow.id == latest_study_id())
        .join(sender, sender.id == ReferralRow.from_site_id)
        .outerjoin(receiver, receiver.id == ReferralRow.to_site_id)
    )


def _line(
    work: Work, actor: Actor, row: ReferralRow, number: str, latest: StudyRow, sender: str, receiver: str | None
) -> ReferralLine:
    thing = _thing(work, row.case_id)
    sends, receives = rights_at(actor, thing, row.from_site_id), rights_at(actor, thing, row.to_site_id)
    return ReferralLine(
        row=row, case_number=number, patient=patient_of(latest), from_site=Named(row.from_site_id, sender),
        to_site=Named(row.to_site_id, receiver or "") if row.to_site_id else None,
        band=rules.band(row.state, row.clock_from, row.due_at, row.no_show_at, work.now),
        verbs=rules.offers(row.state, sorted(sends), sorted(receives)),
    )  # fmt: skip


def _thing(work: Work, case_id: str) -> Thing:
    return Thing(shares=case_shares_of(work, case_id), case_id=case_id)
