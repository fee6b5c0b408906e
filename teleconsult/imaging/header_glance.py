"""A quick look at an object's header, for the moment before its sender is answered. `header.read_header` says everything; this only yes or "look closely"."""

import struct

from teleconsult.imaging import header_text as text
from teleconsult.imaging.header import SERIES_UID, SOP_CLASS, SOP_UID, STUDY_UID
from teleconsult.imaging.header_elements import IMPLICIT, SHORT_VRS, Unreadable, Walk

_LOOK_CLOSELY = frozenset({IMPLICIT, "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"})
_SHORT = struct.Struct("<HH2sH")
_LONG = struct.Struct("<I")
_UIDS = frozenset({SOP_CLASS, SOP_UID, STUDY_UID, SERIES_UID})
_PIXELS, _UNDEFINED = 0x7FE00010, 0xFFFFFFFF
_SEQUENCE, _OTHER = (
    b"SQ",
    frozenset({b"OB", b"OW", b"UN", b"UT", b"UC", b"UR", b"OF", b"OD", b"OL", b"OV", b"SV", b"UV"}),
)


def is_plain(head: bytes, size: int, transfer_syntax: str, sop_class: str, sop_uid: str) -> bool:
    """Whether a data set of `size` bytes that begins with `head` is surely readable, has its four UIDs and is what was announced.

    False says nothing: whatever is unusual (other encodings than explicit little endian, a header longer than `head`, elements after the
    pixels) is for `read_header` to judge.
    """
    if transfer_syntax in _LOOK_CLOSELY:
        return False
    try:
        found = _uids(head, size)
    except (struct.error, Unreadable):
        return False
    if found is None or found.get(SOP_CLASS) != sop_class or found.get(SOP_UID) != sop_uid:
        return False
    return bool(found.get(STUDY_UID) and found.get(SERIES_UID))


def _uids(head: bytes, size: int) -> dict[int, str] | None:
    """The UIDs of a data set that ends with its native pixels or with a short element; None where it can't be told from its head."""
    found = dict[int, str]()
    at, end, walk = 0, len(head), Walk(head, size, implicit=False, big=False)
    while at < end:
        group, number, vr, length = _SHORT.unpack_from(head, at)
        start = at + 8
        if vr in SHORT_VRS:
            after = start + length
        elif vr == _SEQUENCE or vr in _OTHER:
            (length,) = _LONG.unpack_from(head, start)
            start += 4
            if length == _UNDEFINED:
                if group == 0x7FE0:
                    return None
                after = walk.past(at)
            else:
                after = start + length
        else:
            return None
        tag = group << 16 | number
        if tag == _PIXELS:
            return found if after == size else None
        if tag in _UIDS and after <= end:
            found.setdefault(tag, text.uid(head[start:after]))
        at = after
    return found if at == size else None
