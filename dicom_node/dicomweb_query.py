"""QIDO-RS parameters read (PS3.18 8.3.4). Pure: what was asked, by tag, whatever spelling the client used."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from pydicom.datadict import keyword_for_tag, tag_for_keyword

from teleconsult.kernel.errors import invalid

_PASSED_OVER = frozenset({"accept", "charset", "emptyvaluematching", "multiplevaluematching", "orderby", "_"})
"""No attributes: what PS3.18 8.3 knows beside them and changes nothing here, and what viewers add against caches or for other archives."""
MOST = 1000  # an unlimited question gets this many and a Warning (PS3.18 8.3.4.4)


@dataclass(frozen=True, slots=True)
class Question:
    """Filters and wishes of one search. Tags are spelled as 8 hexadecimal digits."""

    filters: dict[str, str] = field(default_factory=dict)
    include: frozenset[str] = frozenset()
    include_all: bool = False
    limit: int = MOST
    offset: int = 0
    fuzzy: bool = False
    unlimited: bool = True


def tag(name: str) -> str | None:
    """`00100020` or `PatientID` as `00100020`; None for what is neither."""
    if re.fullmatch(r"[0-9A-Fa-f]{8}", name):
        return name.upper()
    found = tag_for_keyword(name)
    return None if found is None else f"{found:08X}"


def keyword(hexadecimal: str) -> str:
    """`PatientID` for `00100020`; the tag itself when it has no keyword."""
    return keyword_for_tag(int(hexadecimal, 16)) or hexadecimal


def question(pairs: Iterable[tuple[str, str]]) -> Question:
    """Read the query string. INVALID `dicomweb.query` for a number that is none, and for a name that is no attribute and no parameter
    (PS3.18 8.3.4.1): whoever mistypes a filter must not take everything for what they asked for."""
    filters: dict[str, str] = {}
    include: set[str] = set()
    everything, fuzzy, unlimited, limit, offset = False, False, True, MOST, 0
    for name, value in pairs:
        if name == "includefield":
            fields = [part.strip() for part in value.split(",") if part.strip()]
            everything = everything or "all" in fields
            include.update(_field(part) for part in fields if part != "all")
        elif name == "limit":
            limit = _number(name, value)
            limit, unlimited = min(limit, MOST), limit > MOST
        elif name == "offset":
            offset = _number(name, value)
        elif name == "fuzzymatching":
            fuzzy = _truth(name, value)
        elif (attribute := tag(name.split(".")[0])) is None:
            if name.lower() not in _PASSED_OVER:
                raise invalid(
                    "dicomweb.query", f"{name[:64]!r} is neither an attribute nor a parameter", name=name[:64]
                )
        elif value not in ("", "*"):
            filters[attribute] = f"{filters[attribute]}\\{value}" if attribute in filters else value
    return Question(filters, frozenset(include), everything, limit, offset, fuzzy, unlimited)


def _field(path: str) -> str:
    """The attribute to include; of a path into a sequence, the sequence."""
    tags = [tag(part) for part in path.split(".")]
    if tags[0] is None or None in tags:
        raise invalid("dicomweb.query", f"includefield={path[:64]!r} is no attribute", name="includefield")
    return tags[0]


def _truth(name: str, value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise invalid("dicomweb.query", f"{name}={value[:32]!r} is neither true nor false", name=name)
    return value.lower() == "true"


def _number(name: str, value: str) -> int:
    if not re.fullmatch(r"\d{1,9}", value):
        raise invalid("dicomweb.query", f"{name}={value[:32]!r} is no number", name=name)
    return int(value)
