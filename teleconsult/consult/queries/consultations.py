"""Consultations as their screens show them: one with everything, and the list that a desk works off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from teleconsult.access import Actor, visible_case
from teleconsult.access.queries import site_names
from teleconsult.access.rights import WITH_CASE
from teleconsult.consult import clocks, completeness, lifecycle
from teleconsult.consult.lifecycle import DRAFT, REQUEST
from teleconsult.consult.loading import may_see, rights_on
from teleconsult.consult.queries import cases
from teleconsult.consult.queries.cases import CaseShown, StudyShown
from teleconsult.consult.queries.people import Colleague, colleagues
from teleconsult.consult.tables import ConsultationRow, ConsultationSecondRow, ConsultationStudyRow
from teleconsult.imaging.find_typed import called, plain
from teleconsult.imaging.queries import patient_numbered
from teleconsult.imaging.tables import StudyNameRow, StudyRow
from teleconsult.kernel.errors import absent
from teleconsult.reading.queries import Named
from teleconsult.records.work import Work
from teleconsult.referral.tables import CaseRow, CaseStudyRow

MOST_ROWS = 200
_TEXTS = (
    "id", "number", "version", "state", "urgency", "mode", "question", "summary", "wanted_specialty", "completeness", "created_at",
    "saved_at", "submitted_at", "accepted_at", "route_reason", "supplement_wanted", "supplement_text", "assigned_at", "starts_at",
    "minutes", "confirmed_requester", "confirmed_expert", "declined_by", "decline_reason", "no_show", "no_shows", "started_at", "room_id",
    "diagnosis", "treatment", "refer", "opinion_at", "signed_at", "paper_id", "adoption", "adoption_reason", "feedback_at",
    "rating_by_requester", "rating_by_expert", "ended_at", "end_reason", "due_at", "paused_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Match:
    """What a list is asked for: states (none: all open), text, mine (asked, answered or taken part in by the actor), side, case."""

    states: tuple[str, ...] = ()
    q: str = ""
    mine: bool = False
    side: str = ""
    urgency: str = ""
    case_id: str = ""


@dataclass(frozen=True, slots=True)
class ConsultationView:
    """A consultation. `row` are its own columns; an opinion that is not signed is its expert's alone."""

    row: Mapping[str, Any]
    case: CaseShown
    requesting_site: Named
    centre_site: Named | None
    requester: Colleague
    expert: Colleague | None
    seconds: tuple[Colleague, ...]
    study_ids: tuple[str, ...]
    band: str
    verbs: tuple[str, ...]
    missing: tuple[str, ...] = ()
    studies: tuple[StudyShown, ...] = ()
    attachments: tuple[cases.FileShown, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    rows: tuple[ConsultationView, ...]
    next: str | None
    total: int
    counts: dict[str, int]


def consultation(work: Work, actor: Actor, consultation_id: str) -> ConsultationView:
    """One with everything. ABSENT `consultation.absent`."""
    row = work.session.get(ConsultationRow, consultation_id, populate_existing=True)
    if row is None:
        raise absent("consultation.absent", consultation_id)
    may_see(work, actor, row)
    return _views(work, actor, [row], whole=True)[0]


def consultations(work: Work, actor: Actor, match: Match, cursor: str | None = None, limit: int = 50) -> Page:
    """Those that the actor may see, newest first, a page at a time; counts are of all open ones of the side by state."""
    limit = max(1, min(limit, MOST_ROWS))
    wanted = [*_conditions(match, actor), _seen(work, actor)]
    page = select(ConsultationRow).where(*wanted).order_by(ConsultationRow.id.desc()).limit(limit + 1)
    rows = work.session.scalars(page.where(ConsultationRow.id < cursor) if cursor else page).all()
    total = work.session.scalar(select(func.count()).select_from(ConsultationRow).where(*wanted)) or 0
    shown = rows[:limit]
    more = shown[-1].id if len(rows) > limit else None
    return Page(tuple(_views(work, actor, shown)), more, total, counts(work, actor, match.side))


def consultations_of_case(work: Work, actor: Actor, case_id: str) -> tuple[ConsultationView, ...]:
    """All of a case, oldest first. Empty for a case that the actor may not see."""
    wanted = select(ConsultationRow).where(ConsultationRow.case_id == case_id, _seen(work, actor))
    return tuple(_views(work, actor, work.session.scalars(wanted.order_by(ConsultationRow.id)).all()))


def counts(work: Work, actor: Actor, side: str = "") -> dict[str, int]:
    """How many open ones by state, and how many are the actor's own; with a `side`, of that side's alone."""
    wanted = [*_conditions(Match(side=side), actor), _seen(work, actor)]
    by_state = select(ConsultationRow.state, func.count()).where(*wanted).group_by(ConsultationRow.state)
    found = {state: count for state, count in work.session.execute(by_state)}
    mine = work.session.scalar(select(func.count()).select_from(ConsultationRow).where(*wanted, _mine(actor)))
    return {**found, "all": sum(found.values()), "mine": mine or 0}


def _seen(work: Work, actor: Actor) -> ColumnElement[bool]:
    """The SQL twin of `loading.may_see`: the case is visible, and a draft is its own hospital's alone."""
    own = sorted(actor.sites(*WITH_CASE[REQUEST]["origin"]))
    not_a_draft = or_(ConsultationRow.state != DRAFT, ConsultationRow.requesting_site_id.in_(own))
    return and_(visible_case(ConsultationRow.case_id, actor, work.now), not_a_draft)


def _mine(actor: Actor) -> ColumnElement[bool]:
    second = select(ConsultationSecondRow.consultation_id).where(ConsultationSecondRow.person_id == actor.id)
    return or_(
        ConsultationRow.requester_id == actor.id, ConsultationRow.expert_id == actor.id, ConsultationRow.id.in_(second)
    )


def _conditions(match: Match, actor: Actor) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [ConsultationRow.state.in_(match.states)] if match.states else []
    if not match.states and not match.case_id and not match.q:
        found.append(ConsultationRow.is_open.is_(True))
    if match.mine:
        found.append(_mine(actor))
    if match.urgency:
        found.append(ConsultationRow.urgency == match.urgency)
    if match.case_id:
        found.append(ConsultationRow.case_id == match.case_id)
    sites = sorted(grant.site_id for grant in actor.grants if grant.site_id)
    if match.side == "asking":
        found.append(ConsultationRow.requesting_site_id.in_(sites))
    elif match.side == "answering":
        found.append(or_(ConsultationRow.centre_site_id.in_(sites), ConsultationRow.expert_id == actor.id))
    if match.q.strip():
        found.append(_matching(match.q.strip()))
    return found


def _matching(q: str) -> ColumnElement[bool]:
    """By number, case number, any number of the patient, or the patient's name or its pinyin, each from its beginning."""
    named = select(StudyNameRow.study_id).where(called(StudyNameRow.key, q))
    studies = select(CaseStudyRow.case_id).join(StudyRow, StudyRow.id == CaseStudyRow.study_id)
    of_patient = studies.where(or_(CaseStudyRow.study_id.in_(named), patient_numbered(StudyRow.patient_id, q)))
    number = plain(q).upper()
    numbered = select(CaseRow.id).where(CaseRow.number.startswith(number, autoescape=True))
    return or_(
        ConsultationRow.number.startswith(number, autoescape=True),
        ConsultationRow.case_id.in_(numbered),
        ConsultationRow.case_id.in_(of_patient),
    )


def _views(work: Work, actor: Actor, rows: Sequence[ConsultationRow], *, whole: bool = False) -> list[ConsultationView]:
    ids = [row.id for row in rows]
    seconds, studies = _listed(work, ConsultationSecondRow, ids), _listed(work, ConsultationStudyRow, ids)
    people = colleagues(work, [p for row in rows for p in (row.requester_id, row.expert_id, *seconds.get(row.id, ()))])
    shown, sites = cases.cases_shown(work, [row.case_id for row in rows]), site_names(work)
    kinds = cases.kinds_in(work, [row.case_id for row in rows if row.is_open])
    return [
        _view(
            work,
            actor,
            row,
            shown[row.case_id],
            sites,
            people,
            seconds.get(row.id, []),
            studies.get(row.id, []),
            kinds.get(row.case_id, set()),
            whole,
        )
        for row in rows
    ]


def _view(
    work: Work, actor: Actor, row: ConsultationRow, case: CaseShown, sites: Mapping[str, str], people: Mapping[str, Colleague],
    seconds: Sequence[str], studies: Sequence[str], kinds: set[str], whole: bool,
) -> ConsultationView:  # fmt: skip
    rights = rights_on(actor, row, seconds)
    columns = {name: getattr(row, name) for name in _TEXTS} | {
        "refer": row.refer if row.refer_said else "", "supplement_due_at": clocks.supplement_due(row),
    }  # fmt: skip
    if row.is_open:  # what was added since the last save counts as well; an ended one stays as it was
        found = completeness.score(row.question, row.summary, row.wanted_specialty, len(studies), kinds)
        columns["completeness"] = found.score
    if row.signed_at is None and row.expert_id != actor.id:
        columns |= {"diagnosis": "", "treatment": "", "refer": ""}  # until it is signed, nobody acts on it
    view = ConsultationView(
        row=columns, case=case, requesting_site=Named(row.requesting_site_id, sites.get(row.requesting_site_id, "")),
        centre_site=Named(row.centre_site_id, sites.get(row.centre_site_id, "")) if row.centre_site_id else None,
        requester=people[row.requester_id], expert=people.get(row.expert_id or ""),
        seconds=tuple(people[one] for one in seconds if one in people), study_ids=tuple(studies),
        band=clocks.band(row.state, row.clock_from, row.due_at, work.now), verbs=lifecycle.offers(row, actor.id, rights, work.now),
    )  # fmt: skip
    return _completed(work, actor, row, view) if whole else view


def _completed(work: Work, actor: Actor, row: ConsultationRow, view: ConsultationView) -> ConsultationView:
    files = cases.attachments(work, row.case_id)
    kinds = {file.kind for file in files}
    found = completeness.score(row.question, row.summary, row.wanted_specialty, len(view.study_ids), kinds)
    studies = cases.studies_shown(work, actor, view.study_ids)
    return ConsultationView(
        view.row, view.case, view.requesting_site, view.centre_site, view.requester, view.expert, view.seconds, view.study_ids,
        view.band, view.verbs, found.missing, tuple(studies), tuple(files),
    )  # fmt: skip


def _listed(
    work: Work, kind: type[ConsultationSecondRow] | type[ConsultationStudyRow], ids: Sequence[str]
) -> dict[str, list[str]]:
    what = kind.person_id if kind is ConsultationSecondRow else ConsultationStudyRow.study_id
    found: dict[str, list[str]] = {}
    for consultation_id, key in work.session.execute(
        select(kind.consultation_id, what).where(kind.consultation_id.in_(ids)).order_by(what)
    ):
        found.setdefault(consultation_id, []).append(key)
    return found
