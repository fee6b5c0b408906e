"""One search for QIDO-RS, C-FIND and the screens (PS3.4 C.2.2.2, PS3.18 10.6).

Only what the actor may see is searched. Names are found by any writing, by pinyin and by initials, in any case.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from teleconsult.access import Actor, visible
from teleconsult.imaging.find_match import named, names_like, ranged, wildcard
from teleconsult.imaging.find_numbers import Number
from teleconsult.imaging.find_typed import plain
from teleconsult.imaging.merge import people_begun, same_people
from teleconsult.imaging.rejection import shown
from teleconsult.imaging.tables import InstanceRow, PatientRow, SeriesRow, StudyNameRow, StudyRow
from teleconsult.records.work import Work

Column = InstrumentedAttribute[Any]


@dataclass(frozen=True, slots=True)
class Match:
    """What is asked; an empty value matches everything. `*` and `?` are wildcards where text is matched.

    Dates are (first, last) as YYYYMMDD, times (first, last) as HHMMSS, either end may be empty. `any_of` is what people
    type into one box: part of a name in any writing, or the beginning of a patient number or accession number.
    """

    name: str = ""
    patient_number: str = ""
    issuer: str = ""
    birth_dates: tuple[str, str] | None = None
    sex: str = ""
    accession: str = ""
    study_number: str = ""
    study_uids: Sequence[str] = ()
    study_dates: tuple[str, str] | None = None
    study_times: tuple[str, str] | None = None
    description: str = ""
    referring: str = ""
    institution: str = ""
    modalities: Sequence[str] = ()
    site_ids: Sequence[str] = ()
    states: Sequence[str] = ()
    any_of: str = ""
    series_uids: Sequence[str] = ()
    series_modality: str = ""
    series_description: str = ""
    series_number: int | None = None
    body_part: str = ""
    sop_uids: Sequence[str] = ()
    sop_classes: Sequence[str] = ()
    instance_number: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """`limit` rows after the first `offset`; with `total` also how many there are in all."""

    limit: int = 100
    offset: int = 0
    total: bool = False


FIRST = Page()
_LEAST_AT_ONCE, _MOST_AT_ONCE = 50, 1000


class Found(NamedTuple):
    """One row of an answer; `series`, `instance` and the patient's `others` only where these were asked for."""

    study: StudyRow
    series: SeriesRow | None = None
    instance: InstanceRow | None = None
    others: tuple[Number, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """`more`: there are rows after these. `total` is None where it was not asked for."""

    items: tuple[Found, ...]
    more: bool
    total: int | None = None


def studies(work: Work, actor: Actor, match: Match, page: Page = FIRST) -> Answer:
    """Studies, the latest first."""
    by_name = _is_named(match) and not page.total
    asked = replace(match, name="") if by_name else match
    query = select(StudyRow).where(*_of_study(work, actor, asked), *_has_modalities(match))
    if match.series_uids:
        query = query.where(
            StudyRow.id.in_(select(SeriesRow.study_id).where(SeriesRow.series_uid.in_(match.series_uids)))
        )
    if match.sop_uids:
        query = query.where(
            StudyRow.id.in_(select(InstanceRow.study_id).where(InstanceRow.sop_uid.in_(match.sop_uids), shown()))
        )
    if by_name:
        return _by_name(work, actor, match.name, query, page)
    return _answer(work, query.order_by(StudyRow.id.desc()), page)


def series(work: Work, actor: Actor, match: Match, page: Page = FIRST) -> Answer:
    """Series with their studies: latest study first, then by series number."""
    query = select(StudyRow, SeriesRow).join(SeriesRow, SeriesRow.study_id == StudyRow.id)
    query = query.where(*_of_study(work, actor, match), *_has_modalities(match), *_of_series(match))
    if match.sop_uids:
        named = select(InstanceRow.series_id).where(InstanceRow.sop_uid.in_(match.sop_uids), shown())
        query = query.where(SeriesRow.id.in_(named))
    order = (StudyRow.id.desc(), SeriesRow.number, SeriesRow.id)
    return _answer(work, query.order_by(*order), page)


def instances(work: Work, actor: Actor, match: Match, page: Page = FIRST) -> Answer:
    """Instances with their series and studies, in the order in which a viewer stacks them."""
    query = select(StudyRow, SeriesRow, InstanceRow).select_from(InstanceRow)
    query = query.join(SeriesRow, SeriesRow.id == InstanceRow.series_id).join(
        StudyRow, StudyRow.id == InstanceRow.study_id
    )
    query = query.where(
        *_of_study(work, actor, match), *_has_modalities(match), *_of_series(match), *_of_instance(match)
    )
    order = (StudyRow.id.desc(), SeriesRow.number, SeriesRow.id, InstanceRow.number, InstanceRow.id)
    return _answer(work, query.order_by(*order), page)


def of_study(work: Work, actor: Actor, match: Match) -> list[ColumnElement[bool]]:
    """True for the studies that the actor may find and that match; for searches above the study, which join `StudyRow`."""
    return [*_of_study(work, actor, match), *_has_modalities(match)]


def _answer(work: Work, query: Select[*tuple[Any, ...]], page: Page) -> Answer:
    rows = work.session.execute(query.limit(page.limit + 1).offset(page.offset)).all()
    total = None
    if page.total:
        total = work.session.scalar(select(func.count()).select_from(query.order_by(None).subquery()))
    return Answer(tuple(Found(*row) for row in rows[: page.limit]), len(rows) > page.limit, total)


def _by_name(work: Work, actor: Actor, name: str, query: Select[StudyRow], page: Page) -> Answer:
    """The same, without fetching the thousand studies of a common name to show the latest fifty of those that one may see.

    Names and shares are looked through in their indexes alone, in the order of the studies' ids, which begin with the instant at which
    they were made (`new_id`); what the rest of the question is about is read of those that are left.
    """
    wanted, found = page.offset + page.limit + 1, list[StudyRow]()
    size, looked, more = max(wanted, _LEAST_AT_ONCE), 0, True
    while more and len(found) < wanted:
        called = work.session.execute(_called(name, actor, work, size, looked)).all()
        ids = [study_id for study_id, seen in called if seen]
        found += work.session.scalars(query.where(StudyRow.id.in_(ids)).order_by(StudyRow.id.desc())) if ids else ()
        more, looked, size = len(called) == size, looked + size, min(16 * size, _MOST_AT_ONCE)
    return Answer(tuple(map(Found, found[page.offset : wanted - 1])), len(found) >= wanted)


def _called(name: str, actor: Actor, work: Work, limit: int, offset: int) -> Select[str, bool]:
    """The ids of the latest studies of that name, and which of them the actor may find.

    PostgreSQL looks up the rights of one study after the other until it has enough of those that are seen, and gives no others. SQLite
    would do so for all of that name, each a page of its own on the disk, where the names lie together: it gets a page of names.
    """
    latest = names_like(name).distinct().order_by(StudyNameRow.study_id.desc())
    if work.session.get_bind().dialect.name == "postgresql":
        called = latest.subquery()
        seen = visible(called.c.study_id, actor, work.now, _verb(actor))
        wanted = select(called.c.study_id, true()).where(seen).limit(limit).offset(offset)
    else:
        called = latest.limit(limit).offset(offset).subquery()
        wanted = select(called.c.study_id, visible(called.c.study_id, actor, work.now, _verb(actor)))
    return wanted.order_by(called.c.study_id.desc())


def _is_named(match: Match) -> bool:
    return bool(match.name.strip("*^= "))


def _verb(actor: Actor) -> str:
    return "study.find" if actor.kind == "peer" else "study.see"


def _of_study(work: Work, actor: Actor, match: Match) -> list[ColumnElement[bool]]:
    texts: tuple[tuple[Column, str], ...] = (
        (StudyRow.issuer, match.issuer),
        (StudyRow.sex, match.sex),
        (StudyRow.accession, match.accession),
        (StudyRow.study_number, match.study_number),
        (StudyRow.description, match.description),
        (StudyRow.referring, match.referring),
        (StudyRow.institution, match.institution),
    )
    seen = visible(StudyRow.id, actor, work.now, _verb(actor))
    found = [seen, *(wildcard(column, asked) for column, asked in texts if asked)]
    found.append(StudyRow.instance_count > 0)  # what was rejected as a whole is listed no more
    found += [_numbered(work, match.patient_number)] if match.patient_number else []
    found += [ranged(StudyRow.study_date, match.study_dates)] if match.study_dates else []
    found += [ranged(StudyRow.study_time, match.study_times)] if match.study_times else []
    found += [ranged(StudyRow.birth_date, match.birth_dates)] if match.birth_dates else []
    found += [StudyRow.study_uid.in_(match.study_uids)] if match.study_uids else []
    found += [StudyRow.site_id.in_(match.site_ids)] if match.site_ids else []
    found += [StudyRow.state.in_(match.states)] if match.states else []
    found += [named(StudyRow.id, match.name)] if _is_named(match) else []
    found += [anywhere(match.any_of)] if match.any_of.strip("*? ") else []
    return found


def _numbered(work: Work, asked: str) -> ColumnElement[bool]:
    """The studies under a patient number, and those under the other numbers of the same person: a merged number goes on finding."""
    own, others = wildcard(StudyRow.patient_number, asked), same_people(work, asked)
    return or_(own, StudyRow.patient_id.in_(others)) if others else own


def anywhere(typed: str) -> ColumnElement[bool]:
    """True for the studies that `Match.any_of` finds, in letters of whatever width; for searches that join `StudyRow` themselves."""
    word = typed.strip("*? ")
    written = dict.fromkeys((word, plain(word)))
    numbers = [
        wildcard(column, f"{one}*") for column in (StudyRow.patient_number, StudyRow.accession) for one in written
    ]
    return or_(named(StudyRow.id, f"*{word}*"), *numbers, StudyRow.patient_id.in_(people_begun(word)))


def _has_modalities(match: Match) -> list[ColumnElement[bool]]:
    if not match.modalities:
        return []
    wanted = or_(*(wildcard(SeriesRow.modality, modality) for modality in match.modalities))
    # Asked of each study that the other keys leave: half of all series may be CT. PostgreSQL would still go through those of three years
    # for the studies of a day; an offset, of none, keeps it from that.
    of_study = select(SeriesRow.id).where(SeriesRow.study_id == StudyRow.id, wanted)
    return [(of_study.offset(0) if match.study_dates else of_study).exists()]


def _of_series(match: Match) -> list[ColumnElement[bool]]:
    texts: tuple[tuple[Column, str], ...] = (
        (SeriesRow.modality, match.series_modality),
        (SeriesRow.description, match.series_description),
        (SeriesRow.body_part, match.body_part),
    )
    found = [wildcard(column, asked) for column, asked in texts if asked]
    found.append(SeriesRow.instance_count > 0)  # others have nothing that is shown
    found += [SeriesRow.series_uid.in_(match.series_uids)] if match.series_uids else []
    found += [SeriesRow.number == match.series_number] if match.series_number is not None else []
    return found


def _of_instance(match: Match) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [shown()]
    found += [InstanceRow.sop_uid.in_(match.sop_uids)] if match.sop_uids else []
    found += [InstanceRow.sop_class.in_(match.sop_classes)] if match.sop_classes else []
    found += [InstanceRow.number == match.instance_number] if match.instance_number is not None else []
    return found


def patient_of(work: Work, study: StudyRow) -> PatientRow:
    return work.get(PatientRow, study.patient_id)
