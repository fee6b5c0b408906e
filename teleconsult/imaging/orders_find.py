"""The worklist of a site's devices: ordered examinations that are still to be made (PS3.4 K.6.1.2). Only the caller's own site is searched."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, or_, select

from teleconsult.access import Actor, of_site
from teleconsult.imaging import find_names
from teleconsult.imaging.find import FIRST, Page
from teleconsult.imaging.find_match import key_like, ranged, wildcard
from teleconsult.imaging.orders_lifecycle import IN_PROGRESS, ON_THE_WORKLIST, SCHEDULED
from teleconsult.imaging.tables_orders import OrderNameRow, OrderRow
from teleconsult.records.work import Work

STATUS = {SCHEDULED: "SCHEDULED", IN_PROGRESS: "STARTED"}
"""(0040,0020) of a scheduled step, by the order's state."""
PRIORITY = {"STAT": "STAT", "URGENT": "HIGH", "ROUTINE": "ROUTINE"}
"""(0040,1003) of a requested procedure, by the order's priority."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a device asks; an empty value matches everything. Dates are (first, last) as YYYYMMDD, times as HHMMSS.

    A date range and a time range together mean one stretch of time, from the first time of the first day on (PS3.4 table K.6-1).
    """

    name: str = ""
    patient_number: str = ""
    birth_dates: tuple[str, str] | None = None
    sex: str = ""
    accession: str = ""
    requested: str = ""
    study_uids: Sequence[str] = ()
    station: str = ""
    modality: str = ""
    dates: tuple[str, str] | None = None
    times: tuple[str, str] | None = None
    physician: str = ""
    step: str = ""
    status: str = ""
    priority: str = ""


def worklist(work: Work, actor: Actor, wanted: Wanted, page: Page = FIRST) -> tuple[tuple[OrderRow, ...], bool]:
    """The orders by their time, and whether there are more. An order without a station is for each of its site's stations."""
    query = select(OrderRow).where(of_site(OrderRow.site_id, actor, "order.find"), *_matching(work, actor, wanted))
    query = query.order_by(OrderRow.scheduled_date, OrderRow.scheduled_time, OrderRow.id)
    rows = work.session.scalars(query.limit(page.limit + 1).offset(page.offset)).all()
    return tuple(rows[: page.limit]), len(rows) > page.limit


def _matching(work: Work, actor: Actor, wanted: Wanted) -> list[ColumnElement[bool]]:
    texts = (
        (OrderRow.patient_number, wanted.patient_number), (OrderRow.sex, wanted.sex), (OrderRow.accession, wanted.accession),
        (OrderRow.accession, wanted.requested), (OrderRow.accession, wanted.step), (OrderRow.modality, wanted.modality),
    )  # fmt: skip
    found = [wildcard(column, asked) for column, asked in texts if asked]
    states = [state for state in ON_THE_WORKLIST if not wanted.status or _fits(wanted.status, STATUS[state])]
    found.append(OrderRow.state.in_(states))
    if wanted.priority:
        found.append(OrderRow.priority.in_([ours for ours, said in PRIORITY.items() if _fits(wanted.priority, said)]))
    found += [or_(OrderRow.station == "", wildcard(OrderRow.station, wanted.station))] if wanted.station else []
    found += [OrderRow.study_uid.in_(wanted.study_uids)] if wanted.study_uids else []
    found += [ranged(OrderRow.birth_date, wanted.birth_dates)] if wanted.birth_dates else []
    found += [_when(wanted)] if wanted.dates or wanted.times else []
    if wanted.name.strip("*^= "):
        keys = [key_like(OrderNameRow.key, pattern) for pattern in find_names.patterns(wanted.name)]
        found.append(OrderRow.id.in_(select(OrderNameRow.order_id).where(or_(false(), *keys))))
    if wanted.physician.strip("*^= "):
        found.append(OrderRow.physician.in_(_physicians(work, actor, wanted.physician)))
    return found


def _when(wanted: Wanted) -> ColumnElement[bool]:
    dates, times = wanted.dates or ("", ""), wanted.times or ("", "")
    if dates[0] == dates[1] or times[0] == times[1] or not wanted.dates or not wanted.times:
        both = [ranged(OrderRow.scheduled_date, dates)] if wanted.dates else []
        return and_(*both, *([ranged(OrderRow.scheduled_time, times)] if wanted.times else []))
    day, time = OrderRow.scheduled_date, OrderRow.scheduled_time
    since = or_(day > dates[0], and_(day == dates[0], time >= times[0]))
    until = or_(day < dates[1], and_(day == dates[1], time <= (times[1] or "235959"))) if dates[1] else day > ""
    return and_(since, until)


def _physicians(work: Work, actor: Actor, asked: str) -> list[str]:
    """Those of the site whose name matches in any writing. They are few, so they are looked at one by one."""
    patterns = [_pattern(pattern) for pattern in find_names.patterns(asked)]
    known = select(OrderRow.physician).where(of_site(OrderRow.site_id, actor, "order.find")).distinct()
    return [
        name
        for name in work.session.scalars(known)
        if any(pattern.fullmatch(key) for key in find_names.keys(name) for pattern in patterns)
    ]


def _fits(asked: str, said: str) -> bool:
    return _pattern(asked.upper()).fullmatch(said) is not None


def _pattern(wild: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(each, re.escape(each)) for each in wild), re.DOTALL)
