"""Refusals as DIMSE statuses (PS3.4 B.2.3, PS3.7 Annex C). Total over `Meaning`; a test asserts it."""

from typing import Final

from pydicom.dataset import Dataset

from teleconsult.kernel.errors import Meaning, Refused

SUCCESS: Final = 0x0000
PROCESSING_FAILURE: Final = 0x0110
OUT_OF_RESOURCES: Final = 0xA700
CLASS_MISMATCH: Final = 0xA900
CANNOT_UNDERSTAND: Final = 0xC000
NOT_AUTHORISED: Final = 0x0124
NO_SUCH_OBJECT: Final = 0x0112
DUPLICATE: Final = 0x0111

STORE: Final[dict[Meaning, int]] = {
    Meaning.BUSY: OUT_OF_RESOURCES,
    Meaning.INVALID: CANNOT_UNDERSTAND,
    Meaning.FORBIDDEN: NOT_AUTHORISED,
    Meaning.ABSENT: NO_SUCH_OBJECT,
    Meaning.CONFLICT: DUPLICATE,
}
_STORE_BY_CODE: Final[dict[str, int]] = {"object.class_mismatch": CLASS_MISMATCH}


def store_status(refused: Refused) -> int:
    """The C-STORE status of a refusal; the code decides where one meaning has several statuses."""
    return _STORE_BY_CODE.get(refused.code, STORE[refused.meaning])


PENDING: Final = 0xFF00
PENDING_UNSUPPORTED: Final = 0xFF01
CANCELLED: Final = 0xFE00
IDENTIFIER_UNFIT: Final = 0xA900
FIND_FAILED: Final = 0xC000
SUBOPERATIONS_FAILED: Final = 0xA702
SUBOPERATIONS_WARNING: Final = 0xB000

# C-FIND, C-MOVE and C-GET (PS3.4 C.4.1.1.4, C.4.2.1.5, C.4.3.1.4).
QUERY: Final[dict[Meaning, int]] = {
    Meaning.BUSY: OUT_OF_RESOURCES,
    Meaning.INVALID: FIND_FAILED,
    Meaning.FORBIDDEN: NOT_AUTHORISED,
    Meaning.ABSENT: FIND_FAILED,
    Meaning.CONFLICT: FIND_FAILED,
}
_NO_DESTINATION: Final = 0xA801
_QUERY_BY_CODE: Final[dict[str, int]] = {
    "dimse.identifier": IDENTIFIER_UNFIT,
    "dimse.destination": _NO_DESTINATION,
    "dimse.no_address": _NO_DESTINATION,
}


def find_status(refused: Refused) -> int:
    """The status of a refused query or retrieval; the code decides where one meaning has several statuses."""
    return _QUERY_BY_CODE.get(refused.code, QUERY[refused.meaning])


def response(status: int, why: str) -> Dataset:
    """A status with (0000,0902) Error Comment, at most 64 characters of ASCII (VR LO)."""
    answer = Dataset()
    answer.Status = status
    answer.ErrorComment = comment(why)
    return answer


def comment(why: str) -> str:
    """As VR LO holds it: 64 characters of ASCII, no backslash."""
    return why.encode("ascii", "replace").decode().replace("\\", "/")[:64]


# The same meanings on the web (PS3.18 8.5): DICOMweb is this shell's second door.
WEB: Final[dict[Meaning, int]] = {
    Meaning.ABSENT: 404,
    Meaning.FORBIDDEN: 403,
    Meaning.CONFLICT: 409,
    Meaning.INVALID: 400,
    Meaning.BUSY: 503,
}
_WEB_BY_CODE: Final[dict[str, int]] = {
    "dicomweb.not_acceptable": 406,
    "dicomweb.media_type": 415,
    "dicomweb.broad": 413,
    "dicomweb.too_many": 413,
    "dicomweb.range": 416,
}


def web_status(refused: Refused) -> int:
    """The HTTP status of a refusal at the DICOMweb door."""
    return _WEB_BY_CODE.get(refused.code, WEB[refused.meaning])
