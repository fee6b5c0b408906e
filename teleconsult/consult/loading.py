"""How actions come by a consultation: held, permitted, and kept with what time has to do next."""

from collections.abc import Sequence

from sqlalchemy import select

from teleconsult.access import Actor, Share, Thing, permit_case, permits
from teleconsult.access.rights import CONSULT, ORIGIN
from teleconsult.consult import clocks, facts
from teleconsult.consult.lifecycle import DRAFT, REQUEST, WITH_EXPERT, Changes
from teleconsult.consult.tables import ConsultationRow, ConsultationSecondRow
from teleconsult.kernel.errors import Meaning, Refused, absent, conflict, forbidden
from teleconsult.kernel.values import Json
from teleconsult.records.work import Work


def load(work: Work, consultation_id: str) -> ConsultationRow:
    """The row, held until the end of the transaction. ABSENT `consultation.absent`."""
    row = work.session.get(ConsultationRow, consultation_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise absent("consultation.absent", consultation_id)
    return row


def permitted(work: Work, actor: Actor, consultation_id: str, *verbs: str, seen: int | None = None) -> ConsultationRow:
    """The row, if the actor has any of the verbs on it. ABSENT for who may not see it, FORBIDDEN `permit.refused` for who may only see.

    CONFLICT `version.stale` when it has changed since `seen`.
    """
    row = load(work, consultation_id)
    may_see(work, actor, row)
    thing = thing_of(row, seconds_of(work, row.id))
    if not any(permits(actor, verb, thing) for verb in verbs):
        raise forbidden("permit.refused", f"{actor.id} may not {verbs[0]}", verb=verbs[0])
    if seen is not None and seen != row.version:
        raise conflict("version.stale", f"seen {seen}, is {row.version}", version=row.version)
    return row


def may_see(work: Work, actor: Actor, row: ConsultationRow) -> None:
    """ABSENT `consultation.absent` unless the actor sees the case; a draft is its own hospital's alone."""
    try:
        permit_case(work, actor, "case.see", row.case_id)
    except Refused as refusal:
        if refusal.meaning is not Meaning.ABSENT:
            raise
        raise absent("consultation.absent", row.id) from None
    if row.state == DRAFT and not permits(actor, REQUEST, thing_of(row, ())):
        raise absent("consultation.absent", row.id)


def thing_of(row: ConsultationRow, seconds: Sequence[str]) -> Thing:
    """The consultation as `access.permits` looks at it: who asks, who was asked, and who was invited to this very one.

    The case's own shares say who sees; they do not say who triages, because another consultation of the case may have another centre.
    """
    shares = [Share(row.requesting_site_id, ORIGIN)]
    if row.state != DRAFT and row.centre_site_id:
        shares.append(Share(row.centre_site_id, CONSULT))
    if row.expert_id and row.state in WITH_EXPERT:
        shares += [Share("", CONSULT, person) for person in (row.expert_id, *seconds)]
    return Thing(shares=shares, case_id=row.case_id)


def rights_on(actor: Actor, row: ConsultationRow, seconds: Sequence[str]) -> frozenset[str]:
    """The consult verbs permitted to the actor on this consultation."""
    verbs = ("consult.request", "consult.triage", "consult.answer", "consult.opine", "consult.feedback")
    thing = thing_of(row, seconds)
    return frozenset(verb for verb in verbs if permits(actor, verb, thing))


def seconds_of(work: Work, consultation_id: str) -> list[str]:
    """The other experts, in the order of their invitation."""
    wanted = select(ConsultationSecondRow.person_id).where(ConsultationSecondRow.consultation_id == consultation_id)
    return list(
        work.session.scalars(wanted.order_by(ConsultationSecondRow.invited_at, ConsultationSecondRow.person_id))
    )


def keep(work: Work, row: ConsultationRow, changes: Changes, fact: str, **details: Json) -> ConsultationRow:
    """Write the changes, set the row's next look and tell what happened."""
    work.keep(row, **changes)
    look(work, row)
    work.record(facts.of_consultation(fact, row, **details))
    return row


def look(work: Work, row: ConsultationRow, done: Sequence[clocks.Event] = ()) -> None:
    """Note when time itself has to do something next, and what it has done. Nobody decides by it, so no version is counted."""
    row.told = [*row.told, *(clocks.key(event) for event in done)]
    row.look_at = clocks.next_look(row)
    work.session.flush()
