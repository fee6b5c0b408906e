"""Keys of a query: what one is called, how it is matched and what it answers, and how its value is read (PS3.4 C.2.2.2)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from teleconsult.kernel.errors import Refused, invalid

_AS_SENT = 0  # pydicom's validation: what hospitals sent and people typed is answered as it is
_UID = re.compile(r"[0-9.]{1,64}")
_NUMBERS = frozenset({"US", "DS"})


@dataclass(frozen=True)
class Key:
    """`level` is where it stands: a level of the archive, or outside or inside a scheduled step. `read` gives its value of a row.

    `field` is what the search calls it, empty where it is only answered; `how` is the kind of matching.
    """

    keyword: str
    level: str
    read: Callable[[Any], Any]
    field: str = ""
    how: str = ""

    @cached_property
    def tag(self) -> int:
        return int(tag_for_keyword(self.keyword) or 0)

    @cached_property
    def vr(self) -> str:
        return dictionary_VR(self.tag)


def asked_for(key: Key, value: str) -> Any:
    """What the search is to look for; None where the value is empty or matches everything. INVALID `dimse.value`."""
    if not key.field or not value.strip("*"):
        return None
    return _READ[key.how](key, value)


def is_wild(value: str) -> bool:
    """Whether it is a pattern (PS3.4 C.2.2.2.4)."""
    return "*" in value or "?" in value


def uids(value: str) -> tuple[str, ...] | None:
    """A list of UIDs; None when one of them is none."""
    found = tuple(part.strip(" \0") for part in value.split("\\") if part.strip(" \0"))
    return found if all(_UID.fullmatch(uid) for uid in found) else None


def put(answer: Dataset, tag: int, vr: str, value: object) -> None:
    """An attribute of an answer; empty where there is no value."""
    if vr == "SQ":
        filled: object = Sequence(value or [])  # type: ignore[arg-type]
    elif vr in _NUMBERS and value in (None, ""):
        filled = None
    else:
        filled = "" if value is None else value
    answer[tag] = DataElement(tag, vr, filled, validation_mode=_AS_SENT)


def _text(key: Key, value: str) -> str:
    if "\\" in value:
        raise _unreadable(key)
    return value


def _code(key: Key, value: str) -> str | None:
    """Codes are matched whole: asked for in part they narrow nothing, and who asks is told."""
    return None if is_wild(value) else _text(key, value)


def _uids(key: Key, value: str) -> tuple[str, ...]:
    found = uids(value)
    if found is None:
        raise _unreadable(key)
    return found


def _list(key: Key, value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split("\\") if part.strip())


def _number(key: Key, value: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,9}", value):
        raise _unreadable(key)
    return int(value)


def _dates(key: Key, value: str) -> tuple[str, str]:
    ends = _ends(value.replace(".", ""))  # 2026.11.22 is how ACR-NEMA wrote it, and old systems ask
    if not any(ends) or not all(re.fullmatch(r"(\d{8})?", end) for end in ends):
        raise _unreadable(key)
    return ends


def _times(key: Key, value: str) -> tuple[str, str]:
    first, last = _ends(value.replace(":", ""))
    if not (first or last) or not all(re.fullmatch(r"(\d{2}(\d{2}){0,2}(\.\d{1,6})?)?", end) for end in (first, last)):
        raise _unreadable(key)
    return first[:6].ljust(6, "0") if first else "", last[:6].ljust(6, "9") if last else ""


def _ends(value: str) -> tuple[str, str]:
    first, dash, last = value.partition("-")
    return first.strip(), last.strip() if dash else first.strip()


def _unreadable(key: Key) -> Refused:
    return invalid("dimse.value", f"{key.keyword} cannot be understood", name=key.keyword)


_READ: Final[Mapping[str, Callable[[Key, str], Any]]] = {
    "name": _text, "text": _text, "code": _code, "uids": _uids, "list": _list, "number": _number, "date": _dates, "time": _times,
}  # fmt: skip
