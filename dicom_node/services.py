"""The services beside storage, as a node binds them to its associations."""

from collections.abc import Callable, Iterator
from typing import Any

from pynetdicom import evt
from pynetdicom.events import Event

from dicom_node import syntaxes
from dicom_node.answering import Answering
from dicom_node.commitment import Commitments
from dicom_node.matches import Answer
from dicom_node.peers import PeerLog
from dicom_node.query import Query
from dicom_node.retrieve import RETRIEVAL_SERVICE, Retrieval
from dicom_node.steps import Steps
from dicom_node.worklist import Worklist
from teleconsult.system import System

Bound = tuple[Any, Callable[..., Any]]


class Services:
    """Queries, retrievals and commitments of one node. `settled(peer_id, seconds)` waits until what was acknowledged to the peer can be found."""

    def __init__(
        self, system: System, answering: Answering, log: PeerLog, settled: Callable[[str, float], bool]
    ) -> None:
        def found(peer_id: str) -> None:
            settled(peer_id, 2.0)

        self._commitments = Commitments(system, answering, log, settled)
        self._query = Query(system, answering, found)
        self._worklist = Worklist(system, answering)
        self._steps = Steps(system, answering)
        self._retrieval = Retrieval(system, answering, log, found)

    def bound(self) -> list[Bound]:
        """Event and what answers it."""
        return [
            (evt.EVT_C_FIND, self._on_find),
            (evt.EVT_C_MOVE, self._retrieval.on_move),
            (evt.EVT_C_GET, self._retrieval.on_get),
            (evt.EVT_N_ACTION, self._commitments.on_action),
            (evt.EVT_N_CREATE, self._steps.on_create),
            (evt.EVT_N_SET, self._steps.on_set),
        ]

    def _on_find(self, event: Event) -> Iterator[Answer]:
        """Worklist or archive, by the class that was asked (PS3.4 K.4.1, C.4.1)."""
        to_be_made = event.request.AffectedSOPClassUID == syntaxes.WORKLIST
        return self._worklist.on_find(event) if to_be_made else self._query.on_find(event)

    def close(self) -> None:
        """End what the services keep running beside the node. Repeats safely."""
        self._retrieval.departure.close()


def service_of(sop_class: str) -> str | None:
    """The service that pynetdicom is to take the class for; None where it knows by itself."""
    if sop_class in syntaxes.RETRIEVALS:
        return RETRIEVAL_SERVICE
    return None if sop_class in syntaxes.SERVICES else syntaxes.STORAGE_SERVICE
