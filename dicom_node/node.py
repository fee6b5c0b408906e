"""The Storage and Verification SCP. One thread per association; everything it decides is decided in `imaging.ingest`."""

import logging
import sys
import threading
import time
from dataclasses import replace
from typing import cast

from pydicom.uid import UID
from pynetdicom import AE, _config, evt
from pynetdicom.association import Association
from pynetdicom.events import Event
from pynetdicom.pdu_primitives import A_ASSOCIATE, SOPClassCommonExtendedNegotiation

from dicom_node import identity, services, status, syntaxes
from dicom_node.answering import Answering
from dicom_node.backlog import Backlog
from dicom_node.drafts import Drafts
from dicom_node.identity import identity_of
from dicom_node.limits import Limits, limits_for
from dicom_node.peers import CONGESTION, Admission, Caller, PeerLog, Rejection
from dicom_node.receive import Server
from dicom_node.secure import Entrance, shown
from dicom_node.staging import IMPLEMENTATION_UID, IMPLEMENTATION_VERSION, Room
from dicom_node.store import Storing
from teleconsult.imaging.cut_off import STOPPED, Cut
from teleconsult.imaging.receipts import received
from teleconsult.system import System

LOG = logging.getLogger(__name__)
_TIDY_EVERY = 2.0
# What is asked and answered names patients: it does not belong into a log, for which each answer would be spelt out.
_config.LOG_REQUEST_IDENTIFIERS = _config.LOG_RESPONSE_IDENTIFIERS = False


class Node:
    """A listening DICOM node. `start` returns once the port is bound; `stop` within `limits.stop_seconds` plus one second."""

    def __init__(self, system: System, limits: Limits | None = None) -> None:
        self._system = system
        self._limits = limits or limits_for(system.settings.most_associations)
        self._log = PeerLog(system.store)
        self._admission = Admission(system.store, system.settings.ae_title, self._limits, self._log)
        self._drafts = Drafts(system.blobs.staging(), Room(system.blobs.free_bytes), system.blobs.settle)
        self._backlog = Backlog(system, self._drafts, self._limits.index_apart, self._log)
        most = self._limits.most_waiting
        answering = Answering(self._admission, self._log)
        self._storing = Storing(system, answering, self._drafts, self._backlog, most)
        self._services = services.Services(system, answering, self._log, self.settled)
        self._server: Server | None = None
        self._secure: Server | None = None
        self._stopping = threading.Event()

    @property
    def address(self) -> tuple[str, int]:
        """Host and port as bound; a port 0 in the settings became a real one."""
        if self._server is None:
            raise RuntimeError("the node is not started")
        return str(self._server.server_address[0]), int(self._server.server_address[1])

    @property
    def secure_address(self) -> tuple[str, int]:
        """Host and port for TLS."""
        if self._secure is None:
            raise RuntimeError("the node is not started, or has no port for TLS")
        return str(self._secure.server_address[0]), int(self._secure.server_address[1])

    def start(self) -> None:
        """Bind and listen. OSError when a port is taken, BadSetting when the certificate can't be used. What a killed node had acknowledged
        is indexed meanwhile."""
        settings = self._system.settings
        if settings.dicom_tls_port:
            entrance = Entrance(settings, self._system.store, self._limits)
            self._secure = self._listening(settings.dicom_tls_port, entrance)
        try:
            self._server = self._listening(settings.dicom_port)
        except OSError:
            if self._secure is not None:
                self._secure.server_close()
            raise
        self._drafts.__enter__()
        self._backlog.start()
        self._take_over()
        for server in self._servers():
            threading.Thread(target=server.serve_forever, args=(0.2,), name="dicom-accept", daemon=True).start()
        threading.Thread(target=self._tidy_for_ever, name="dicom-tidy", daemon=True).start()

    def _servers(self) -> list[Server]:
        return [server for server in (self._server, self._secure) if server is not None]

    def _listening(self, port: int, entrance: Entrance | None = None) -> Server:
        settings = self._system.settings
        ae = AE(ae_title=settings.ae_title)
        ae.maximum_pdu_size = self._limits.max_pdu
        ae.implementation_class_uid = IMPLEMENTATION_UID
        ae.implementation_version_name = IMPLEMENTATION_VERSION
        ae.acse_timeout, ae.dimse_timeout = self._limits.request_seconds, self._limits.pdu_seconds
        ae.network_timeout = self._limits.idle_seconds
        ae.maximum_associations = sys.maxsize  # Places and Admission count, and know who is on the way out
        handlers = [
            (evt.EVT_REQUESTED, self._on_request),
            (evt.EVT_SOP_COMMON, _as_storage),
            (evt.EVT_C_STORE, self._storing.on_store),
            (evt.EVT_C_ECHO, self._on_echo),
            *self._services.bound(),
        ]
        ae.add_supported_context(syntaxes.VERIFICATION)
        return Server(
            ae,
            (settings.dicom_host, port),
            settings.ae_title,
            ae.supported_contexts,
            evt_handlers=handlers,
            limits=self._limits,
            storing=self._storing,
            on_end=self._on_end,
            entrance=entrance,
            no_handshake=self._log.no_handshake,
        )

    def settled(self, peer_id: str, seconds: float = 2.0) -> bool:
        """Return when everything acknowledged to the peer so far is in the index, or the time is over; whether it is."""
        return self._backlog.settled(peer_id, seconds)

    def stop(self) -> None:
        """Accept nothing new, let objects under way be answered, abort what is left. Repeats safely."""
        if self._server is None or self._stopping.is_set():
            return
        self._stopping.set()
        for server in self._servers():
            server.shutdown()
        deadline = time.monotonic() + self._limits.stop_seconds
        while self._storing.under_way() and time.monotonic() < deadline:
            time.sleep(0.01)
        left = self._admission.inside()
        for association in left:
            association.abort(block=False)
        for association in left:
            association.join(timeout=max(0.05, deadline + 0.5 - time.monotonic()))
        self._backlog.stop(max(0.3, deadline + 0.5 - time.monotonic()))
        self._drafts.__exit__(None, None, None)
        self._services.close()

    def _on_request(self, event: Event) -> None:
        association = event.assoc
        try:
            rejection = self._decide(association)
        except Exception:  # the shell's boundary: what went wrong here must never let anybody in
            LOG.exception("an association request could not be judged")
            rejection = CONGESTION
        if rejection is not None:
            association.acse.send_reject(rejection.result, rejection.source, rejection.reason)
            evt.trigger(association, evt.EVT_REJECTED, {})
            association.kill()

    def _decide(self, association: Association) -> Rejection | None:
        request = cast(A_ASSOCIATE, association.requestor.primitive)
        caller = Caller(
            str(request.called_ae_title), str(request.calling_ae_title), association.requestor.address,
            shown(association), identity_of(association),
        )  # fmt: skip
        rejection = CONGESTION if self._stopping.is_set() else self._admission.decide(association, caller)
        if rejection is not None:
            LOG.info("rejected %s at %s calling %s: %s", caller.calling, caller.address, caller.called, rejection.why)
            return rejection
        peer = self._admission.peer_of(association)
        if peer is not None:
            self._log.called(peer, caller.shown.secure)
            if peer.line.identity_name is not None:
                identity.answer(association)
        contexts = syntaxes.supported(request.presentation_context_definition_list)
        if peer is None:  # the node itself may echo, nothing else
            contexts = [context for context in contexts if context.abstract_syntax == syntaxes.VERIFICATION]
        association.acceptor.supported_contexts = contexts
        return None

    def _on_echo(self, event: Event) -> int:
        peer = self._admission.peer_of(event.assoc)
        if peer is not None:
            self._log.called(peer)
        return status.SUCCESS

    def _on_end(self, association: Association, broken: bool, cuts: list[Cut]) -> None:
        peer = self._admission.peer_of(association)
        self._admission.leave(association)
        if peer is None:
            return
        if broken:
            self._log.failed(peer, "association.broken: it ended in the middle of an object")
        for cut in cuts:
            self._storing.cut_off(peer, replace(cut, cause=STOPPED) if self._stopping.is_set() else cut)

    def _take_over(self) -> None:
        """What nodes that have died acknowledged and did not index; what they had half received goes."""
        for file in self._drafts.take_over():
            found = received(file)
            if found is not None:
                self._backlog.add_found(file, found.receipt.peer_id)

    def _tidy_for_ever(self) -> None:
        while not self._stopping.wait(_TIDY_EVERY):
            self._take_over()
            self._backlog.try_again()


def _as_storage(event: Event) -> dict[str, SOPClassCommonExtendedNegotiation]:
    """Tell pynetdicom that the classes it does not know belong to the storage service (PS3.7 D.3.3.6)."""
    named = {}
    for sop_class in (str(context.abstract_syntax) for context in event.assoc.acceptor.supported_contexts):
        service = services.service_of(sop_class)
        if service is not None:
            item = SOPClassCommonExtendedNegotiation()
            item.sop_class_uid, item.service_class_uid = UID(sop_class), UID(service)
            named[sop_class] = item
    return named
