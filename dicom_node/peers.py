"""Who may associate: called title, then calling title and address, what the peer must show, then how many and how often (PS3.8 9.3.4)."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass, field, replace

from pynetdicom.association import Association

from dicom_node.identity import Identity, identified
from dicom_node.limits import Limits
from dicom_node.secure import Shown
from teleconsult.access import SYSTEM, Peer, identify, seen
from teleconsult.access.peers import at_address, refused
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
NOT_SHOWN = Rejection(1, 1, 1, "TLS or a certificate is missing")
NOT_IDENTIFIED = Rejection(1, 2, 1, "user identity refused")  # PS3.7 D.3.3.7.3


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as the A-ASSOCIATE-RQ and the connection say."""

    called: str
    calling: str
    address: str
    shown: Shown = field(default_factory=Shown)
    identity: Identity | None = None


class Admission:
    """The associations that this node has let in, and the decision about the next one. Threads share it."""

    def __init__(self, store: Store, ae_title: str, limits: Limits, log: PeerLog) -> None:
        self._store = store
        self._log = log
        self._ae_title = ae_title.strip()
        self._limits = limits
        self._lock = threading.Lock()
        self._admitted: dict[Association, Peer | None] = {}
        self._lately: dict[str, deque[float]] = {}

    def decide(self, association: Association, caller: Caller) -> Rejection | None:
        """None when the association is let in; `peer_of` knows its peer from then on.

        This node's own title from this machine is let in without being a peer: it is how the node checks its own line.
        """
        if caller.called.strip() != self._ae_title:
            return CALLED_UNKNOWN
        if caller.calling.strip() == self._ae_title and caller.address in ("127.0.0.1", "::1", "::ffff:127.0.0.1"):
            with self._lock:
                self._admitted[association] = None
            return None
        try:
            with self._store.read(SYSTEM) as work:
                peer = identify(work, caller.calling.strip(), caller.address)
        except Refused as refused:
            LOG.warning("no answer about %s: %s", caller.calling, refused)
            return CONGESTION
        if peer is None:
            return CALLING_UNKNOWN
        return self._unfit(peer, caller) or self._enter(association, peer, caller.address)

    def _unfit(self, peer: Peer, caller: Caller) -> Rejection | None:
        """What the peer must show and does not. The rate counts first: whoever guesses passcodes has few guesses."""
        rules = peer.line
        if self._is_too_often(peer):
            return self._refuse(
                peer, caller, LIMIT_EXCEEDED, "line.too_often", f"more than {rules.most_per_minute} a minute"
            )
        if rules.tls_required and not caller.shown.secure:
            return self._refuse(peer, caller, NOT_SHOWN, "line.in_the_clear", "it may call over TLS only")
        if caller.shown.secure and rules.fingerprint and caller.shown.fingerprint != rules.fingerprint:
            was = caller.shown.fingerprint
            why = "no certificate" if was is None else f"another certificate, SHA-256 {was[:16]}..."
            return self._refuse(peer, caller, NOT_SHOWN, "line.certificate", why)
        if not identified(rules, caller.identity):
            return self._refuse(peer, caller, NOT_IDENTIFIED, "line.identity", "user name or passcode")
        return None

    def _refuse(self, peer: Peer, caller: Caller, rejection: Rejection, code: str, why: str) -> Rejection:
        self._log.refused(peer, code, why, caller.address)
        return replace(rejection, why=f"{code}: {why}")

    def _is_too_often(self, peer: Peer) -> bool:
        most = peer.line.most_per_minute
        if most is None:
            return False
        with self._lock:
            now, lately = time.monotonic(), self._lately.setdefault(peer.id, deque())
            while lately and now - lately[0] >= self._limits.minute_seconds:
                lately.popleft()
            if len(lately) >= most:
                return True
            lately.append(now)
            return False

    def _enter(self, association: Association, peer: Peer, client: str) -> Rejection | None:
        with self._lock:
            others = [other for other in self._admitted.values() if other is not None]
            same = sum(other.id == peer.id for other in others)
            most = peer.line.most_associations or self._limits.associations_per_peer
            if len(others) < self._limits.associations and same < most:
                self._admitted[association] = peer
                return None
        if same >= most:
            self._log.failed(peer, f"line.too_many: {most} associations at once are its share")
        return LIMIT_EXCEEDED

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

    def called(self, peer: Peer, secure: bool | None = None) -> None:
        self._note(peer, None, secure)

    def refused(self, peer: Peer, code: str, why: str, client: str) -> None:
        """A call under its title was turned away: for its people, and for the auditor."""
        if not self._due(peer.id, f"refused {code}"):
            return
        try:
            with self._store.work(SYSTEM) as work:
                refused(work, peer, work.now, code, why, client)
        except Refused as fault:
            LOG.warning("no note about %s: %s", peer.ae_title, fault)

    def no_handshake(self, address: str, why: str) -> None:
        """No TLS came of a call from that address: for the people of the peers that may call over TLS from there."""
        try:
            with self._store.read(SYSTEM) as work:
                concerned = at_address(work, address)
        except Refused as fault:
            LOG.warning("no note about %s: %s", address, fault)
            return
        for peer in concerned:
            self.refused(peer, "line.handshake", why, address)

    def failed(self, peer: Peer, error: str) -> None:
        self._note(peer, error)

    def _note(self, peer: Peer, error: str | None, secure: bool | None = None) -> None:
        if not self._due(peer.id, f"called {secure}" if error is None else error.split(":")[0]):
            return
        try:
            with self._store.work(SYSTEM) as work:
                seen(work, peer.id, work.now, error, secure)
        except Refused as refused:  # a note that can't be taken must not cost an image
            LOG.warning("no note about %s: %s", peer.ae_title, refused)

    def _due(self, peer_id: str, kind: str) -> bool:
        with self._lock:
            last = self._written.get((peer_id, kind))
            if last is not None and time.monotonic() - last < self._every:
                return False
            self._written[peer_id, kind] = time.monotonic()
            return True
