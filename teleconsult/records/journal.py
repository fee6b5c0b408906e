"""The journal hands out what is owed. The broker may lose a message; the journal gives it out again.

A delivery is due until its job marks it done. The relay hands it to the broker (`due`), a worker takes a lease (`take`), keeps it
alive (`extend`), does the effect, then marks (`done`). A worker that dies leaves a lease that runs out, and the delivery is due again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, Select, String, exists, func, literal_column, or_, select, update

from teleconsult.kernel.values import new_id
from teleconsult.records.tables import DeliveryRow, FactRow
from teleconsult.records.work import Work

MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery under this runner's lease, with its fact."""

    delivery_id: str
    runner: str
    job: str
    tries: int
    fact: FactRow


def due(work: Work, limit: int = 100, handed_for: float = 30.0) -> Sequence[DeliveryRow]:
    """Deliveries that nobody is at, oldest first, marked as handed out for `handed_for` seconds."""
    rows = work.session.scalars(
        select(DeliveryRow)
        .where(
            DeliveryRow.state == "due",
            DeliveryRow.next_try <= work.now,
            or_(DeliveryRow.handed_until.is_(None), DeliveryRow.handed_until < work.now),
            or_(DeliveryRow.lease_until.is_(None), DeliveryRow.lease_until < work.now),
        )
        .order_by(DeliveryRow.next_try)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.handed_until = work.now + timedelta(seconds=handed_for)
    return rows


def take(work: Work, delivery_id: str, lease_for: float) -> Taken | None:
    """Begin a try. None when it is done, parked, under another's live lease, or out of tries (then it is parked)."""
    row = work.session.scalars(select(DeliveryRow).where(DeliveryRow.id == delivery_id).with_for_update()).one_or_none()
    if row is None or row.state != "due" or (row.lease_until is not None and row.lease_until >= work.now):
        return None
    if row.tries >= MOST_TRIES:
        row.state, row.error_code = "parked", row.error_code or "job.crashed"
        row.error = row.error or f"ended without a word {row.tries} times"
        return None
    row.tries, row.runner, row.lease_until = row.tries + 1, new_id(), work.now + timedelta(seconds=lease_for)
    fact = work.session.get_one(FactRow, row.fact_seq)
    return Taken(row.id, row.runner, row.job, row.tries, fact)


def extend(work: Work, taken: Taken, lease_for: float) -> bool:
    """Keep the lease alive; False when it was lost to another runner."""
    return _change(work, taken, lease_until=work.now + timedelta(seconds=lease_for))


def done(work: Work, taken: Taken) -> None:
    """The effect is there. Marks it done whoever holds the lease by now: effects repeat safely, marks are final."""
    work.session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.id == taken.delivery_id)
        .values(state="done", lease_until=None, error=None, error_code=None)
    )


def failed(work: Work, taken: Taken, code: str, error: str, *, park: bool, retry_in: float = 0.0) -> None:
    """This try failed: park it with the reason, or try again in `retry_in` seconds (parked after the last try)."""
    park = park or taken.tries >= MOST_TRIES
    _change(
        work, taken, state="parked" if park else "due", next_try=work.now + timedelta(seconds=retry_in),
        handed_until=None, lease_until=None, error_code=code, error=error[:4000],
    )  # fmt: skip


def _change(work: Work, taken: Taken, **values: object) -> bool:
    statement = update(DeliveryRow).where(
        DeliveryRow.id == taken.delivery_id, DeliveryRow.runner == taken.runner, DeliveryRow.state == "due"
    )
    outcome = work.session.execute(statement.values(**values))
    return isinstance(outcome, CursorResult) and outcome.rowcount == 1


def retry(work: Work, delivery_id: str) -> bool:
    """Somebody looked into it: a parked delivery is due again, with all its tries."""
    statement = update(DeliveryRow).where(DeliveryRow.id == delivery_id, DeliveryRow.state == "parked")
    outcome = work.session.execute(
        statement.values(state="due", tries=0, next_try=work.now, handed_until=None, lease_until=None)
    )
    return isinstance(outcome, CursorResult) and outcome.rowcount == 1


def parked(work: Work, limit: int = 200) -> Sequence[tuple[DeliveryRow, FactRow]]:
    """What was given up on, newest first, with the fact it is owed to."""
    statement = (
        select(DeliveryRow, FactRow)
        .join(FactRow, FactRow.seq == DeliveryRow.fact_seq)
        .where(DeliveryRow.state == "parked")
    )
    return [
        (delivery, fact) for delivery, fact in work.session.execute(statement.order_by(FactRow.seq.desc()).limit(limit))
    ]


def studies_owed(*jobs: str) -> tuple[Select[str | None], ...]:
    """The studies for whose facts one of the jobs is still due or was given up: two selects, each by an index that holds nothing else."""
    of_study = select(FactRow.study_id).join(DeliveryRow, DeliveryRow.fact_seq == FactRow.seq)
    # Spelt out and not bound: only so does SQLite see that its partial index holds these rows.
    due, parked = (DeliveryRow.state == literal_column(state, String) for state in ("'due'", "'parked'"))
    return tuple(of_study.where(state, DeliveryRow.job.in_(jobs)) for state in (due, parked))


def is_owed(work: Work, study_id: str, after: int, *jobs: str) -> bool:
    """Whether one of the jobs is still due, or was given up, for a later version of the study than `after`."""
    of_study = select(DeliveryRow.id).join(FactRow, FactRow.seq == DeliveryRow.fact_seq)
    open_ones = of_study.where(FactRow.study_id == study_id, FactRow.version > after, DeliveryRow.state != "done")
    return bool(work.session.scalar(select(open_ones.where(DeliveryRow.job.in_(jobs)).exists())))


def fact_of(work: Work, delivery_id: str) -> FactRow | None:
    """The fact that a delivery is owed to."""
    owed = select(FactRow).join(DeliveryRow, DeliveryRow.fact_seq == FactRow.seq)
    return work.session.scalars(owed.where(DeliveryRow.id == delivery_id)).one_or_none()


def facts_after(work: Work, seq: int, limit: int = 500) -> Sequence[FactRow]:
    return work.session.scalars(select(FactRow).where(FactRow.seq > seq).order_by(FactRow.seq).limit(limit)).all()


def last_seq(work: Work) -> int:
    return work.session.execute(select(func.coalesce(func.max(FactRow.seq), 0))).scalar_one()


def timeline(work: Work, study_id: str) -> Sequence[FactRow]:
    """Everything that happened to a study, in order. The caller has asked `access.permit`."""
    return work.session.scalars(select(FactRow).where(FactRow.study_id == study_id).order_by(FactRow.seq)).all()


def of_subject(work: Work, subject: str, subject_id: str, *names: str) -> Sequence[FactRow]:
    """Which of these have happened to the subject, latest first."""
    of_it = (FactRow.subject == subject, FactRow.subject_id == subject_id, FactRow.name.in_(names))
    return work.session.scalars(select(FactRow).where(*of_it).order_by(FactRow.seq.desc())).all()


def has_since(work: Work, subject: str, subject_id: str, name: str, actor_id: str, since: datetime) -> bool:
    """Whether this actor has had this happen to the subject after `since`."""
    of_actor = (
        FactRow.subject == subject,
        FactRow.subject_id == subject_id,
        FactRow.name == name,
        FactRow.actor_id == actor_id,
    )
    return bool(work.session.scalar(select(exists().where(*of_actor, FactRow.at > since))))


def last_at(work: Work, study_id: str, name: str, actor_id: str) -> datetime | None:
    """When this actor last had this happen to the study."""
    of_actor = (FactRow.study_id == study_id, FactRow.name == name, FactRow.actor_id == actor_id)
    return work.session.scalar(select(FactRow.at).where(*of_actor).order_by(FactRow.seq.desc()).limit(1))
