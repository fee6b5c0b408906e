"""The library of referral criteria: what is ticked before a patient goes up or down, per disease and direction. Pure.

Each list has a version; a referral keeps the version that it was written under. Changing a list is a new version of it here, by a
person who answers for it: this is an aid to memory and no decision (`docs/why/referral.md` says where the lists come from).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from teleconsult.kernel.errors import invalid
from teleconsult.referral.criteria_down import DOWN
from teleconsult.referral.criteria_lists import Criteria, Item, Visit
from teleconsult.referral.criteria_pathways import PATHWAYS
from teleconsult.referral.criteria_up import UP

__all__ = ["LIBRARY", "PATHWAYS", "Criteria", "Item", "Visit", "find", "judged"]

LIBRARY: Final[Mapping[tuple[str, str], Criteria]] = {(each.direction, each.key): each for each in (*UP, *DOWN)}
"""(direction, disease) → list."""


def find(direction: str, disease: str) -> Criteria:
    """INVALID `referral.criteria` for a disease that has no list for this direction."""
    try:
        return LIBRARY[(direction, disease)]
    except KeyError:
        raise invalid("referral.criteria", f"{direction} {disease}") from None


def judged(criteria: Criteria, ticked: Sequence[str], reason: str, green: bool) -> Mapping[str, Any]:
    """What the ticks come to: {met, missing}. A patient may go without meeting them, with a reason in words.

    INVALID `referral.criterion` for a tick that the list has not, `referral.not_green` where the list opens no green channel or
    too little is ticked for it, `referral.criteria_missing` (missing) without ticks enough and without a reason."""
    known = {item.code for item in criteria.items}
    if unknown := sorted(set(ticked) - known):
        raise invalid("referral.criterion", unknown[0])
    missing = [item.code for item in criteria.items if item.required and item.code not in ticked]
    met = not missing and len(set(ticked)) >= criteria.least
    if green and not (criteria.green and met):
        raise invalid("referral.not_green", criteria.key)
    if not met and not reason.strip():
        raise invalid("referral.criteria_missing", criteria.key, least=criteria.least, ticked=len(set(ticked)))
    return {"met": met, "missing": missing}
