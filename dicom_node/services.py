"""The services beside storage, as a node binds them to its associations."""

from collections.abc import Callable
from typing import Any

from pynetdicom import evt

from dicom_node import syntaxes
from dicom_node.peers import Admission, PeerLog
from dicom_node.query import Query
from dicom_node.retrieve import RETRIEVAL_SERVICE, Retrieval
from teleconsult.system import System

Bound = tuple[Any, Callable[..., Any]]


class Services:
    """Queries and retrievals of one node. `settled(peer_id)` returns when what was acknowledged to the peer can be found."""

    def __init__(self, system: System, admission: Admission, log: PeerLog, settled: Callable[[str], None]) -> None:
        self._query = Query(system, admission, log, settled)
        self._retrieval = Retrieval(system, admission, log, settled)

    def bound(self) -> list[Bound]:
        """Event and what answers it."""
        return [
            (evt.EVT_C_FIND, self._query.on_find),
            (evt.EVT_C_MOVE, self._retrieval.on_move),
            (evt.EVT_C_GET, self._retrieval.on_get),
        ]

    def close(self) -> None:
        """End what the services keep running beside the node. Repeats safely."""
        self._retrieval.departure.close()


def service_of(sop_class: str) -> str | None:
    """The service that pynetdicom is to take the class for; None where it knows by itself."""
    if sop_class in syntaxes.RETRIEVALS:
        return RETRIEVAL_SERVICE
    return None if sop_class in syntaxes.SERVICES else syntaxes.STORAGE_SERVICE
