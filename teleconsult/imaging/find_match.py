"""Matching of the standard's keys in SQL, with indexes where an index can serve."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from teleconsult.imaging import find_names
from teleconsult.imaging.tables import StudyNameRow

_LAST = "\U0010ffff"


def wildcard(column: InstrumentedAttribute[Any], asked: str) -> ColumnElement[bool]:
    """Wild card matching (PS3.4 C.2.2.2.4), in any case; without `*` and `?` the value itself."""
    value = _storable(asked)
    if not _is_wild(value):
        return column == value
    return func.lower(column).like(like(value.lower()), escape="\\")


def ranged(column: InstrumentedAttribute[Any], ends: tuple[str, str]) -> ColumnElement[bool]:
    """Range matching (PS3.4 C.2.2.2.5), both ends included; a study that does not say is in no range."""
    first, last = map(_storable, ends)
    return and_(column >= first if first else column > "", column <= last if last else column > "")


def named(study_id: InstrumentedAttribute[str], asked: str) -> ColumnElement[bool]:
    """The studies whose patient has such a name in any writing."""
    return study_id.in_(names_like(asked))


def names_like(asked: str) -> Select[str]:
    """The ids of those studies, from the index of names alone; one more than once, where several writings match."""
    wanted = [key_like(StudyNameRow.key, pattern) for pattern in find_names.patterns(_storable(asked))]
    return select(StudyNameRow.study_id).where(or_(false(), *wanted))


def key_like(key: InstrumentedAttribute[str], pattern: str) -> ColumnElement[bool]:
    """True for the name keys, of whatever table, that a folded pattern matches."""
    if not _is_wild(pattern):
        return key == pattern
    beginning = pattern.split("*")[0].split("?")[0]
    alike = key.like(like(pattern), escape="\\")
    if not beginning:
        return alike
    return and_(key >= beginning, key < beginning + _LAST, alike)


def like(pattern: str) -> str:
    """A wildcard pattern as SQL's; its own special characters mean themselves."""
    escaped = pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace("*", "%").replace("?", "_")


def _storable(asked: str) -> str:
    """Without what no database text can hold."""
    return asked.replace("\0", "").encode("utf-8", "ignore").decode().strip()


def _is_wild(value: str) -> bool:
    return "*" in value or "?" in value
