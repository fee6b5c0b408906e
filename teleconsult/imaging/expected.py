"""What a study is going to hold, as somebody who knows has said: a modality's performed step, a sender, the images themselves."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

from sqlalchemy import ScalarSelect, Select, and_, bindparam, case, exists, func, or_, select, update

from teleconsult.imaging.expected_senders import KEPT_APART_AGAIN, SO_FAR, came, is_here, of_a_gateway, on_their_way
from teleconsult.imaging.lifecycle import RECEIVING
from teleconsult.imaging.tables import InstanceRow, StudyRow
from teleconsult.imaging.tables_identity import RejectionRow
from teleconsult.imaging.tables_orders import ExpectedRow, StepRow
from teleconsult.kernel.values import new_id
from teleconsult.records.insert import insert_new
from teleconsult.records.work import Work

OF_A_STEP: Final = "step:"
"""How the source of an expectation begins that a performed step makes; its UID follows."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Lacking:
    """A study is known to be incomplete: `here` of `expected` objects have come."""

    here: int
    expected: int


def expect(work: Work, site_id: str, study_uid: str, source: str, count: int, listed: Sequence[str] = ()) -> None:
    """The site's study will hold `count` objects, or exactly those `listed`. Said again by the same source it is what counts now."""
    values = {
        "id": new_id(), "site_id": site_id, "study_uid": study_uid, "source": source, "count": max(count, 1), "listed": list(listed),
        "at": work.now, "met_at": None,
    }  # fmt: skip
    if not insert_new(work.session, ExpectedRow, values, "site_id", "study_uid", "source"):
        same = (
            ExpectedRow.site_id == site_id, ExpectedRow.study_uid == study_uid, ExpectedRow.source == source,
        )  # fmt: skip
        changed = {name: values[name] for name in ("count", "listed", "at", "met_at")}
        work.session.execute(update(ExpectedRow).where(*same).values(**changed))


def settle_met(work: Work, now: datetime, limit: int = 100) -> int:
    """Let studies settle at once that have all they were expected to hold; how many expectations were met. Repeats safely.

    Whose sender is still at it may get more: that all of it so far is here settles nothing. A study for which another step is under way, or something else is still expected, waits for its quiet time as always.
    """
    found = work.session.execute(
        select(ExpectedRow, StudyRow.id)
        .join(StudyRow, and_(StudyRow.study_uid == ExpectedRow.study_uid, StudyRow.site_id == ExpectedRow.site_id))
        .where(ExpectedRow.met_at.is_(None), StudyRow.instance_count >= ExpectedRow.count)
        .where(or_(~of_a_gateway(), came() >= ExpectedRow.count))
        .order_by(ExpectedRow.at)
        .limit(limit)
    ).all()
    met = [(row, study_id) for row, study_id in found if _is_met(work, row, study_id)]
    for row, study_id in met:
        row.met_at = now
        work.session.flush()
        if not row.source.startswith(SO_FAR) and not _still_open(work, row):
            work.session.execute(
                update(StudyRow)
                .where(StudyRow.id == study_id, StudyRow.state == RECEIVING, StudyRow.settle_at > now)
                .values(settle_at=now),
                execution_options={"synchronize_session": False},
            )
    return len(met)


def lacking(work: Work, study_ids: Sequence[str]) -> dict[str, Lacking]:
    """Which of these studies lack objects that somebody has announced, by study: of several announcements, the one that lacks the most.
    Permits nothing.

    One statement for all of them; what several steps of a study list is taken together, and what several gateways still have. What was
    rejected has come, what lies in quarantine has not. A study that arrives for the first time lacks nothing yet.
    """
    if not study_ids:
        return {}
    unmet = _unmet(work.session.get_bind().dialect.name == "postgresql")
    found: dict[str, list[Lacking]] = {}
    steps, at_it = Counter[str](), dict[str, int]()
    for study_id, of_step, at_gateway, here, expected in work.session.execute(unmet, {"studies": list(study_ids)}):
        if at_gateway:
            at_it[study_id] = here
        elif here < expected:
            found.setdefault(study_id, []).append(Lacking(here, expected))
            steps[study_id] += of_step
    for study_id, count in on_their_way(work, list(at_it)).items() if at_it else ():
        if count > 0:
            found.setdefault(study_id, []).append(Lacking(at_it[study_id], at_it[study_id] + count))
    for study_id, count in steps.items():
        if count > 1:
            found[study_id].append(_of_all_steps(work, study_id))
    return {study_id: max(each, key=lambda one: one.expected - one.here) for study_id, each in found.items()}


def _of_all_steps(work: Work, study_id: str) -> Lacking:
    """What the steps of a study list that have not sent all, each object once."""
    study = work.get(StudyRow, study_id)
    lists = work.session.scalars(
        select(ExpectedRow.listed).where(
            ExpectedRow.study_uid == study.study_uid, ExpectedRow.site_id == study.site_id, ExpectedRow.met_at.is_(None),
            ExpectedRow.source.like(f"{OF_A_STEP}%"),
        )
    )  # fmt: skip
    listed = {uid for each in lists for uid in each}
    return Lacking(come(work, study_id, sorted(listed)), len(listed))


@cache
def _unmet(postgresql: bool) -> Select[str, bool, bool, int, int]:
    """Built once: every page of a list asks it, and mostly finds nothing."""
    listed = ExpectedRow.source.like(f"{OF_A_STEP}%")
    here = case((listed, _listed_here(postgresql)), else_=StudyRow.instance_count + _rejected()).label("here")
    return (
        select(StudyRow.id, listed.label("of_step"), of_a_gateway().label("at_gateway"), here, ExpectedRow.count)
        .join(ExpectedRow, and_(ExpectedRow.study_uid == StudyRow.study_uid, ExpectedRow.site_id == StudyRow.site_id))
        .where(StudyRow.id.in_(bindparam("studies", expanding=True)), ExpectedRow.met_at.is_(None))
        .where(or_(StudyRow.state != RECEIVING, StudyRow.prepared_at.is_not(None)))
        .order_by(ExpectedRow.count)
    )


def _listed_here(postgresql: bool) -> ScalarSelect[int]:
    """How many of the objects that an expectation lists have come. From the list to the objects: the other way it is read for each object."""
    values = func.jsonb_array_elements_text if postgresql else func.json_each
    uids = values(ExpectedRow.listed).table_valued("value")
    named = select(func.count(InstanceRow.id.distinct())).join_from(
        uids, InstanceRow, InstanceRow.sop_uid == uids.c.value
    )
    return (
        named.where(InstanceRow.study_id == StudyRow.id, is_here()).correlate(StudyRow, ExpectedRow).scalar_subquery()
    )


def _rejected() -> ScalarSelect[int]:
    """How many objects of a study have come and been rejected; the notes that say so are no part of what was announced."""
    counted = select(func.count()).where(
        RejectionRow.study_id == StudyRow.id,
        RejectionRow.lifted_at.is_(None),
        RejectionRow.code != KEPT_APART_AGAIN,
        InstanceRow.id == RejectionRow.instance_id,
        InstanceRow.sop_uid != RejectionRow.note_sop_uid,
    )
    return counted.correlate(StudyRow).scalar_subquery()


def counted(work: Work, study_id: str) -> int:
    """How many objects of a study have come, as `lacking` compares it with a bare number."""
    found = select(StudyRow.instance_count + _rejected()).where(StudyRow.id == study_id)
    return work.session.scalars(found).one()


def _is_met(work: Work, row: ExpectedRow, study_id: str) -> bool:
    return come(work, study_id, row.listed) >= len(row.listed)


def come(work: Work, study_id: str, uids: Sequence[str]) -> int:
    """How many of these objects the study holds."""
    here = 0
    for start in range(0, len(uids), _AT_ONCE):
        some = uids[start : start + _AT_ONCE]
        among = select(func.count()).where(InstanceRow.study_id == study_id, InstanceRow.sop_uid.in_(some), is_here())
        here += work.session.scalar(among) or 0
    return here


def _still_open(work: Work, row: ExpectedRow) -> bool:
    """Whether anything else is expected for the study, or a step of it is under way."""
    other = exists().where(
        ExpectedRow.study_uid == row.study_uid, ExpectedRow.site_id == row.site_id, ExpectedRow.met_at.is_(None)
    )
    if work.session.scalar(select(other)):
        return True
    under_way = select(StepRow.study_uids).where(StepRow.site_id == row.site_id, StepRow.state == "in_progress")
    return any(row.study_uid in uids for uids in work.session.scalars(under_way))
