"""Where a modality's object lands: a file beside the queue, written as the object comes. What the disk does not take is answered, not broken off.

pynetdicom's own file for a data set raises in the thread that reads the socket when the disk is full, and the association dies without an answer.
"""

from __future__ import annotations

import logging
import os
import queue
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pynetdicom.dimse import DIMSEServiceProvider
from pynetdicom.dimse_messages import C_STORE_RQ, DIMSEMessage

from dicom_node.arrival import Arrival, ArrivingDataSet
from dicom_node.drafts import Draft, Drafts
from dicom_node.staging import Room
from teleconsult.kernel.values import new_id

if TYPE_CHECKING:
    from pynetdicom.association import Association
    from pynetdicom.pdu_primitives import P_DATA

LOG = logging.getLogger(__name__)
_SENSELESS = (ValueError, LookupError, TypeError, AttributeError, struct.error)
"""What pynetdicom raises for a message that it can't make out."""


class Landings(Drafts):
    """Drafts of a gateway: each in `folder`, none made ready before, for nothing is acknowledged as long as it lies there."""

    def __init__(self, folder: Path, free_bytes: Callable[[], int]) -> None:
        super().__init__(folder, Room(free_bytes), lambda: None)
        self.folder = folder

    def take(self, meta: bytes) -> Draft:
        path = self.folder / f"{new_id()}.dcm"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            return _Landing(path, descriptor, meta, self._room)
        except OSError:
            os.close(descriptor)
            path.unlink(missing_ok=True)
            raise


class _Landing(Draft):
    """Gone with the last who knew it: pynetdicom drops a request that it finds invalid without a word."""

    def __del__(self) -> None:
        if hasattr(self, "_sha"):  # its beginning was written
            self.discard()


class LandingDimse(DIMSEServiceProvider):
    """The DIMSE of one association. `EVT_C_STORE` finds an `ArrivingDataSet` in its request."""

    def __init__(self, association: Association, landings: Landings) -> None:
        super().__init__(association)
        self._landings = landings

    def receive_primitive(self, primitive: P_DATA) -> None:
        if self.message is None:
            message = self.message = DIMSEMessage()
            message.data_set = ArrivingDataSet(lambda: self._begin(message))
        try:
            super().receive_primitive(primitive)
        except _SENSELESS as error:  # the thread that reads the socket must not die of it
            LOG.warning("aborted %s: %s: %s", self.assoc.requestor.address, type(error).__name__, error)
            self.forget()
            self.dul.event_queue.put("Evt19")  # an A-ABORT, as for any PDU that makes no sense (PS3.8 9.2)

    def _begin(self, message: DIMSEMessage) -> Arrival | None:
        if not isinstance(message, C_STORE_RQ):
            return None
        accepted = {context.context_id: context for context in self.assoc.accepted_contexts}
        syntax = str(cast("list[str]", accepted[message.context_id].transfer_syntax)[0])
        names = ("AffectedSOPClassUID", "AffectedSOPInstanceUID")
        sop_class, sop_uid = (str(message.command_set.get(name) or "") for name in names)
        return Arrival(sop_class, sop_uid, syntax, self._landings)

    def forget(self) -> None:
        """Discard what has not been looked at: the connection is gone."""
        pending = [getattr(self.message, "data_set", None)]
        with suppress(queue.Empty):
            while True:
                pending.append(getattr(self.msg_queue.get_nowait()[1], "DataSet", None))
        for half in pending:
            if isinstance(half, ArrivingDataSet):
                half.discard()
        self.message = None
