"""Cases on an agenda as their screens show them: time box, preparations, conclusion, signatures, recommendations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from teleconsult.access import Actor, Share, Thing, case_shares_of, permits
from teleconsult.access.queries import site_names
from teleconsult.access.rights import MEETING as WHY
from teleconsult.consult import clocks_meeting as clocks
from teleconsult.consult import lifecycle_meeting as lifecycle
from teleconsult.consult import minutes
from teleconsult.consult.lifecycle_meeting import ITEM, PREPARE, PRESIDE, PROPOSE, SCREEN, SIGN
from teleconsult.consult.minutes import Part
from teleconsult.consult.queries.cases import CaseShown, StudyShown, cases_shown, studies_in_case, studies_shown
from teleconsult.consult.queries.follow_ups import Tracked, tracked
from teleconsult.consult.queries.meeting_sight import may_sign_still, members_of, seen_items
from teleconsult.consult.queries.people import Colleague, colleagues
from teleconsult.consult.tables_meetings import ConclusionRow, MeetingItemRow, MeetingRow, PreparationRow
from teleconsult.kernel.errors import absent
from teleconsult.reading.queries import Named
from teleconsult.records.work import Work
from teleconsult.reporting.queries import papers_of

_COLUMNS = (
    "id", "number", "version", "meeting_id", "case_id", "from_kind", "from_id", "question", "state", "urgent", "place", "minutes",
    "proposed_at", "accepted_at", "presenting_from", "presented_for", "concluded_at", "quorum_met", "signed_at", "reviews", "ended_at",
    "end_reason", "next_item_id",
)  # fmt: skip
_SAID = ("version", "kind", "stage", "options", "recommendation", "evidence", "at", "first_signed_at")


@dataclass(frozen=True, slots=True)
class Prepared:
    specialty: str
    version: int
    ready: bool
    missing: tuple[str, ...]
    note: str
    key_images: tuple[Mapping[str, Any], ...]
    by: Colleague | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Signature:
    """A part that has to be signed, and the paper once it is. `unsigned` is why nobody does: `by` then is the chair who wrote it down."""

    number: int
    role: str
    by: Colleague | None = None
    at: datetime | None = None
    paper_id: str | None = None
    unsigned: str = ""


@dataclass(frozen=True, slots=True)
class Concluded:
    """`row` are the conclusion's words; `excusable` the specialties that have not signed and that the chair may do without."""

    row: Mapping[str, Any]
    dissent: tuple[tuple[Colleague, str], ...]
    recommendations: tuple[tuple[str, Named, datetime], ...]
    signatures: tuple[Signature, ...]
    excusable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemView:
    """`ready` counts what the specialties say; `over_time` are the seconds beyond the time box of the one that is presented."""

    row: Mapping[str, Any]
    case: CaseShown
    proposed_by: Colleague
    proposed_site: Named
    ready: bool
    preparations: tuple[Prepared, ...]
    attended: tuple[tuple[Colleague, str], ...]
    over_time: int
    sign_due_at: datetime | None
    conclusion: Concluded | None
    follow_ups: tuple[Tracked, ...]
    verbs: tuple[str, ...]
    studies: tuple[StudyShown, ...] = ()
    owners: tuple[Named, ...] = ()


def item(work: Work, actor: Actor, meeting_id: str, item_id: str) -> ItemView:
    """One with everything. ABSENT `item.absent`."""
    row = work.session.get(MeetingItemRow, item_id, populate_existing=True)
    meeting = work.session.get(MeetingRow, meeting_id, populate_existing=True)
    if meeting is None or row is None or row.meeting_id != meeting_id:
        raise absent("item.absent", item_id)
    found = items_shown(work, actor, meeting, item_id)
    if not found:
        raise absent("item.absent", item_id)
    return found[0]


def meeting_id_of(work: Work, item_id: str) -> str | None:
    return work.session.scalar(select(MeetingItemRow.meeting_id).where(MeetingItemRow.id == item_id))


def items_shown(work: Work, actor: Actor, meeting: MeetingRow, item_id: str = "") -> list[ItemView]:
    """The agenda, as far as the actor sees its cases; one item with its studies when it is named."""
    wanted = select(MeetingItemRow).where(MeetingItemRow.meeting_id == meeting.id, seen_items(work, actor))
    wanted = wanted.where(MeetingItemRow.id == item_id) if item_id else wanted
    rows = work.session.scalars(
        wanted.order_by(MeetingItemRow.place, MeetingItemRow.id).execution_options(populate_existing=True)
    ).all()
    shown = cases_shown(work, [row.case_id for row in rows])
    seats = members_of(work, meeting.id)
    return [_view(work, actor, meeting, row, shown[row.case_id], seats, whole=bool(item_id)) for row in rows]


def _view(
    work: Work, actor: Actor, meeting: MeetingRow, row: MeetingItemRow, case: CaseShown, seats: Mapping[str, str], *, whole: bool
) -> ItemView:  # fmt: skip
    done = sorted(_prepared(work, row), key=lambda one: meeting.specialties.index(one.specialty))
    concluded = _concluded(work, meeting, row, seats)
    people = colleagues(work, [row.proposed_by_id, *(one["person_id"] for one in row.attended)])
    sites = site_names(work)
    return ItemView(
        row={name: getattr(row, name) for name in _COLUMNS}, case=case, proposed_by=people[row.proposed_by_id],
        proposed_site=Named(row.proposed_site_id, sites.get(row.proposed_site_id, "")), ready=bool(done) and all(one.ready for one in done),
        preparations=tuple(done), attended=tuple((people[one["person_id"]], one["specialty"]) for one in row.attended),
        over_time=_over_time(work, row), sign_due_at=clocks.sign_due(row), conclusion=concluded, follow_ups=tuple(tracked(work, row.id)),
        verbs=offers(work, actor, meeting, row, seats, concluded),
        studies=tuple(studies_shown(work, actor, studies_in_case(work, row.case_id))) if whole else (),
        owners=_owners(work, row, sites) if whole else (),
    )  # fmt: skip


def offers(
    work: Work,
    actor: Actor,
    meeting: MeetingRow,
    row: MeetingItemRow,
    seats: Mapping[str, str],
    concluded: Concluded | None,
) -> tuple[str, ...]:
    """The verbs that this person may be offered now, in the table's order; "refer" for who takes care of the patient."""
    thing = Thing(shares=[Share(meeting.site_id, WHY), *(Share("", WHY, person) for person in seats)])
    of_case = Thing(shares=case_shares_of(work, row.case_id), case_id=row.case_id)
    screens = permits(actor, SCREEN, thing)
    presides = actor.id == meeting.chair_id and permits(actor, PRESIDE, thing)
    own = permits(actor, PROPOSE, of_case) and row.proposed_site_id in {grant.site_id for grant in actor.grants}
    late = lifecycle.frozen(meeting, work.now)
    unsigned = concluded is not None and concluded.row["first_signed_at"] is None
    offered = {
        "accept": (presides and row.urgent) if late else (screens or presides), "decline": screens or presides,
        "defer": screens or presides, "withdraw": screens or own, "prepare": actor.id in seats and permits(actor, PREPARE, thing),
        "present": presides and meeting.state == lifecycle.LIVE, "conclude": presides and (concluded is None or unsigned),
        "sign": _may_sign(actor, meeting, row, concluded) and permits(actor, SIGN, thing), "review": screens, "close": screens,
        "excuse": presides and concluded is not None and bool(concluded.excusable),
    }  # fmt: skip
    found = [verb for verb in ITEM.verbs(row.state) if offered.get(verb, False)]
    if row.state in (lifecycle.SIGNED, lifecycle.CLOSED) and permits(actor, "referral.request", of_case):
        found.append("refer")
    return tuple(found)


def _may_sign(actor: Actor, meeting: MeetingRow, row: MeetingItemRow, concluded: Concluded | None) -> bool:
    if concluded is None or row.state != lifecycle.CONCLUDED:
        return False
    left = {one.role for one in concluded.signatures if one.paper_id is None}
    roles = {one["specialty"] for one in row.attended if one["person_id"] == actor.id}
    return bool(left & (roles | ({minutes.CHAIR} if actor.id == meeting.chair_id else set())))


def _over_time(work: Work, row: MeetingItemRow) -> int:
    if row.presenting_from is None:
        return max(0, (row.presented_for or 0) - row.minutes * 60)
    return max(0, int((work.now - row.presenting_from).total_seconds()) - row.minutes * 60)


def _prepared(work: Work, row: MeetingItemRow) -> list[Prepared]:
    rows = work.session.scalars(
        select(PreparationRow).where(PreparationRow.item_id == row.id).order_by(PreparationRow.id).execution_options(populate_existing=True)
    ).all()  # fmt: skip
    people = colleagues(work, [one.by_id for one in rows])
    return [
        Prepared(one.specialty, one.version, one.ready, tuple(one.missing), one.note, tuple(one.key_images), people.get(one.by_id or ""),
                 one.at)
        for one in rows
    ]  # fmt: skip


def _concluded(work: Work, meeting: MeetingRow, row: MeetingItemRow, seats: Mapping[str, str]) -> Concluded | None:
    said = work.session.get(ConclusionRow, row.id, populate_existing=True)
    if said is None:
        return None
    people, sites = colleagues(work, [one["person_id"] for one in said.dissent]), site_names(work)
    signatures = _signatures(work, said, minutes.parts(meeting.specialties, row.attended))
    left = [one.role for one in signatures if one.paper_id is None and one.role != minutes.CHAIR]
    return Concluded(
        row={name: getattr(said, name) for name in _SAID},
        dissent=tuple((people[one["person_id"]], one["text"]) for one in said.dissent),
        recommendations=tuple(
            (one["text"], Named(one["owner_site_id"], sites.get(one["owner_site_id"], "")), minutes.due_of(one))
            for one in said.recommendations
        ),
        signatures=tuple(signatures),
        excusable=tuple(role for role in left if row.state == lifecycle.CONCLUDED and not may_sign_still(work, row, role, seats)),
    )  # fmt: skip


def _signatures(work: Work, said: ConclusionRow, parts: Sequence[Part]) -> list[Signature]:
    papers = {paper.number: paper for paper in papers_of(work, said.kind, said.id)}
    excused = {one["role"]: one["reason"] for one in said.excused}
    people = colleagues(work, [paper.signed_by_id for paper in papers.values()])
    return [
        Signature(
            part.number, part.role, people[papers[part.number].signed_by_id], papers[part.number].at, papers[part.number].id,
            excused.get(part.role, ""),
        )
        if part.number in papers else Signature(part.number, part.role)
        for part in parts
    ]  # fmt: skip


def _owners(work: Work, row: MeetingItemRow, sites: Mapping[str, str]) -> tuple[Named, ...]:
    """The hospitals that have the case as a whole: recommendations may be given to them."""
    ids = {share.site_id for share in case_shares_of(work, row.case_id) if share.person_id is None}
    return tuple(Named(site_id, sites.get(site_id, "")) for site_id in sorted(ids))
