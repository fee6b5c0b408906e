"""The command sets of plain C-STOREs (PS3.7 9.3.1), read and written without pydicom: group 0000, implicit little endian."""

from __future__ import annotations

import struct
from dataclasses import dataclass

_ELEMENT = struct.Struct("<HHI")
_CLASS, _FIELD, _MESSAGE, _DATA_SET, _INSTANCE = 0x0002, 0x0100, 0x0110, 0x0800, 0x1000
_C_STORE_RQ, _C_STORE_RSP, _NO_DATA_SET = 0x0001, 0x8001, 0x0101
_P_DATA = 4


@dataclass(frozen=True, slots=True)
class StoreRequest:
    """A C-STORE-RQ with a data set."""

    message_id: int
    sop_class: str
    sop_uid: str


def store_request(command: bytes) -> StoreRequest | None:
    """The request; None where the command set is another or anything about it is unusual."""
    found = dict[int, bytes]()
    at = 0
    try:
        while at < len(command):
            group, number, length = _ELEMENT.unpack_from(command, at)
            at += 8 + length
            if group or at > len(command):
                return None
            found[number] = command[at - length : at]
        (field,), (message_id,) = struct.unpack("<H", found[_FIELD]), struct.unpack("<H", found[_MESSAGE])
        (data_set,) = struct.unpack("<H", found[_DATA_SET])
        sop_class, sop_uid = _uid(found[_CLASS]), _uid(found[_INSTANCE])
    except (KeyError, ValueError, struct.error):
        return None
    if field != _C_STORE_RQ or data_set == _NO_DATA_SET or not sop_class or not sop_uid:
        return None
    return StoreRequest(message_id, sop_class, sop_uid)


def _uid(value: bytes) -> str:
    """ValueError where it holds anything but digits and dots, at most 64 of them."""
    text = value.rstrip(b"\0").decode("ascii")
    if len(text) > 64 or text.strip("0123456789."):
        raise ValueError("no UID")
    return text


def store_response(context: int, request: StoreRequest, status: int, comment: str = "") -> bytes:
    """The C-STORE-RSP as one P-DATA-TF PDU (PS3.8 9.3.5)."""
    elements = [
        (_CLASS, _padded(request.sop_class, b"\0")),
        (_FIELD, struct.pack("<H", _C_STORE_RSP)),
        (0x0120, struct.pack("<H", request.message_id)),
        (_DATA_SET, struct.pack("<H", _NO_DATA_SET)),
        (0x0900, struct.pack("<H", status)),
        *([(0x0902, _padded(comment[:64], b" "))] if comment else []),
        (_INSTANCE, _padded(request.sop_uid, b"\0")),
    ]
    body = b"".join(_ELEMENT.pack(0, number, len(value)) + value for number, value in elements)
    command = _ELEMENT.pack(0, 0, 4) + struct.pack("<I", len(body)) + body
    value = struct.pack(">IBB", len(command) + 2, context, 0x03) + command
    return struct.pack(">BBI", _P_DATA, 0, len(value)) + value


def _padded(text: str, pad: bytes) -> bytes:
    value = text.encode("ascii", "replace")
    return value + pad if len(value) % 2 else value
