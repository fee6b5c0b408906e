"""What a query or retrieval names: an identifier, its level and its unique keys (PS3.4 C.4.1.1, C.4.2.1)."""

import re
from collections.abc import Mapping
from typing import Final

from pydicom.datadict import keyword_for_tag
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset

from teleconsult.imaging import charset
from teleconsult.kernel.errors import Refused, invalid

PATIENT, STUDY, SERIES, IMAGE = "PATIENT", "STUDY", "SERIES", "IMAGE"
ROOTS: Final[Mapping[str, tuple[str, ...]]] = {
    "patient": (PATIENT, STUDY, SERIES, IMAGE),
    "study": (STUDY, SERIES, IMAGE),
}
UNIQUE: Final[Mapping[str, str]] = {
    PATIENT: "PatientID",
    STUDY: "StudyInstanceUID",
    SERIES: "SeriesInstanceUID",
    IMAGE: "SOPInstanceUID",
}
_UID = re.compile(r"[0-9.]{1,64}")


class Identifier:
    """An identifier as sent: its keys as text, read in the character set in which they really are."""

    def __init__(self, ds: Dataset, root: str, override: str | None) -> None:
        raw = {int(tag): _bytes(ds.get_item(tag)) for tag in ds.keys()}
        declared = (raw.get(0x00080005) or b"").decode("ascii", "replace").rstrip(" \0").split("\\")
        self.declared = tuple(term.strip() for term in declared if term.strip())
        choice = charset.choose(self.declared, [value for value in raw.values() if value], override)
        self._texts = {
            tag: charset.decode(value, choice).strip(" \0") for tag, value in raw.items() if value is not None
        }
        self.tags = frozenset(tag for tag in self._texts if tag & 0xFFFF and tag != 0x00080005)
        self.root = root
        self.level = self._level()

    def text(self, tag: int) -> str:
        """The value as sent, without padding; several values with backslashes between; empty where there is none."""
        return self._texts.get(tag, "")

    def uids(self, tag: int) -> tuple[str, ...]:
        """A list of UIDs. INVALID `dimse.identifier` when one is none."""
        found = tuple(part.strip(" \0") for part in self.text(tag).split("\\") if part.strip(" \0"))
        wrong = next((uid for uid in found if not _UID.fullmatch(uid)), None)
        if wrong is not None:
            raise _unfit(f"{keyword_for_tag(tag)}: no UID")
        return found

    def _level(self) -> str:
        level = self.text(0x00080052)
        if level not in ROOTS[self.root]:
            raise _unfit(f"QueryRetrieveLevel {level[:16]!r} is not of the {self.root} root")
        return level

    def above(self) -> tuple[str, ...]:
        """The levels above the asked one, whose unique keys must be given."""
        levels = ROOTS[self.root]
        return levels[: levels.index(self.level)]


def one_of_each_above(identifier: Identifier, tags: Mapping[str, int]) -> None:
    """INVALID `dimse.identifier` unless each level above is named by one value: queries are hierarchical (PS3.4 C.4.1.2.1)."""
    for level in identifier.above():
        value = identifier.text(tags[level])
        if not value or any(each in value for each in "\\*?"):
            raise _unfit(f"{UNIQUE[level]}: one value is needed at level {identifier.level}")


def _unfit(detail: str) -> Refused:
    return invalid("dimse.identifier", detail)


def _bytes(element: DataElement | RawDataElement | None) -> bytes | None:
    """The value as sent; None for a sequence, whose keys are not supported."""
    if isinstance(element, RawDataElement):
        return b"" if element.value is None else bytes(element.value)
    return b"" if element is not None and element.is_empty else None
