"""Reads of critical findings: which ring, which are open, how quickly they were answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.orm import aliased

from teleconsult.access import Actor, Share, Thing, permits, shares_of, visible
from teleconsult.access.shares import is_open
from teleconsult.access.tables import PersonRow, ShareRow, SiteRow
from teleconsult.imaging.tables import StudyRow
from teleconsult.kernel.errors import absent
from teleconsult.reading.queries import Named
from teleconsult.reading.tables import TaskRow
from teleconsult.records.work import Work
from teleconsult.reporting import lifecycle_critical as lifecycle
from teleconsult.reporting.lifecycle_critical import OVER, RINGING, TARGET, WITHDRAWN
from teleconsult.reporting.tables import CriticalRow, ReportRow

RIGHTS: Final = (
    "critical.raise", "critical.acknowledge", "critical.act", "critical.hear", "critical.hear_late", "critical.hear_last",
)  # fmt: skip
PERIOD: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Home:
    """Where a finding of a study belongs: the hospital that made it, who reads it, the report if one is begun."""

    site_id: str
    reading_site_id: str | None
    report_id: str | None


@dataclass(frozen=True, slots=True)
class CriticalView:
    """A critical finding as screens show it. `hear`: it rings on this person's screen now."""

    id: str
    version: int
    study_id: str
    report_id: str | None
    case_id: str | None
    item: str
    level: int
    text: str
    state: str
    escalated: int
    hear: bool
    patient_name: str
    sex: str
    age: str
    patient_number: str
    modality: str
    description: str
    site: Named
    reading_site: Named
    raised_by: Named
    raised_at: datetime
    notified_at: datetime | None
    acknowledged_by: Named | None
    acknowledged_at: datetime | None
    read_back: str | None
    action: str | None
    action_text: str | None
    acted_by: Named | None
    acted_at: datetime | None
    outcome: str | None
    outcome_text: str | None
    closed_by: Named | None
    closed_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_reason: str | None
    look_at: datetime | None
    verbs: tuple[str, ...]


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
    work: Work, actor: Actor, *, open_only: bool = False, study_id: str = "", limit: int = 200
) -> list[CriticalView]:
    """What the actor may see, the latest first; `open_only` leaves out what is closed or withdrawn."""
    wanted = _statement().where(visible(CriticalRow.study_id, actor, work.now, "critical.see"))
    if open_only:
        wanted = wanted.where(CriticalRow.state.not_in(OVER))
    if study_id:
        wanted = wanted.where(CriticalRow.study_id == study_id)
    rows = work.session.execute(wanted.order_by(CriticalRow.raised_at.desc(), CriticalRow.id).limit(limit)).all()
    return _views(work, actor, rows)


def to_hear(work: Work, actor: Actor, limit: int = 50) -> list[CriticalView]:
    """What rings on the actor's screen now, the most urgent and longest waiting first."""
    wanted = _statement().where(CriticalRow.state.in_(RINGING), _heard_by(actor, work.now))
    rows = work.session.execute(
        wanted.order_by(CriticalRow.level, CriticalRow.raised_at, CriticalRow.id).limit(limit)
    ).all()
    return _views(work, actor, rows)


def to_act(work: Work, actor: Actor, limit: int = 50) -> list[CriticalView]:
    """What was read back and waits for an action or an outcome from the actor's hospital, the oldest first."""
    seen = visible(CriticalRow.study_id, actor, work.now, "critical.act")
    wanted = _statement().where(CriticalRow.state.not_in((*RINGING, *OVER)), seen)
    rows = work.session.execute(wanted.order_by(CriticalRow.raised_at, CriticalRow.id).limit(limit)).all()
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
    return CriticalView(
        id=row.id, version=row.version, study_id=row.study_id, report_id=row.report_id, case_id=row.case_id,
        item=row.item, level=row.level, text=row.text, state=row.state, escalated=row.escalated,
        hear=lifecycle.hears(row, rights), patient_name=study.name_shown, sex=study.sex, age=study.age,
        patient_number=study.patient_number, modality=study.modality, description=study.description,
        site=Named(row.site_id, found.site), reading_site=Named(row.reading_site_id, found.reading_site),
        **{name: _named(getattr(row, f"{name}_id"), getattr(found, name)) for name in _PEOPLE},
        raised_at=row.raised_at, notified_at=row.notified_at, acknowledged_at=row.acknowledged_at, read_back=row.read_back,
        action=row.action, action_text=row.action_text, acted_at=row.acted_at, outcome=row.outcome,
        outcome_text=row.outcome_text, closed_at=row.closed_at, withdrawn_at=row.withdrawn_at,
        withdrawn_reason=row.withdrawn_reason, look_at=row.look_at, verbs=lifecycle.offers(row, actor.id, rights),
    )  # fmt: skip


def _named(key: str | None, name: str | None) -> Any:
    return Named(key, name or "") if key else None
