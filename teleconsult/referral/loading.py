"""Referrals and follow-ups on their way to a change: loaded under a lock, permitted, kept, recorded, told."""

from sqlalchemy import select

from teleconsult.access import Actor, Role, Thing, case_shares_of, notify
from teleconsult.kernel.errors import absent, conflict, forbidden, invalid
from teleconsult.kernel.values import Json
from teleconsult.records.work import Work
from teleconsult.referral import queries
from teleconsult.referral.actions import load_case
from teleconsult.referral.facts_referral import referral_fact
from teleconsult.referral.lifecycle_referral import REFERRAL, SENDER_MOVES, UP, VERB_RIGHTS, Changes
from teleconsult.referral.rights_of import may_see, rights_at
from teleconsult.referral.tables import CaseRow, ReferralRow

RANKS = {"township": 0, "county": 1, "city": 2}

OFFICE = (Role.COORDINATOR, Role.COUNTY_DOCTOR)
"""Who hears of referrals at a hospital."""


def load_referral(work: Work, referral_id: str) -> ReferralRow:
    """The row, held until the end of the transaction. ABSENT `referral.absent`. Permits nothing."""
    row = work.session.get(ReferralRow, referral_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise absent("referral.absent", referral_id)
    return row


def permitted(work: Work, actor: Actor, verb: str, referral_id: str, seen: int | None = None) -> ReferralRow:
    """The row for a move that the actor may make: of the sender's by who may act for the sending hospital, and so on.

    ABSENT `referral.absent` for whoever may not see the case, and for everybody but the sender while it is a draft."""
    case_id = work.session.scalar(select(ReferralRow.case_id).where(ReferralRow.id == referral_id))
    if case_id is not None:
        load_case(work, case_id)  # always first: of two who take their locks in another order both would wait
    row = load_referral(work, referral_id)
    thing = Thing(shares=case_shares_of(work, row.case_id), case_id=row.case_id)
    if not may_see(actor, row, thing):
        raise absent("referral.absent", referral_id)
    if VERB_RIGHTS[verb] not in rights_at(actor, thing, row.from_site_id if verb in SENDER_MOVES else row.to_site_id):
        raise forbidden("permit.refused", f"{actor.id} may not {verb}", verb=VERB_RIGHTS[verb])
    if seen is not None and seen != row.version:
        raise conflict("version.stale", f"seen {seen}, is {row.version}", version=row.version)
    return row


def kept(work: Work, row: ReferralRow, changes: Changes, name: str, *others: str, **details: Json) -> ReferralRow:
    """Write the changes and the fact."""
    work.keep(row, **changes)
    work.record(referral_fact(name, row, *others, **details))
    return row


def tell(work: Work, row: ReferralRow, site_id: str | None, code: str, **params: Json) -> None:
    """A notice to a hospital's office, once for each version and code. It names number and patient."""
    if site_id is None:
        return
    named = {"number": row.number, "name": queries.patient_name(work, row.case_id), **params}
    key = f"{row.id}:{row.version}:{code[-16:]}:{site_id[-8:]}"
    notify(work, key, site_id, OFFICE, code, None, named, row.case_id)


def legal(row: ReferralRow, verb: str) -> None:
    """CONFLICT `move.illegal` unless the state allows it."""
    REFERRAL.step(row.state, verb)


def open_or_refuse(case: CaseRow) -> None:
    """CONFLICT `case.closed`: nobody is sent about a case that is closed."""
    if case.state != "open":
        raise conflict("case.closed", case.id)


def leads_there(work: Work, row: ReferralRow, to_site_id: str) -> None:
    """INVALID `referral.direction`: nobody goes up to a lower hospital than their own, or down to a higher one."""
    here, there = (RANKS[queries.site_level(work, site) or ""] for site in (row.from_site_id, to_site_id))
    if (there < here) if row.direction == UP else (there > here):
        raise invalid("referral.direction", f"{row.direction} from {here} to {there}")


def site_name(work: Work, site_id: str | None) -> str:
    return queries.site_name(work, site_id) if site_id else ""
