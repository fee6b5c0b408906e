"""The services beside storage, as a node binds them to its associations."""

from collections.abc import Callable
from typing import Any

from pynetdicom import evt

from dicom_node.peers import Admission, PeerLog
from dicom_node.query import Query
from teleconsult.system import System

Bound = tuple[Any, Callable[..., Any]]


def handlers(system: System, admission: Admission, log: PeerLog, settled: Callable[[str], None]) -> list[Bound]:
    """Event and what answers it. `settled(peer_id)` returns when what was acknowledged to the peer can be found."""
    query = Query(system, admission, log, settled)
    return [
        (evt.EVT_C_FIND, query.on_find),
    ]
