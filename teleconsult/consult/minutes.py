"""A conclusion's words: what has to be there, what it is called, who has to sign it in which order. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from teleconsult.consult.lifecycle import text
from teleconsult.kernel.errors import conflict, forbidden, invalid

FIELDS: Final = ("stage", "options", "recommendation", "evidence")
"""分期, 可选方案, 推荐意见, 依据; the first and the third are needed."""
NEEDED: Final = ("stage", "recommendation")
CONCLUSION, OPINION = "conclusion", "opinion"
TITLES: Final[Mapping[str, str]] = {CONCLUSION: "MDT结论", OPINION: "MDT讨论意见"}
"""What is said without a quorum is an opinion, and is never called a conclusion."""
MOST_ITEMS, MOST_DISSENT, MOST_WORDS, MOST_REASON = 20, 20, 1000, 200
CHAIR: Final = "chair"


@dataclass(frozen=True, slots=True)
class Part:
    """A signature that is needed: number 0 is the chair's, then the specialties in the order of the board."""

    number: int
    role: str


def kind_of(quorum_met: bool) -> str:
    return CONCLUSION if quorum_met else OPINION


def parts(specialties: Sequence[str], attended: Iterable[Mapping[str, str]]) -> list[Part]:
    """Who has to sign: the chair, and each specialty that was there, in the board's own order."""
    present = {one["specialty"] for one in attended}
    here = [one for one in specialties if one in present]
    return [Part(0, CHAIR), *(Part(number, specialty) for number, specialty in enumerate(here, 1))]


def mine(
    needed: Iterable[Part],
    signed: Collection[int],
    attended: Iterable[Mapping[str, str]],
    person_id: str,
    chair_id: str,
) -> list[Part]:
    """The parts that this person may sign now: the chair's, and that of the specialty as which they were there.

    FORBIDDEN `meeting.not_a_signer` for whoever has none; empty when theirs are signed.
    """
    roles = {one["specialty"] for one in attended if one["person_id"] == person_id}
    if person_id == chair_id:
        roles.add(CHAIR)
    found = [part for part in needed if part.role in roles]
    if not found:
        raise forbidden("meeting.not_a_signer", person_id)
    return [part for part in found if part.number not in signed]


def excusable(needed: Iterable[Part], signed: Collection[int], role: str, reason: str, *, may_sign: bool) -> Part:
    """The part that is not going to be signed. Nobody signs for the chair: another one presides instead.

    INVALID `meeting.not_a_part`, `field.empty`, `field.text`; CONFLICT `meeting.signed_already`, `meeting.may_still_sign` while somebody of
    that specialty may and has time left.
    """
    part = next((one for one in needed if one.role == role != CHAIR), None)
    if part is None:
        raise invalid("meeting.not_a_part", role[:24])
    if part.number in signed:
        raise conflict("meeting.signed_already", role)
    text(reason, "reason")
    if len(reason.strip()) > MOST_REASON:
        raise invalid("field.text", "reason", field="reason", most=MOST_REASON)
    if may_sign:
        raise conflict("meeting.may_still_sign", role)
    return part


def checked(given: Mapping[str, Any]) -> dict[str, str]:
    """The four fields. INVALID `meeting.conclusion_incomplete` (field), `field.text`."""
    said = {name: str(given.get(name, "") or "").strip() for name in FIELDS}
    for name in NEEDED:
        if not said[name]:
            raise invalid("meeting.conclusion_incomplete", f"{name} is empty", field=name)
    for name, words in said.items():
        if words:
            text(words, name)
    return said


def dissent_checked(given: Sequence[Mapping[str, str]], people: Collection[str]) -> list[dict[str, str]]:
    """Who disagreed, each by name and in words. INVALID `meeting.dissent` unless each was there and is named once."""
    found = [{"person_id": str(one.get("person_id", "")), "text": str(one.get("text", "")).strip()} for one in given]
    named = [one["person_id"] for one in found]
    if len(found) > MOST_DISSENT or len(set(named)) != len(named) or not set(named) <= set(people):
        raise invalid("meeting.dissent", "people who were there, each once")
    for one in found:
        text(one["text"], "dissent")
    return found


def recommendations_checked(
    given: Sequence[Mapping[str, Any]], sites: Collection[str], now: datetime
) -> list[dict[str, Any]]:
    """What is to be done, by which hospital, by when. INVALID `meeting.recommendation`, `meeting.due_past` (number) for a moment that is
    over, as for any other follow-up; `field.empty`, `field.text`."""
    if len(given) > MOST_ITEMS:
        raise invalid("meeting.recommendation", f"at most {MOST_ITEMS}")
    return [_recommendation(number, one, sites, now) for number, one in enumerate(given, 1)]


def _recommendation(number: int, one: Mapping[str, Any], sites: Collection[str], now: datetime) -> dict[str, Any]:
    words, due = str(one.get("text", "")).strip(), one.get("due_at")
    text(words, "recommendation")
    if len(words) > MOST_WORDS:
        raise invalid("field.text", "recommendation", field="recommendation", most=MOST_WORDS)
    if one.get("owner_site_id") not in sites or not isinstance(due, datetime) or due.tzinfo is None:
        raise invalid("meeting.recommendation", "a hospital that has the case, and a day")
    if due < now:
        raise invalid("meeting.due_past", f"due {due.isoformat()}", field="due_at", number=number)
    return {"text": words, "owner_site_id": one["owner_site_id"], "due_at": due.isoformat()}


def due_of(recommendation: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(recommendation["due_at"])
