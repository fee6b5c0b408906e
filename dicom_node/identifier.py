"""What a query or retrieval names: an identifier, its level and its unique keys (PS3.4 C.4.1.1, C.4.2.1)."""

from collections.abc import Mapping
from typing import Final

from pydicom.datadict import keyword_for_tag
from pydicom.dataset import Dataset

from dicom_node.keys import uids
from dicom_node.texts import CHARSET, declared, raw_values, texts
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


class Identifier:
    """An identifier as sent: its keys as text, read in the character set in which they really are."""

    def __init__(self, ds: Dataset, root: str, override: str | None) -> None:
        raw = raw_values(ds)
        self.declared = declared(raw)
        self._texts = texts(raw, (raw,), override)
        self.tags = frozenset(int(tag) for tag in ds.keys() if tag.element and tag != CHARSET)
        self.root = root
        self.level = self._level()

    def text(self, tag: int) -> str:
        """The value as sent, without padding; several values with backslashes between; empty where there is none."""
        return self._texts.get(tag, "")

    def uids(self, tag: int) -> tuple[str, ...]:
        """A list of UIDs. INVALID `dimse.identifier` when one is none."""
        found = uids(self.text(tag))
        if found is None:
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
