"""What was found missing or altered comes back: sent again, restored from a backup, read well after all. The study's timeline tells it, and what
people were told of the damage is overtaken when there is none left."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import aliased

from teleconsult.access import audience, overtake, told_of
from teleconsult.imaging import facts
from teleconsult.imaging.tables import InstanceRow, QuarantineRow
from teleconsult.imaging.tables_identity import ScrubFindingRow, ScrubRow
from teleconsult.records.work import Work

DAMAGED: Final = "study.damaged"
"""The notice that objects of a study are missing or altered, to its hospital's technologists."""
FOUND: Final = "scrub.found"
"""The notice that anything is, to administrators."""
_BAD: Final = ("missing", "altered")
_AT_ONCE: Final = 500  # keys of one statement


class Open(NamedTuple):
    """A file that was found missing or altered and is not known to be right again."""

    id: str
    study_id: str | None
    blob_key: str
    expected: str


def open_findings(work: Work, after: str = "", limit: int = 200) -> list[Open]:
    """What the latest round that has ended found, and the one under way. In the order of their ids, `after` one of them."""
    columns = (ScrubFindingRow.id, ScrubFindingRow.study_id, ScrubFindingRow.blob_key, ScrubFindingRow.expected)
    query = select(*columns).where(_is_open(work), ScrubFindingRow.id > after).order_by(ScrubFindingRow.id)
    return [Open(*row) for row in work.session.execute(query.limit(limit))]


def is_open(work: Work, study_id: str | None = None) -> bool:
    """Whether anything is: of this study, or at all."""
    of_study = (ScrubFindingRow.study_id == study_id,) if study_id is not None else ()
    return (
        work.session.scalars(select(ScrubFindingRow.id).where(_is_open(work), *of_study).limit(1)).first() is not None
    )


def healed(work: Work, keys: Sequence[str]) -> int:
    """The files under these keys are right again: how many were not known to be. Whoever was told of them is told so. Repeats safely."""
    latest = dict[str, Any]()
    for place in range(0, len(keys), _AT_ONCE):
        latest |= {row.blob_key: row for row in _marked(work, keys[place : place + _AT_ONCE])}
    counted = Counter(row.study_id for row in latest.values() if row.study_id is not None)
    rounds = {row.study_id: row.scrub_id for row in latest.values()}
    for study_id, objects in sorted(counted.items()):
        work.record(facts.bytes_back(rounds[study_id], study_id, audience(work, study_id), objects))
        if not is_open(work, study_id):
            overtake(work, study_id, (DAMAGED,))
    if latest and not is_open(work):
        overtake(work, None, (FOUND,))
    return len(latest)


def _marked(work: Work, keys: Sequence[str]) -> Sequence[Any]:
    """The findings that are noted to be right again, the latest of a file last."""
    which = (ScrubFindingRow.blob_key.in_(keys), ScrubFindingRow.kind.in_(_BAD), ScrubFindingRow.healed_at.is_(None))
    said = (ScrubFindingRow.study_id, ScrubFindingRow.blob_key, ScrubFindingRow.scrub_id)
    back = update(ScrubFindingRow).where(*which).values(healed_at=work.now).returning(*said)
    rows = work.session.execute(back, execution_options={"synchronize_session": False}).all()
    return sorted(rows, key=lambda row: str(row.scrub_id))


def round_ended(work: Work, row: ScrubRow) -> None:
    """What rounds before this one found and this one did not, and something still points to, is right again. Notices of damage that is not
    there any more, for whatever reason, wait for nobody."""
    again = aliased(ScrubFindingRow)
    found_again = exists().where(again.scrub_id == row.id, again.blob_key == ScrubFindingRow.blob_key)
    kept = or_(
        exists().where(
            InstanceRow.sop_uid == ScrubFindingRow.sop_uid, InstanceRow.blob_key == ScrubFindingRow.blob_key
        ),
        exists().where(QuarantineRow.blob_key == ScrubFindingRow.blob_key),
    )
    before = and_(ScrubFindingRow.scrub_id != row.id, ScrubFindingRow.kind.in_(_BAD))
    missed = select(ScrubFindingRow.blob_key).where(before, ScrubFindingRow.healed_at.is_(None), ~found_again, kept)
    healed(work, work.session.scalars(missed.distinct()).all())
    still = set(work.session.scalars(select(ScrubFindingRow.study_id).where(_is_open(work)).distinct()))
    for study_id in sorted(told_of(work, DAMAGED) - still):
        overtake(work, study_id, (DAMAGED,))
    if not is_open(work):
        overtake(work, None, (FOUND,))


def _is_open(work: Work) -> ColumnElement[bool]:
    latest = (ScrubRow.started_at.desc(), ScrubRow.id.desc())
    ended = select(ScrubRow.id).where(ScrubRow.ended_at.is_not(None)).order_by(*latest).limit(1)
    under_way = select(ScrubRow.id).where(ScrubRow.ended_at.is_(None))
    rounds = [*work.session.scalars(ended), *work.session.scalars(under_way)]
    of_rounds = ScrubFindingRow.scrub_id.in_(rounds)
    return and_(of_rounds, ScrubFindingRow.kind.in_(_BAD), ScrubFindingRow.healed_at.is_(None))
