"""The parts of the worklist's statement: who sees what, what was asked for, in which order, from where on."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, Select, and_, exists, false, literal_column, or_, select, true, tuple_, union
from sqlalchemy.orm import aliased

from teleconsult.access import Actor, visible
from teleconsult.access.rights import ORIGIN, READING, WITH_STUDY
from teleconsult.access.tables import AgreementRow
from teleconsult.imaging.find_typed import begins, called, spellings
from teleconsult.imaging.merge import people_begun
from teleconsult.imaging.tables import StudyNameRow, StudyRow
from teleconsult.kernel.errors import invalid
from teleconsult.reading.lifecycle import CLOSED, OPEN, REPORTED, RETURNED
from teleconsult.reading.tables import TaskRow, WaitingRow
from teleconsult.records.journal import studies_owed
from teleconsult.records.work import Work
from teleconsult.reporting.tables import ReportRow

RECEIVING, UNROUTED, REVIEW = "receiving", "unrouted", "review"
STATES: Final = (*OPEN, *CLOSED, RECEIVING, UNROUTED, REVIEW)
SORTS: Final = ("due", "arrived", "name")
SPLIT_SITES: Final = 8
"""Up to so many sites each get a branch of their own, which reads its index in order and stops at the page's end."""

MOST_MATCHES: Final = 5000

Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Filter:
    """What is asked for. No states: all that is open, with what is still receiving or waits for an agreement.

    `review` stands for reports that this person could review. `q` is the beginning of a name (Chinese, pinyin, initials),
    of a patient number, also of another one of the same person, or of an accession number.
    """

    states: tuple[str, ...] = ()
    modality: str = ""
    site_id: str = ""
    priority: str = ""
    q: str = ""
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """`sort` is due, arrived or name; the study's id settles what is equal, so that no row is shown twice or missed."""

    sort: str = "due"
    descending: bool = False


def checked(asked: Filter, order: Order) -> None:
    """INVALID `field.choice` (field) for an unknown state or sort."""
    unknown = set(asked.states) - set(STATES)
    if unknown:
        raise invalid("field.choice", f"state {min(unknown)}", field="state")
    if order.sort not in SORTS:
        raise invalid("field.choice", f"sort {order.sort}", field="sort")


def read_cursor(cursor: str, order: Order) -> tuple[Any, str]:
    """The key and id after which the page begins. INVALID `cursor.invalid` for one of another order, or of nobody's."""
    try:
        sort, descending, key, study_id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        if [sort, descending] != [order.sort, order.descending]:
            raise ValueError("of another order")
        return (key if sort == "name" else datetime.fromisoformat(key)), str(study_id)
    except (ValueError, TypeError, binascii.Error) as error:
        raise invalid("cursor.invalid", str(error)) from error


def write_cursor(order: Order, key: Any, study_id: str) -> str:
    spelt = key.isoformat() if isinstance(key, datetime) else key
    return base64.urlsafe_b64encode(json.dumps([order.sort, order.descending, spelt, study_id]).encode()).decode()


def grounds(work: Work, actor: Actor) -> Sequence[Condition]:
    """Why the actor may see tasks, as conditions that an index serves one by one; together with `visible` they are the truth."""
    sees = WITH_STUDY["study.see"]
    if actor.kind == "system" or any(actor.everywhere(*roles) for roles in sees.values()):
        # Every task is read by somebody, and few sites read.
        readers = sorted(work.session.scalars(select(AgreementRow.reading_site_id).distinct()))
        return tuple(TaskRow.reading_site_id == site for site in readers) or (false(),)
    found: list[Condition] = []
    for why, column in ((READING, TaskRow.reading_site_id), (ORIGIN, TaskRow.requesting_site_id)):
        roles = sees[why]
        sites = sorted(actor.sites(*roles))
        found += [column == site for site in sites] if len(sites) <= SPLIT_SITES else [column.in_(sites)]
    return tuple(found) or (false(),)


def are_sure(actor: Actor) -> bool:
    """Whether `grounds` alone are the truth. What a site made or reads it has until the end (`access.shares`: no cause closes these), so
    that who holds a role at it sees every such task; a role in the whole alliance may see for other reasons alone."""
    return actor.kind == "person" and not any(actor.everywhere(*roles) for roles in WITH_STUDY["study.see"].values())


def task_conditions(asked: Filter, actor: Actor, now: datetime) -> list[Condition]:
    """What a task must meet besides a state (`in_states`) and a ground (`grounds`)."""
    found = [visible(TaskRow.study_id, actor, now, of_few=True)]
    if asked.modality:
        found.append(TaskRow.modality == asked.modality)
    if asked.site_id:
        found.append(TaskRow.requesting_site_id == asked.site_id)
    if asked.priority:
        found.append(TaskRow.priority == asked.priority)
    return found


def mine(actor: Actor) -> Sequence[Condition]:
    """What the actor reads or read, returned, or reviews or reviewed: in the place of `grounds`, each by its own index."""
    reviewed = select(ReportRow.task_id).where(ReportRow.reviewer_id == actor.id)
    returned = and_(TaskRow.state == RETURNED, TaskRow.returned_by_id == actor.id)
    return (TaskRow.reader_id == actor.id, returned, TaskRow.id.in_(reviewed))


def to_review(actor: Actor) -> Condition:
    return and_(TaskRow.state == REPORTED, TaskRow.reader_id != actor.id)


def in_states(states: Sequence[str], actor: Actor) -> Sequence[tuple[bool, Condition]]:
    """The states asked for: at most one condition for open tasks (True) and one for closed ones, each at the head of an index."""
    if not states:
        return ((True, TaskRow.is_open.is_(True)),)
    found: list[tuple[bool, Condition]] = []
    for group, is_open in ((OPEN, True), (CLOSED, False)):
        asked = [state for state in group if state in states]
        parts: list[Condition] = [TaskRow.state.in_(asked)] if asked else []
        if is_open and REVIEW in states:
            parts.append(to_review(actor))
        if parts:
            exactly = true() if len(asked) == len(group) else or_(*parts)
            found.append((is_open, and_(TaskRow.is_open.is_(is_open), exactly)))
    return found


def waiting() -> Select[str]:
    """The studies that no agreement sends anywhere."""
    return select(WaitingRow.study_id).where(WaitingRow.routed_at.is_(None))


def _either(sources: Sequence[Select[Any]]) -> Any:
    return union(*sources) if len(sources) > 1 else sources[0]


def unopened(asked: Filter, actor: Actor, now: datetime, few: Sequence[str] | None = None) -> list[Condition] | None:
    """Conditions on studies without a task; None when they are not asked for. `few`: all such ids, where they were looked up before."""
    kinds = {RECEIVING, UNROUTED} & set(asked.states) if asked.states else {RECEIVING, UNROUTED}
    if not kinds or asked.mine:
        return None
    no_task = ~select(TaskRow.id).where(TaskRow.study_id == StudyRow.id).exists()
    on_the_way = [
        # Spelt out and not bound: only so does SQLite see that its partial index holds these rows.
        select(StudyRow.id).where(StudyRow.state == literal_column("'receiving'")),
        # Until the relay has had them prepared and routed they would stand nowhere, however long it is away.
        *studies_owed("prepare", "route"),
    ]
    sources = [*(on_the_way if RECEIVING in kinds else []), *([waiting()] if UNROUTED in kinds else [])]
    found = [
        visible(StudyRow.id, actor, now),
        StudyRow.id.in_(few if few is not None and kinds == {RECEIVING, UNROUTED} else _either(sources)),
        no_task,
    ]
    if kinds == {RECEIVING}:
        found.append(StudyRow.id.not_in(waiting()))
    found += [StudyRow.modality == asked.modality] if asked.modality else []
    found += [StudyRow.site_id == asked.site_id] if asked.site_id else []
    found += [StudyRow.priority == asked.priority] if asked.priority else []
    found += [matches(StudyRow.id, asked.q)] if asked.q.strip() else []
    return found


def beyond(key: Any, study_id: Any, order: Order, after: tuple[Any, str] | None) -> Condition:
    """Only what comes after the cursor."""
    if after is None:
        return true()
    here, there = tuple_(key, study_id), tuple_(*after)
    return here < there if order.descending else here > there


def matches(study_id: Any, q: str) -> Condition:
    """Whether one study matches `q`: for the few rows that are open."""
    named = aliased(StudyRow)
    return or_(
        exists().where(StudyNameRow.study_id == study_id, called(StudyNameRow.key, q)),
        exists().where(
            named.id == study_id,
            or_(
                *(
                    begins(column, word)
                    for column in (named.patient_number, named.accession)
                    for word in spellings(q.strip())
                ),
                named.patient_id.in_(people_begun(q.strip())),
            ),
        ),
    )


def matching(q: str) -> CTE:
    """The studies that match `q`, each way by an index of its own: for the many that are closed. At most `MOST_MATCHES`
    each way, so that a single letter does not gather a year. Every number of a merged person is a way to all their studies."""
    word, numbers = q.strip(), (StudyRow.patient_number, StudyRow.accession)
    ways = (
        select(StudyNameRow.study_id).where(called(StudyNameRow.key, word)).order_by(StudyNameRow.key),
        *(
            select(StudyRow.id).where(begins(column, spelt)).order_by(column)
            for column in numbers
            for spelt in spellings(word)
        ),
        select(StudyRow.id).where(StudyRow.patient_id.in_(people_begun(word))),
    )
    return union(*(select(way.limit(MOST_MATCHES).subquery()) for way in ways)).cte("matching")
