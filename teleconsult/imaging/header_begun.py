"""What the beginning of a data set says whose it is, when the rest never came.

Nothing is guessed: only elements that are whole, in the order that PS3.5 §7.1 asks for, up to the first that is not; and only if the SOP
Instance UID among them is the announced one. A damaged head therefore names nobody.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from teleconsult.imaging import header_text as text
from teleconsult.imaging.charset import choose, decode
from teleconsult.imaging.find_names import shown
from teleconsult.imaging.header import (
    CHARSET,
    MODALITY,
    NAME,
    PATIENT_ID,
    SOP_UID,
    STUDY_DATE,
    STUDY_DESCRIPTION,
    STUDY_UID,
)
from teleconsult.imaging.header_elements import (
    BIG_ENDIAN,
    DEFLATED,
    IMPLICIT,
    SHORT_VRS,
    TEXT_VRS,
    Element,
    Unreadable,
    Walk,
)

_WANTED = frozenset({CHARSET, SOP_UID, STUDY_DATE, MODALITY, STUDY_DESCRIPTION, NAME, PATIENT_ID, STUDY_UID})
_LONGEST = 1 << 10
_MOST = 1 << 16


@dataclass(frozen=True, slots=True)
class Begun:
    """As `header.Header`; empty where the part that came does not say."""

    name: str = ""
    patient_id: str = ""
    study_date: str = ""
    modality: str = ""
    description: str = ""
    study_uid: str = ""


def begun(head: bytes, transfer_syntax: str, sop_uid: str, override: str | None = None) -> Begun:
    """What a data set that begins with `head` (at most 64 KB are looked at) and was announced as `sop_uid` says. Never raises for what
    the bytes are."""
    values: dict[int, bytes] = {}
    texts: list[bytes] = []
    head = _inflated(head) if transfer_syntax == DEFLATED else head[:_MOST]
    for element, value in _whole(head, transfer_syntax):
        if element.vr in TEXT_VRS:
            texts.append(value)
        if element.tag in _WANTED:
            values[element.tag] = value
    if not sop_uid or text.uid(values.get(SOP_UID, b"")) != sop_uid:
        return Begun()
    declared = [each.decode("latin_1") for each in values.get(CHARSET, b"").strip(b" \0").split(b"\\")]
    charset = choose(declared, texts, override)

    def words(tag: int, most: int = 64) -> str:
        return text.tidy(decode(values.get(tag, b""), charset).split("\\")[0], most)

    return Begun(
        name=shown(words(NAME, 324)),
        patient_id=words(PATIENT_ID),
        study_date=text.date(values.get(STUDY_DATE, b"")),
        modality=text.code(values.get(MODALITY, b"")),
        description=words(STUDY_DESCRIPTION),
        study_uid=text.uid(values.get(STUDY_UID, b"")),
    )


def _whole(head: bytes, transfer_syntax: str) -> Iterator[tuple[Element, bytes]]:
    """The elements that are all there, as long as they make sense, with the values of the short ones."""
    implicit = transfer_syntax == IMPLICIT and head[4:6] not in SHORT_VRS
    walk, before = Walk(head, len(head), implicit, transfer_syntax == BIG_ENDIAN), 0
    try:
        for element in walk.elements(0):
            if element.tag <= before:
                return
            before = element.tag
            if element.length <= _LONGEST:
                yield element, walk.value(element)
    except (Unreadable, struct.error):
        return


def _inflated(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(head, _MOST)
    except zlib.error:
        return b""
