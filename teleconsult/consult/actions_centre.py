"""What the centre's coordinators do with a consultation: take it on, route it, ask, reject, choose an expert and a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from teleconsult.access import Actor, Title
from teleconsult.access.queries import site_names
from teleconsult.consult import experts, lifecycle, shares, telling
from teleconsult.consult.centres import somebody_triages
from teleconsult.consult.endings import end, set_seconds, withdraw
from teleconsult.consult.lifecycle import TRIAGE
from teleconsult.consult.loading import keep, permitted
from teleconsult.consult.queries.people import Colleague, colleague
from teleconsult.consult.rooms import Guest, Opening, open_room
from teleconsult.consult.tables import ConsultationRow
from teleconsult.kernel.errors import invalid
from teleconsult.records.work import Work

MOST_SECONDS: Final = 6


def accept(work: Work, actor: Actor, consultation_id: str, seen: int | None = None) -> ConsultationRow:
    """The centre takes it on; an expert is chosen next."""
    row = permitted(work, actor, consultation_id, TRIAGE, seen=seen)
    in_time = row.due_at is None or work.now <= row.due_at
    keep(work, row, lifecycle.accept(row, work.now), "ConsultationAccepted", in_time=in_time)
    telling.tell_requester(work, row, "consultation.accepted")
    return row


def route(work: Work, actor: Actor, consultation_id: str, centre_site_id: str, reason: str) -> ConsultationRow:
    """Another centre is asked instead; this one sees the case no longer.

    INVALID `consultation.centre`, `consultation.same_centre`, `consultation.centre_unstaffed`.
    """
    row = permitted(work, actor, consultation_id, TRIAGE)
    if centre_site_id not in site_names(work):
        raise invalid("consultation.centre", centre_site_id[:40])
    before = row.centre_site_id or ""
    changes = lifecycle.route(row, centre_site_id, reason, work.now)
    somebody_triages(work, centre_site_id)
    keep(work, row, changes, "ConsultationRouted", from_site_id=before)
    shares.from_centre(work, row, before)
    shares.to_centre(work, row)
    telling.tell_centre(work, row, "consultation.submitted")
    telling.tell_requester(work, row, "consultation.routed")
    return row


def ask_supplement(work: Work, actor: Actor, consultation_id: str, wanted: str) -> ConsultationRow:
    """The hospital that asks must add something first; the clock stands still until it does."""
    row = permitted(work, actor, consultation_id, TRIAGE)
    keep(work, row, lifecycle.ask_supplement(row, wanted, work.now), "SupplementAsked")
    telling.tell_ward(work, row, "consultation.supplement_asked")
    return row


def reject(work: Work, actor: Actor, consultation_id: str, reason: str) -> ConsultationRow:
    """The centre does not take it on, and says why."""
    row = permitted(work, actor, consultation_id, TRIAGE)
    keep(work, row, lifecycle.reject(row, reason, work.now), "ConsultationRejected", reason=reason.strip()[:200])
    end(work, row, "consultation.rejected", answered=False)
    telling.tell_ward(work, row, "consultation.rejected")
    return row


def assign(
    work: Work, actor: Actor, consultation_id: str, expert_id: str, starts_at: datetime | None = None, minutes: int = 30,
    seconds: Sequence[str] = (), least: Title = Title.ATTENDING,
) -> ConsultationRow:  # fmt: skip
    """Choose the expert: with `starts_at` for a room that both sides confirm, without it to answer in writing.

    The expert and the seconds are invited: from now on they see the case and its studies. Whoever was invited before is not any more.
    INVALID `consultation.expert`, `consultation.time`, `expert.absent`; CONFLICT as `experts.invite`.
    """
    row = permitted(work, actor, consultation_id, TRIAGE)
    others = [one for one in dict.fromkeys(seconds) if one != expert_id]
    if row.requester_id in (expert_id, *others) or len(others) > MOST_SECONDS:
        raise invalid("consultation.expert", "who asks does not answer; at most a few answer")
    urgent = row.urgency == "urgent"
    chosen = experts.invite(work, expert_id, starts_at, minutes, urgent=urgent, least=least, but=row.id)
    beside = [
        experts.invite(work, one, starts_at, minutes, urgent=True, least=Title.NONE, but=row.id) for one in others
    ]
    if starts_at is None:
        changes = dict(lifecycle.assign(row, expert_id, work.now))
    else:
        changes = dict(lifecycle.schedule(row, expert_id, starts_at, minutes, work.now))
    withdraw(work, row, "consultation.rescheduled")
    changes["room_id"] = None if starts_at is None else _room(work, row, chosen, beside, starts_at)
    set_seconds(work, row, others)
    for person in (chosen, *beside):
        shares.to_person(work, row, person.id, person.site_id or "")
    name = "ConsultationAssigned" if starts_at is None else "ConsultationScheduled"
    keep(work, row, changes, name, expert_id=expert_id, starts_at=starts_at.isoformat() if starts_at else None)
    code = "consultation.assigned" if starts_at is None else "consultation.scheduled"
    telling.tell_people(work, row, [expert_id, *others, row.requester_id], code)
    return row


def _room(work: Work, row: ConsultationRow, expert: Colleague, beside: Sequence[Colleague], starts_at: datetime) -> str:
    """The expert is the host; who asks and the other experts are members; colleagues at both hospitals may knock."""
    requester = colleague(work, row.requester_id)
    opening = Opening(
        kind="consultation", subject_id=row.id, case_id=row.case_id, title=row.number, starts_at=starts_at,
        host_site_id=row.centre_site_id or expert.site_id or "", hosts=[expert.id], members=[requester.id, *(one.id for one in beside)],
        guests=[Guest(row.requesting_site_id, "origin"), Guest(row.centre_site_id or "", "consult")],
    )  # fmt: skip
    return open_room(work, opening).id
