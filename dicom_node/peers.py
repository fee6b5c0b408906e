"""Who may associate: called title, then calling title and address, then how many at once (PS3.8 9.3.4)."""

import logging
import threading
import time
from dataclasses import dataclass

from pynetdicom.association import Association

from dicom_node.limits import Limits
from teleconsult.access import SYSTEM, Peer, identify, seen
from teleconsult.kernel.errors import Refused
from teleconsult.records import Store

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rejection:
    """Result, source and reason of an A-ASSOCIATE-RJ (PS3.8 table 9-21)."""

    result: int
    source: int
    reason: int
    why: str


CALLED_UNKNOWN = Rejection(1, 1, 7, "called AE title not recognised")
CALLING_UNKNOWN = Rejection(1, 1, 3, "calling AE title not recognised")
LIMIT_EXCEEDED = Rejection(2, 3, 2, "local limit exceeded")
CONGESTION = Rejection(2, 3, 1, "temporary congestion")


class Admission:
    """The associations that this node has let in, and the decision about the next one. Threads share it."""

    def __init__(self, store: Store, ae_title: str, limits: Limits) -> None:
        self._store = store
        self._ae_title = ae_title.strip()
        self._limits = limits
        self._lock = threading.Lock()
        self._admitted: dict[Association, Peer | None] = {}

    def decide(self, association: Association, called: str, calling: str, address: str) -> Rejection | None:
        """None when the association is let in; `peer_of` knows its peer from then on.

        This node's own title from this machine is let in without being a peer: it is how the node checks its own line.
        """
        if called.strip() != self._ae_title:
            return CALLED_UNKNOWN
        itself = calling.strip() == self._ae_title and address in ("127.0.0.1", "::1")
        peer = None
        if not itself:
            try:
                with self._store.read(SYSTEM) as work:
                    peer = identify(work, calling.strip(), address)
            except Refused as refused:
                LOG.warning("no answer about %s: %s", calling, refused)
                return CONGESTION
            if peer is None:
                return CALLING_UNKNOWN
        return self._enter(association, peer)

    def _enter(self, association: Association, peer: Peer | None) -> Rejection | None:
        with self._lock:
            same = sum(
                1 for other in self._admitted.values() if other is not None and peer is not None and other.id == peer.id
            )
            if len(self._admitted) >= self._limits.associations or same >= self._limits.associations_per_peer:
                return LIMIT_EXCEEDED
            self._admitted[association] = peer
            return None

    def leave(self, association: Association) -> None:
        with self._lock:
            self._admitted.pop(association, None)

    def peer_of(self, association: Association) -> Peer | None:
        with self._lock:
            return self._admitted.get(association)

    def inside(self) -> list[Association]:
        with self._lock:
            return list(self._admitted)


class PeerLog:
    """When a peer last called and what last went wrong, for the people who look after the lines.

    Written at most once in `every` seconds for each peer and kind: a modality sends ten images a second.
    """

    def __init__(self, store: Store, every: float = 30.0) -> None:
        self._store = store
        self._every = every
        self._lock = threading.Lock()
        self._written: dict[tuple[str, str], float] = {}

    def called(self, peer: Peer) -> None:
        self._note(peer, None)

    def failed(self, peer: Peer, error: str) -> None:
        self._note(peer, error)

    def _note(self, peer: Peer, error: str | None) -> None:
        if not self._due(peer.id, "" if error is None else error.split(":")[0]):
            return
        try:
            with self._store.work(SYSTEM) as work:
                seen(work, peer.id, work.now, error)
        except Refused as refused:  # a note that can't be taken must not cost an image
            LOG.warning("no note about %s: %s", peer.ae_title, refused)

    def _due(self, peer_id: str, kind: str) -> bool:
        with self._lock:
            last = self._written.get((peer_id, kind))
            if last is not None and time.monotonic() - last < self._every:
                return False
            self._written[peer_id, kind] = time.monotonic()
            return True
