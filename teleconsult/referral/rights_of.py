"""Who may see a referral, and what they may do for the hospital that sends or receives."""

from typing import Protocol

from teleconsult.access import Actor, Thing, permits
from teleconsult.access.rights import WARD
from teleconsult.referral.lifecycle_referral import DRAFT, VERB_RIGHTS


class Sent(Protocol):
    """A referral, as far as its sight depends on it."""

    @property
    def state(self) -> str: ...
    @property
    def from_site_id(self) -> str: ...


def may_see(actor: Actor, row: Sent, thing: Thing) -> bool:
    """Who sees the case sees its referrals; a draft only who may write at the hospital that writes it."""
    if row.state == DRAFT:
        return permits(actor, "referral.request", thing) and row.from_site_id in actor.sites(*WARD)
    return permits(actor, "case.see", thing)


def rights_at(actor: Actor, thing: Thing, site_id: str | None) -> frozenset[str]:
    """The rights about referrals that the actor holds at one of the hospitals."""
    of_site = Thing(shares=[share for share in thing.shares if share.site_id == site_id], case_id=thing.case_id)
    return frozenset(right for right in VERB_RIGHTS.values() if permits(actor, right, of_site))
