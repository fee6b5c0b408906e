"""What the expert does with a consultation: begin, write the opinion, sign it, rate the request."""

from collections.abc import Mapping
from typing import Any

from teleconsult.access import Actor, Title
from teleconsult.consult import lifecycle, telling
from teleconsult.consult.lifecycle import OPINE, OPINION, REQUEST
from teleconsult.consult.loading import keep, load, look, permitted
from teleconsult.consult.queries.opinion import opinion_content
from teleconsult.consult.tables import ConsultationRow
from teleconsult.records.work import Work
from teleconsult.reporting import Signer, seal_paper


def start(work: Work, actor: Actor, consultation_id: str) -> ConsultationRow:
    """The session begins: both sides are there. Either side may say so. CONFLICT `consultation.not_confirmed`, `consultation.too_early`."""
    return _started(work, permitted(work, actor, consultation_id, REQUEST, OPINE))


def begin_with_both(work: Work, consultation_id: str, present: set[str]) -> None:
    """The room saw these people come in: with the expert and somebody of the other side there, the session begins by itself."""
    row = load(work, consultation_id)
    if row.state != lifecycle.SCHEDULED or row.expert_id not in present or not present - {row.expert_id}:
        return
    unsaid = {side: work.now for side in ("confirmed_requester", "confirmed_expert") if getattr(row, side) is None}
    if unsaid:
        work.keep(row, **unsaid)  # who sits there has confirmed
    _started(work, row)


def write_opinion(
    work: Work, actor: Actor, consultation_id: str, opinion: Mapping[str, str], seen: int
) -> ConsultationRow:
    """Keep diagnosis, treatment, refer. The first writing is told, every later save tells nobody; the same text keeps its version."""
    row = permitted(work, actor, consultation_id, OPINE, seen=seen)
    changes: dict[str, Any] = dict(lifecycle.write_opinion(row, actor.id, opinion))
    if row.state != OPINION:
        return keep(work, row, {**changes, "opinion_at": work.now}, "OpinionDrafted")
    if any(getattr(row, name) != value for name, value in changes.items()):
        work.keep(row, **changes, opinion_at=work.now)
    return row


def sign(
    work: Work, actor: Actor, consultation_id: str, signer: Signer, seen: int, least: Title = Title.ATTENDING
) -> ConsultationRow:
    """Sign the opinion as it was seen. The caller has confirmed the password.

    CONFLICT `version.stale`; FORBIDDEN `consultation.not_the_expert`, `consultation.title_too_low`; INVALID `consultation.opinion_incomplete`.
    """
    row = permitted(work, actor, consultation_id, OPINE, seen=seen)
    changes = lifecycle.sign(row, actor.id, actor.title, least, work.now)
    paper = seal_paper(work, actor, signer, "opinion", row.id, row.case_id, 0, opinion_content(work, row, actor))
    keep(work, row, {**changes, "paper_id": paper.id}, "OpinionSigned", sha256=paper.sha256, refer=row.refer)
    telling.tell_ward_and_requester(work, row, "consultation.signed")
    return row


def rate_request(work: Work, actor: Actor, consultation_id: str, rating: int) -> ConsultationRow:
    """How good the request was: 1 to 5 stars, by the expert."""
    row = permitted(work, actor, consultation_id, OPINE)
    return keep(work, row, lifecycle.rate_request(row, actor.id, rating), "RequestRated", rating=rating)


def _started(work: Work, row: ConsultationRow) -> ConsultationRow:
    changes = lifecycle.start(row, work.now)
    if not changes:
        look(work, row)
        return row
    in_time = row.starts_at is None or work.now <= row.starts_at
    return keep(work, row, changes, "ConsultationStarted", in_time=in_time)
