"""Reads of critical findings: which ring, which are open, how quickly they were answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, case, func, not_, or_, select
from sqlalchemy.orm import aliased

from teleconsult.access import Actor, Share, Thing, permits, shares_of, visible
from teleconsult.access.shares import is_open
from teleconsult.access.tables import PersonRow, ShareRow, SiteRow
from teleconsult.imaging.tables import StudyRow
from teleconsult.kernel.errors import absent, invalid
from teleconsult.reading.queries import Named
from teleconsult.reading.tables import TaskRow
from teleconsult.records.paging import Shelf, page
from teleconsult.records.work import Work
from teleconsult.reporting import lifecycle_critical as lifecycle
from teleconsult.reporting.lifecycle_critical import ACKNOWLEDGED, ACTING, OVER, RINGING, TARGET, WITHDRAWN
from teleconsult.reporting.queries.worklist_where import matches
from teleconsult.reporting.tables import CriticalRow, ReportRow

RIGHTS: Final = (
    "critical.raise", "critical.acknowledge", "critical.act", "critical.hear", "critical.hear_late", "critical.hear_last",
)  # fmt: skip
OPEN, HEAR = "open", "hear"
PERIOD: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Home:
    """Where a finding of a study belongs: the hospital that made it, who reads it, the report if one is begun."""

    site_id: str
    reading_site_id: str | None
    report_id: str | None


@dataclass(frozen=True, slots=True)
class Patient:
    """Whom a finding is about, as the study names them. `doubtful`: whoever is shown it compares."""

    name: str
    doubtful: bool
    sex: str
    age: str
    patient_id: str


@dataclass(frozen=True, slots=True)
class CriticalView:
    """A critical finding with the names beside its row. `hear`: it rings on this person's screen now."""

    row: CriticalRow
    hear: bool
    patient: Patient
    modality: str
    description: str
    site: Named
    reading_site: Named
    raised_by: Named
    acknowledged_by: Named | None
    acted_by: Named | None
    closed_by: Named | None
    verbs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CriticalMatch:
    """`state` open (neither closed nor withdrawn), hear (rings on the actor's screen now) or empty: all. `q` begins a name, in any
    writing, a patient number or an accession number."""

    state: str = ""
    study_id: str = ""
    q: str = ""


@dataclass(frozen=True, slots=True)
class CriticalPage:
    """`counts` are of all that the actor may see; none beside what rings."""

    rows: tuple[CriticalView, ...]
    next: str | None
    total: int
    counts: dict[str, int] | None


EVERY: Final = CriticalMatch()
MOST_ROWS: Final = 200


@dataclass(frozen=True, slots=True)
class Figures:
    """The last 30 days of what the actor may see, withdrawn ones left out. Shares are in percent, None without any."""

    raised: int
    in_time: int
    counted: int
    in_time_percent: float | None
    median_seconds: int | None
    closed: int
    escalated: int
    open: int


def patient_words(work: Work, study_id: str) -> tuple[str, ...]:
    """What a receiver may call the patient: the name as lists show it, or the number. Permits nothing."""
    asked = select(StudyRow.name_shown, StudyRow.patient_number).where(StudyRow.id == study_id)
    return tuple(each for each in work.session.execute(asked).one() if each)


def home_of(work: Work, study_id: str) -> Home:
    """ABSENT `study.absent`. Permits nothing."""
    found = work.session.execute(
        select(StudyRow.site_id, TaskRow.reading_site_id, ReportRow.id)
        .select_from(StudyRow)
        .outerjoin(TaskRow, TaskRow.study_id == StudyRow.id)
        .outerjoin(ReportRow, ReportRow.task_id == TaskRow.id)
        .where(StudyRow.id == study_id)
    ).first()
    if found is None:
        raise absent("study.absent", study_id)
    return Home(*found)


def critical(work: Work, actor: Actor, critical_id: str) -> CriticalView:
    """ABSENT `critical.absent` when there is none, or none that the actor may see."""
    row = work.session.execute(_statement().where(CriticalRow.id == critical_id)).one_or_none()
    if row is None or not permits(actor, "critical.see", _thing(work, row.CriticalRow.study_id)):
        raise absent("critical.absent", critical_id)
    return _views(work, actor, [row])[0]


def criticals(
    work: Work, actor: Actor, match: CriticalMatch = EVERY, cursor: str | None = None, limit: int = 50
) -> CriticalPage:
    """What the actor may see: what rings first, then what waits for an action, for an end; of these the gravest, the longest waiting
    first. Behind it what is over, the latest first. INVALID `field.choice`, `cursor.invalid`."""
    seen = visible(CriticalRow.study_id, actor, work.now, "critical.see")
    asked = [seen, *_asked(actor, match, work.now)]
    rows, more = page(work, _statement().where(*asked), _shelves(), cursor, max(1, min(limit, MOST_ROWS)))
    total = work.session.scalar(select(func.count()).select_from(CriticalRow).where(*asked)) or 0
    counts = _counts(work, seen) if match.state != HEAR else None
    return CriticalPage(tuple(_views(work, actor, rows)), more, total, counts)


def to_hear(work: Work, actor: Actor, limit: int = 50) -> list[CriticalView]:
    """What rings on the actor's screen now, the gravest and longest waiting first."""
    return list(criticals(work, actor, CriticalMatch(HEAR), None, limit).rows)


def to_act(work: Work, actor: Actor, limit: int = 50) -> list[CriticalView]:
    """What was read back and for which the actor's hospital has not said yet what is done, the oldest first."""
    seen = visible(CriticalRow.study_id, actor, work.now, "critical.act")
    wanted = _statement().where(CriticalRow.state == ACKNOWLEDGED, seen)
    rows = work.session.execute(wanted.order_by(CriticalRow.raised_at, CriticalRow.id).limit(limit)).all()
    return _views(work, actor, rows)


def to_close(work: Work, actor: Actor, limit: int = 50) -> list[CriticalView]:
    """For which the actor's hospital has said what is done, and not yet what became of the patient; the oldest first."""
    seen = visible(CriticalRow.study_id, actor, work.now, "critical.act")
    wanted = _statement().where(CriticalRow.state == ACTING, seen)
    rows = work.session.execute(wanted.order_by(CriticalRow.acted_at, CriticalRow.id).limit(limit)).all()
    return _views(work, actor, rows)


def critical_figures(work: Work, actor: Actor) -> Figures:
    """How quickly findings are read back: the share within ten minutes, and the median."""
    seen = and_(visible(CriticalRow.study_id, actor, work.now, "critical.see"), CriticalRow.state != WITHDRAWN)
    columns = (CriticalRow.raised_at, CriticalRow.acknowledged_at, CriticalRow.state, CriticalRow.escalated)
    rows = work.session.execute(select(*columns).where(seen, CriticalRow.raised_at > work.now - PERIOD)).all()
    took = [row.acknowledged_at - row.raised_at for row in rows if row.acknowledged_at]
    late = sum(1 for row in rows if not row.acknowledged_at and work.now - row.raised_at > TARGET)
    in_time, counted = sum(1 for time in took if time <= TARGET), len(took) + late
    still = select(func.count()).select_from(CriticalRow).where(seen, CriticalRow.state.not_in(OVER))
    return Figures(
        raised=len(rows), in_time=in_time, counted=counted,
        in_time_percent=round(100 * in_time / counted, 1) if counted else None,
        median_seconds=int(median(time.total_seconds() for time in took)) if took else None,
        closed=sum(1 for row in rows if row.state == lifecycle.CLOSED), escalated=sum(1 for row in rows if row.escalated),
        open=work.session.scalar(still) or 0,
    )  # fmt: skip


def _shelves() -> tuple[Shelf, ...]:
    over = CriticalRow.state.in_(OVER)
    waits = case((CriticalRow.state.in_(RINGING), 0), (CriticalRow.state == ACKNOWLEDGED, 1), else_=2)
    return (
        Shelf("open", not_(over), (waits, CriticalRow.level, CriticalRow.raised_at, CriticalRow.id)),
        Shelf("over", over, (CriticalRow.raised_at, CriticalRow.id), descending=True),
    )


def _asked(actor: Actor, match: CriticalMatch, now: datetime) -> list[ColumnElement[bool]]:
    if match.state not in ("", OPEN, HEAR):
        raise invalid("field.choice", f"state {match.state}", field="state")
    found: list[ColumnElement[bool]] = []
    found += [CriticalRow.state.not_in(OVER)] if match.state == OPEN else []
    found += [CriticalRow.state.in_(RINGING), _heard_by(actor, now)] if match.state == HEAR else []
    found += [CriticalRow.study_id == match.study_id] if match.study_id else []
    found += [matches(CriticalRow.study_id, match.q)] if match.q.strip() else []
    return found


def _counts(work: Work, seen: ColumnElement[bool]) -> dict[str, int]:
    is_open = func.coalesce(func.sum(case((CriticalRow.state.not_in(OVER), 1), else_=0)), 0)
    found = work.session.execute(select(func.count(), is_open).select_from(CriticalRow).where(seen)).one()
    return {"all": int(found[0]), OPEN: int(found[1])}


def _heard_by(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """The SQL twin of `lifecycle_critical.hears`."""
    study = CriticalRow.study_id
    return or_(
        visible(study, actor, now, "critical.hear"),
        and_(CriticalRow.escalated >= 1, visible(study, actor, now, "critical.hear_late")),
        and_(CriticalRow.escalated >= 3, visible(study, actor, now, "critical.hear_last")),
    )


_PEOPLE: Final = ("raised_by", "acknowledged_by", "acted_by", "closed_by")


def _statement() -> Any:
    site, reading = aliased(SiteRow), aliased(SiteRow)
    people = {name: aliased(PersonRow) for name in _PEOPLE}
    names = [person.name.label(name) for name, person in people.items()]
    wanted = (
        select(CriticalRow, StudyRow, site.name.label("site"), reading.name.label("reading_site"), *names)
        .join(StudyRow, StudyRow.id == CriticalRow.study_id)
        .join(site, site.id == CriticalRow.site_id)
        .join(reading, reading.id == CriticalRow.reading_site_id)
    )
    for name, person in people.items():
        wanted = wanted.outerjoin(person, person.id == getattr(CriticalRow, f"{name}_id"))
    return wanted


def _thing(work: Work, study_id: str) -> Thing:
    return Thing(study_id, shares_of(work, study_id))


def _views(work: Work, actor: Actor, rows: Sequence[Row[Any]]) -> list[CriticalView]:
    shares: dict[str, list[Share]] = {row.CriticalRow.study_id: [] for row in rows}
    columns = select(ShareRow.study_id, ShareRow.site_id, ShareRow.why, ShareRow.person_id)
    for study_id, site_id, why, person_id in work.session.execute(
        columns.where(ShareRow.study_id.in_(sorted(shares)), is_open(ShareRow, work.now))
    ):
        shares[study_id].append(Share(site_id, why, person_id))
    return [_view(actor, row, Thing(row.CriticalRow.study_id, shares[row.CriticalRow.study_id])) for row in rows]


def _view(actor: Actor, found: Row[Any], thing: Thing) -> CriticalView:
    row, study = found.CriticalRow, found.StudyRow
    rights = frozenset(verb for verb in RIGHTS if permits(actor, verb, thing))
    people = {name: _named(getattr(row, f"{name}_id"), getattr(found, name)) for name in _PEOPLE}
    return CriticalView(
        row=row, hear=lifecycle.hears(row, rights), patient=Patient(study.name_shown, study.in_doubt, study.sex, study.age, study.patient_number),
        modality=study.modality, description=study.description, site=Named(row.site_id, found.site),
        reading_site=Named(row.reading_site_id, found.reading_site), **people, verbs=lifecycle.offers(row, actor.id, rights),
    )  # fmt: skip


def _named(key: str | None, name: str | None) -> Any:
    return Named(key, name or "") if key else None
