"""What happens to referrals and follow-ups. Details name no patient."""

from teleconsult.kernel.facts import Fact
from teleconsult.kernel.values import Json
from teleconsult.referral.tables import FollowUpRow, ReferralRow


def referral_fact(name: str, row: ReferralRow, *others: str, **details: Json) -> Fact:
    """`name` says what happened ("ReferralSubmitted"); told to sender and receiver, and to `others` sites."""
    sites = sorted({row.from_site_id, *([row.to_site_id] if row.to_site_id else []), *others})
    told = {"state": row.state, "direction": row.direction, "priority": row.priority, **details}
    return Fact(name, "referral", row.id, row.version, None, tuple(sites), told, row.case_id)


def follow_up_fact(name: str, row: FollowUpRow, **details: Json) -> Fact:
    told = {"state": row.state, "from_kind": row.from_kind, **details}
    return Fact(name, "followup", row.id, row.version, None, (row.owner_site_id,), told, row.case_id)
