"""A data set on its way in: written to disk fragment by fragment, hashed while written, never whole in memory."""

from __future__ import annotations

import logging
from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING

from dicom_node.drafts import Draft, Drafts
from dicom_node.staging import file_meta
from teleconsult.imaging.cut_off import Cut

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

LOG = logging.getLogger(__name__)
_HEAD = 1 << 16
_IDENTIFIER_BYTES = 1 << 20


class Arrival:
    """One object under way: what was announced, its file, and the beginning of its data set. A fault of the disk is remembered and
    the rest dropped, so that the sender gets a status, not an abort."""

    def __init__(self, sop_class: str, sop_uid: str, transfer_syntax: str, drafts: Drafts) -> None:
        self.sop_class = sop_class
        self.sop_uid = sop_uid
        self.transfer_syntax = transfer_syntax
        self.head = bytearray()
        self.draft: Draft | None = None
        self.failure: OSError | None = None
        try:
            self.draft = drafts.take(file_meta(sop_class, sop_uid, transfer_syntax))
        except OSError as error:
            self._failed(error)

    def write(self, fragment: Buffer) -> None:
        if self.draft is None:
            return
        if len(self.head) < _HEAD:
            self.head += memoryview(fragment)[: _HEAD - len(self.head)]
        try:
            self.draft.write(fragment)
        except OSError as error:
            self._failed(error)

    def cut(self, cause: str) -> Cut:
        """What has come so far, when no more will. To be asked before `discard`."""
        size = 0 if self.draft is None else self.draft.size
        return Cut(self.sop_class, self.sop_uid, self.transfer_syntax, bytes(self.head), size, cause)

    def _failed(self, error: OSError) -> None:
        LOG.warning("a data set could not be written: %s", error)
        self.failure = error
        self.discard()

    def discard(self) -> None:
        """Remove the file unless it has been kept. Repeats safely."""
        if self.draft is not None:
            self.draft.discard()
            self.draft = None


class ArrivingDataSet(BytesIO):
    """pynetdicom's place for a data set under way. Writes to an `Arrival` when the message is one to store, else in memory.

    `begin` is asked at the first fragment, when the command set is known: it returns the arrival, or None for other services.
    """

    def __init__(self, begin: Callable[[], Arrival | None]) -> None:
        super().__init__()
        self._begin: Callable[[], Arrival | None] | None = begin
        self.arrival: Arrival | None = None

    def write(self, fragment: Buffer, /) -> int:
        """ValueError, which aborts the association, for an endless identifier of another service."""
        content = bytes(fragment)
        if self._begin is not None:
            begin, self._begin = self._begin, None
            self.arrival = begin()
        if self.arrival is not None:
            self.arrival.write(content)
        elif self.tell() + len(content) > _IDENTIFIER_BYTES:
            raise ValueError("an endless identifier")
        else:
            super().write(content)
        return len(content)

    def discard(self) -> None:
        if self.arrival is not None:
            self.arrival.discard()
