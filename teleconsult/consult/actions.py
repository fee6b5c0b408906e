"""What the hospital that asks does with a consultation: draft, submit, supplement, confirm, feedback, close, cancel."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from teleconsult.access import Actor, permit_case
from teleconsult.access.queries import site_names
from teleconsult.consult import completeness, facts, lifecycle, shares, telling
from teleconsult.consult.centres import somebody_triages
from teleconsult.consult.endings import end, withdraw
from teleconsult.consult.lifecycle import ANSWER, DRAFT, FEEDBACK, OPINE, REQUEST, TRIAGE
from teleconsult.consult.loading import keep, permitted, seconds_of
from teleconsult.consult.queries.cases import attachment_kinds, studies_in_case
from teleconsult.consult.tables import ConsultationRow, ConsultationStudyRow
from teleconsult.kernel.errors import conflict, invalid
from teleconsult.kernel.values import new_id
from teleconsult.records.work import Work
from teleconsult.referral import describe, load_case, next_number

MOST_STUDIES: Final = 50
_FIELDS: Final = ("centre_site_id", "urgency", "mode", "question", "summary", "wanted_specialty")


def draft(work: Work, actor: Actor, case_id: str, given: Mapping[str, Any]) -> ConsultationRow:
    """A new request about a case. `given` may hold centre_site_id, urgency, mode, question, summary, wanted_specialty, study_ids.

    ABSENT `case.absent`; CONFLICT `case.closed`; INVALID as `save`.
    """
    permit_case(work, actor, REQUEST, case_id)
    case = load_case(work, case_id)
    if case.state != "open":
        raise conflict("case.closed", case_id)
    row = ConsultationRow(
        id=new_id(), version=1, number=next_number(work, "H"), case_id=case_id, requesting_site_id=case.site_id,
        requester_id=actor.id, state=DRAFT, is_open=True, urgency="normal", mode="room", question="", summary="", wanted_specialty="",
        completeness=0, created_at=work.now, saved_at=work.now, no_shows=0, diagnosis="", treatment="", refer="no", refer_said=False,
        clock_from=work.now, told=[],
    )  # fmt: skip
    for name, value in _checked(work, row, given).items():
        setattr(row, name, value)
    work.add(row)
    _about(work, row, given.get("study_ids", ()))
    row.completeness = _score(work, row)
    work.record(facts.of_consultation("ConsultationDrafted", row))
    return row


def save(work: Work, actor: Actor, consultation_id: str, given: Mapping[str, Any], seen: int) -> ConsultationRow:
    """Keep what the draft says by now; the same again keeps its version. Tells nobody.

    CONFLICT `version.stale`, `move.illegal`; INVALID `field.choice`, `field.text`, `consultation.centre`, `consultation.study`.
    """
    row = permitted(work, actor, consultation_id, REQUEST, seen=seen)
    changes = {**lifecycle.save(row, _checked(work, row, given))}
    changes = {name: value for name, value in changes.items() if getattr(row, name) != value}
    others = "study_ids" in given and set(given["study_ids"]) != set(shares.studies_of(work, row.id))
    if others:
        _about(work, row, given["study_ids"], instead=True)
    if changes or others:
        work.keep(row, **changes, saved_at=work.now)
        row.completeness = _score(work, row)
        work.session.flush()
    return row


def submit(work: Work, actor: Actor, consultation_id: str, seen: int | None = None) -> ConsultationRow:
    """Ask the centre: its coordinators see the case and the studies from here on.

    INVALID `consultation.incomplete` (field), `consultation.centre_unstaffed` for a hospital where nobody could triage it.
    """
    row = permitted(work, actor, consultation_id, REQUEST, seen=seen)
    evidence = len(shares.studies_of(work, row.id)) + len(attachment_kinds(work, row.case_id))
    changes = {**lifecycle.submit(row, evidence, work.now), "completeness": _score(work, row), "requester_id": actor.id}
    somebody_triages(work, row.centre_site_id or "")
    keep(work, row, changes, "ConsultationSubmitted", urgency=row.urgency, completeness=changes["completeness"])
    describe(work, row.case_id, row.summary)
    shares.to_centre(work, row)
    telling.tell_centre(work, row, "consultation.submitted")
    return row


def supplement(
    work: Work, actor: Actor, consultation_id: str, answer: str, study_ids: Iterable[str] = ()
) -> ConsultationRow:
    """What the centre missed is there, in words and perhaps with more studies of the case; the clock goes on."""
    row = permitted(work, actor, consultation_id, ANSWER)
    changes = lifecycle.supplement(row, answer, work.now)
    _about(work, row, study_ids)
    keep(work, row, {**changes, "completeness": _score(work, row)}, "SupplementGiven")
    shares.to_centre(work, row)
    telling.tell_centre(work, row, "consultation.supplemented")
    return row


def confirm(work: Work, actor: Actor, consultation_id: str) -> ConsultationRow:
    """The time suits the actor's side: the expert, or the hospital that asks. Repeats harmlessly."""
    row = permitted(work, actor, consultation_id, REQUEST, OPINE)
    side = side_of(row, actor)
    changes = lifecycle.confirm(row, side, work.now)
    if getattr(row, f"confirmed_{side}") is not None:
        return row
    keep(work, row, changes, "TimeConfirmed", side=side)
    if row.confirmed_requester and row.confirmed_expert:
        people = [row.requester_id, row.expert_id, *seconds_of(work, row.id)]
        telling.tell_people(work, row, people, "consultation.confirmed")
    return row


def decline_time(work: Work, actor: Actor, consultation_id: str, reason: str) -> ConsultationRow:
    """The time does not suit: the centre chooses anew, and whoever was invited sees the case no longer."""
    row = permitted(work, actor, consultation_id, REQUEST, OPINE)
    side = side_of(row, actor)
    changes = lifecycle.decline_time(row, side, reason)
    withdraw(work, row, "consultation.time_declined")
    keep(work, row, {**changes, "room_id": None}, "TimeDeclined", side=side)
    telling.tell_centre(work, row, "consultation.time_declined")
    return row


def cancel(work: Work, actor: Actor, consultation_id: str, reason: str, seen: int | None = None) -> ConsultationRow:
    """Nobody needs it any more. By the hospital that asks or by the centre; an open room closes at once and tells its seats."""
    row = permitted(work, actor, consultation_id, REQUEST, TRIAGE, seen=seen)
    asked, people = row.state != DRAFT, [row.requester_id, *filter(None, [row.expert_id]), *seconds_of(work, row.id)]
    keep(work, row, lifecycle.cancel(row, reason, work.now), "ConsultationCancelled", reason=reason.strip()[:200])
    end(work, row, "consultation.cancelled", answered=False)
    if asked:
        telling.tell_centre(work, row, "consultation.cancelled")
        telling.tell_people(work, row, [one for one in people if one != actor.id], "consultation.cancelled")
    return row


def feedback(
    work: Work, actor: Actor, consultation_id: str, adoption: str, reason: str, rating: int | None = None
) -> ConsultationRow:
    """What became of the opinion: adopted, partly, not; with a reason for the last two, and stars for the consultation."""
    row = permitted(work, actor, consultation_id, FEEDBACK)
    changes = lifecycle.feedback(row, adoption, reason, rating, work.now)
    keep(work, row, changes, "OpinionAnswered", adoption=adoption)
    telling.tell_people(work, row, [row.expert_id], "consultation.feedback")
    return row


def close(work: Work, actor: Actor, consultation_id: str) -> ConsultationRow:
    """It is over. CONFLICT `consultation.no_feedback`."""
    row = permitted(work, actor, consultation_id, FEEDBACK)
    keep(work, row, lifecycle.close(row, work.now), "ConsultationClosed")
    end(work, row, "consultation.closed", answered=True)
    return row


def side_of(row: ConsultationRow, actor: Actor) -> str:
    return "expert" if row.expert_id == actor.id else "requester"


def _about(work: Work, row: ConsultationRow, study_ids: Iterable[str], *, instead: bool = False) -> None:
    """The studies that the question is about: studies of the case. INVALID `consultation.study` for any other."""
    wanted = list(dict.fromkeys(study_ids))
    if len(wanted) > MOST_STUDIES or not set(wanted) <= studies_in_case(work, row.case_id):
        raise invalid("consultation.study", "only studies of the case")
    known = shares.studies_of(work, row.id)
    if instead:
        for gone in set(known) - set(wanted):
            work.session.delete(work.session.get_one(ConsultationStudyRow, (row.id, gone)))
    for study_id in wanted:
        if study_id not in known:
            work.add(ConsultationStudyRow(consultation_id=row.id, study_id=study_id, added_at=work.now))
    work.session.flush()


def _checked(work: Work, row: ConsultationRow, given: Mapping[str, Any]) -> dict[str, Any]:
    changes = dict(lifecycle.checked({name: given[name] for name in _FIELDS if name in given}))
    centre = changes.get("centre_site_id")
    if centre and (centre == row.requesting_site_id or centre not in site_names(work)):
        raise invalid("consultation.centre", centre[:40])
    return changes


def _score(work: Work, row: ConsultationRow) -> int:
    studies, kinds = len(shares.studies_of(work, row.id)), attachment_kinds(work, row.case_id)
    return completeness.score(row.question, row.summary, row.wanted_specialty, studies, kinds).score
