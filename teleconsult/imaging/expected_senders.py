"""What gateways still have of a study: what each says that it holds, less what has come from it. Several may each hold a part."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select

from teleconsult.imaging.tables import ArrivalRow, InstanceRow, StudyRow
from teleconsult.imaging.tables_orders import ExpectedRow
from teleconsult.records.work import Work

SO_FAR: Final = "so far:"
"""How the source of an expectation begins that a sender makes who is still at it; whose it is follows. It ends no study, it only keeps it open."""
_OF_A_GATEWAY: Final = f"{SO_FAR}peer:"
_ID_LENGTH: Final = 32
_LONGEST: Final = 100
_KEPT: Final = ("stored", "repeat", "other_syntax")
KEPT_APART_AGAIN: Final = "undone"
"""`rejection.UNDONE`, which stands above this module: the decision that took an object in was undone, so it is not here any more."""


def source_of(peer_id: str, home: str) -> str:
    """The source of what a gateway says while it is at it. `home`: of which of several gateways with one token."""
    return f"{_OF_A_GATEWAY}{peer_id}/{home}"[:_LONGEST]


def of_a_gateway() -> ColumnElement[bool]:
    return ExpectedRow.source.like(f"{_OF_A_GATEWAY}%")


def is_here() -> ColumnElement[bool]:
    return or_(InstanceRow.rejected.is_(None), InstanceRow.rejected != KEPT_APART_AGAIN)


def came() -> ScalarSelect[int]:
    """How many of the study's objects came from the gateway whose expectation it is, also such as somebody else has brought before: of the
    rows of study and expectation in the statement around it."""
    peer_id = func.substr(ExpectedRow.source, len(_OF_A_GATEWAY) + 1, _ID_LENGTH)
    counted = select(func.count(InstanceRow.id.distinct())).join_from(
        InstanceRow, ArrivalRow, ArrivalRow.instance_id == InstanceRow.id
    )
    of_it = (InstanceRow.study_id == StudyRow.id, ArrivalRow.peer_id == peer_id, ArrivalRow.kind.in_(_KEPT), is_here())
    return counted.where(*of_it).correlate(StudyRow, ExpectedRow).scalar_subquery()


def on_their_way(work: Work, study_ids: Sequence[str]) -> dict[str, int]:
    """How many objects of these studies gateways still have, those of several added up. What came from gateways with one token cannot be told
    apart: of them the one with the most counts."""
    same = and_(ExpectedRow.study_uid == StudyRow.study_uid, ExpectedRow.site_id == StudyRow.site_id)
    said = select(StudyRow.id, ExpectedRow.source, ExpectedRow.count, came()).join(ExpectedRow, same)
    still: dict[tuple[str, str], int] = {}
    for study_id, source, count, here in work.session.execute(
        said.where(StudyRow.id.in_(study_ids), ExpectedRow.met_at.is_(None), of_a_gateway())
    ):
        peer_id = source.removeprefix(_OF_A_GATEWAY)[:_ID_LENGTH]
        still[study_id, peer_id] = max(still.get((study_id, peer_id), 0), count - here)
    found = defaultdict[str, int](int)
    for (study_id, _), count in still.items():
        found[study_id] += count
    return dict(found)
