"""How long a study is waited for that is known to lack objects: for its patience since the first that nobody could see yet, however slowly
the others come. Then whoever reads sees it with what it lacks."""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, literal_column, or_, select, update

from teleconsult.imaging.expected import OF_A_STEP
from teleconsult.imaging.expected_senders import SO_FAR, came, of_a_gateway
from teleconsult.imaging.lifecycle import RECEIVING
from teleconsult.imaging.tables import InstanceRow, StudyRow
from teleconsult.imaging.tables_orders import ExpectedRow
from teleconsult.records import FactRow
from teleconsult.records.schema import Instant
from teleconsult.records.work import Work

PATIENCE: Final = timedelta(seconds=300)
STAT_PATIENCE: Final = timedelta(seconds=100)
"""Five times the usual quiet time. Moved by nothing but a settling."""
_DECLARED: Final = "images"
_SETTLED, _PREPARED = "StudySettled", "StudyPrepared"
_EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


def is_awaited(now: datetime) -> ColumnElement[bool]:
    """True for studies that lack objects which a modality has listed, or which a sender has that is at it, as long as it is worth waiting.

    Another bare number only lets a study settle early: what a sender counted may lie in quarantine and never make it full. What images
    declare of themselves is waited for once the study can be read, so that it is not made ready for each of them.
    """
    bare = or_(
        ExpectedRow.source.like(f"{SO_FAR}%"), and_(ExpectedRow.source == _DECLARED, StudyRow.prepared_at.is_not(None))
    )
    is_short = StudyRow.instance_count < ExpectedRow.count
    return and_(StudyRow.last_arrival_at > _long_ago(now), _lacks(and_(bare, is_short)), ~_unseen_for_long(now))


def settle_overdue(work: Work, now: datetime, limit: int = 100) -> int:
    """Let studies settle with what they have whose images come so slowly that the quiet time never ends; how many. Repeats safely.

    Only such as are known to lack some: they say so. Never before the last settling has been made ready, so that a slow machine gets on.
    """
    overdue = (
        select(StudyRow.id)
        # Spelt out and not bound: so SQLite sees that its partial index holds these rows.
        .where(StudyRow.state == literal_column(f"'{RECEIVING}'"), StudyRow.settle_at > now)
        .where(StudyRow.arrived_at <= _long_ago(now), _lacks(StudyRow.instance_count < ExpectedRow.count))
        .where(~_is_being_made_ready(), _unseen_for_long(now))
        .order_by(StudyRow.settle_at)
        .limit(limit)
    )
    found = work.session.scalars(overdue).all()
    if found:
        work.session.execute(
            update(StudyRow)
            .where(StudyRow.id.in_(found), StudyRow.state == RECEIVING, StudyRow.settle_at > now)
            .values(settle_at=now),
            execution_options={"synchronize_session": False},
        )
    return len(found)


def _lacks(bare: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the study lacks what a step lists, what a gateway still has, or a `bare` number."""
    return exists().where(
        ExpectedRow.study_uid == StudyRow.study_uid,
        ExpectedRow.site_id == StudyRow.site_id,
        ExpectedRow.met_at.is_(None),
        or_(ExpectedRow.source.like(f"{OF_A_STEP}%"), bare, and_(of_a_gateway(), came() < ExpectedRow.count)),
    )


def _long_ago(now: datetime) -> ColumnElement[datetime]:
    stat, other = (literal(now - patience, Instant()) for patience in (STAT_PATIENCE, PATIENCE))
    return case((StudyRow.priority == "STAT", stat), else_=other)


def _unseen_for_long(now: datetime) -> ColumnElement[bool]:
    """Whether an object came that long ago and after the study settled last."""
    settled = select(func.max(FactRow.at)).where(*_of_the_study(), FactRow.name == _SETTLED).correlate(StudyRow)
    return exists().where(
        InstanceRow.study_id == StudyRow.id,
        InstanceRow.arrived_at <= _long_ago(now),
        InstanceRow.arrived_at > func.coalesce(settled.scalar_subquery(), literal(_EVER, Instant())),
    )


def _is_being_made_ready() -> ColumnElement[bool]:
    """Whether what the study had when it settled last is still to be prepared."""
    last = (
        select(FactRow.name)
        .where(*_of_the_study(), FactRow.name.in_((_SETTLED, _PREPARED)))
        .order_by(FactRow.seq.desc())
        .limit(1)
        .correlate(StudyRow)
    )
    return func.coalesce(last.scalar_subquery(), "") == _SETTLED


def _of_the_study() -> tuple[ColumnElement[bool], ...]:
    return FactRow.subject == "study", FactRow.subject_id == StudyRow.id
