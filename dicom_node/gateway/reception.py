"""The gateway's DICOM side: C-ECHO, and C-STORE that is answered when the object lies safely on this machine's disk."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any, cast

from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom import AE, evt
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.events import Event
from pynetdicom.pdu_primitives import A_ASSOCIATE, SOPClassCommonExtendedNegotiation

from dicom_node import status, syntaxes
from dicom_node.arrival import Arrival, ArrivingDataSet
from dicom_node.gateway.config import Config, allowed
from dicom_node.gateway.landing import LandingDimse, Landings
from dicom_node.gateway.shelf import Shelf
from dicom_node.gateway.studies import Studies
from teleconsult.imaging.header import Header, read_header
from teleconsult.kernel.errors import Refused, invalid

LOG = logging.getLogger(__name__)


class Reception:
    """A listening DICOM port. `start` returns once it is bound; OSError when it is taken."""

    def __init__(self, config: Config, shelf: Shelf, studies: Studies) -> None:
        self._config, self._shelf, self._studies = config, shelf, studies
        self._landings = Landings(shelf.incoming, shelf.free_bytes)
        self._server: Any = None
        self._lock = threading.Lock()
        self.last_refused = ""
        """Who was last turned away, and why: a wrong title is what goes wrong most when a modality is set up."""
        self.full = False

    @property
    def address(self) -> tuple[str, int]:
        host, port = self._server.server_address[:2]
        return str(host), int(port)

    def start(self) -> None:
        ae = AE(ae_title=self._config.ae_title)
        ae.maximum_pdu_size, ae.maximum_associations = 131072, 32
        ae.acse_timeout, ae.dimse_timeout, ae.network_timeout = 15, 60, 120
        ae.add_supported_context(syntaxes.VERIFICATION)
        handlers: list[Any] = [
            (evt.EVT_REQUESTED, self._on_request), (evt.EVT_SOP_COMMON, _as_storage),
            (evt.EVT_C_STORE, self._on_store), (evt.EVT_C_ECHO, lambda _event: status.SUCCESS),
        ]  # fmt: skip
        self._server = ae.start_server(
            (self._config.dicom_host, self._config.dicom_port), block=False, evt_handlers=handlers
        )

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()

    def _on_request(self, event: Event) -> None:
        association = event.assoc
        request = cast(A_ASSOCIATE, association.requestor.primitive)
        called, calling = str(request.called_ae_title).strip(), str(request.calling_ae_title).strip()
        address = association.requestor.address
        reason = 0
        if not allowed(self._config, address):
            reason = 3
        elif called not in (self._config.ae_title, self._config.stat_title):
            reason = 7
        if reason:
            self.last_refused = f"{calling} ({address}) → {called}"
            LOG.warning("turned away: %s", self.last_refused)
            association.acse.send_reject(1, 1, reason)
            association.kill()
            return
        proposed = request.presentation_context_definition_list
        association.acceptor.supported_contexts = syntaxes.supported(proposed)
        association.dimse = dimse = LandingDimse(association, self._landings)
        association.bind(evt.EVT_CONN_CLOSE, lambda _event: dimse.forget())

    def _on_store(self, event: Event) -> int | Dataset:
        arriving = cast(C_STORE, event.request).DataSet
        arrival = arriving.arrival if isinstance(arriving, ArrivingDataSet) else None
        try:
            return self._answered(event, arrival)
        finally:
            if arrival is not None:
                arrival.discard()

    def _answered(self, event: Event, arrival: Arrival | None) -> int | Dataset:
        if self._shelf.free_bytes() <= 0:
            self.full = True
            return status.response(status.OUT_OF_RESOURCES, "the gateway's disk is full")
        try:
            header, draft = _looked_at(arrival)
            called = str(cast(A_ASSOCIATE, event.assoc.requestor.primitive).called_ae_title).strip()
            priority = "STAT" if called == self._config.stat_title else header.priority
            digest = self._shelf.keep(draft, header.study_uid, priority)
            self.full = False
        except Refused as refused:
            LOG.warning("%s not kept: %s", _named(arrival), refused)
            return status.response(status.store_status(refused), refused.code)
        except OSError as error:
            self.full = True
            LOG.error("%s not kept: %s", _named(arrival), error)
            return status.response(status.OUT_OF_RESOURCES, "the gateway's disk does not take it")
        self._studies.arrived(header, event.assoc.requestor.ae_title, digest)
        return status.SUCCESS


def _named(arrival: Arrival | None) -> str:
    return "an object" if arrival is None else arrival.sop_uid


def _looked_at(arrival: Arrival | None) -> tuple[Header, Path]:
    """What the object is, and its file. Refused as the centre would: what it could not read is not acknowledged here either. OSError as the disk's."""
    if arrival is None:
        raise invalid("object.unreadable", "a C-STORE without a data set")
    draft = arrival.draft
    if arrival.failure is not None or draft is None:
        raise arrival.failure or OSError("no file")
    header = read_header(draft.path, arrival.transfer_syntax, draft.offset)
    for said, is_ in ((arrival.sop_class, header.sop_class), (arrival.sop_uid, header.sop_uid)):
        if said and said != is_:
            raise _mismatch(said, is_)
    return header, draft.path


def _mismatch(said: str, is_: str) -> Refused:
    return invalid("object.class_mismatch", f"announced as {said}, is {is_}", announced=said, found=is_)


def _as_storage(event: Event) -> dict[str, SOPClassCommonExtendedNegotiation]:
    """Classes that pynetdicom does not know belong to the storage service, too (PS3.7 D.3.3.6)."""
    named = {}
    for sop_class in (str(context.abstract_syntax) for context in event.assoc.acceptor.supported_contexts):
        if sop_class != syntaxes.VERIFICATION:
            item = SOPClassCommonExtendedNegotiation()
            item.sop_class_uid, item.service_class_uid = UID(sop_class), UID(syntaxes.STORAGE_SERVICE)
            named[sop_class] = item
    return named
