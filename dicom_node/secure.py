"""DICOM over TLS (PS3.15 B.12, BCP 195): TLS 1.2 and 1.3 with forward secrecy, certificates of peers pinned, both as server and as client."""

from __future__ import annotations

import hashlib
import select
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dicom_node.places import hang_up
from teleconsult import tls_dicom
from teleconsult.access import SYSTEM
from teleconsult.access.peers import certificates
from teleconsult.kernel.errors import Refused
from teleconsult.settings import BadSetting
from teleconsult.tls import LOOK_SECONDS
from teleconsult.tls_dicom import dicom_pair, fault_of, plainly, words

if TYPE_CHECKING:
    from pynetdicom.association import Association

    from dicom_node.limits import Limits
    from teleconsult.access.destinations import Destination
    from teleconsult.records import Store
    from teleconsult.settings import Settings

__all__ = ["Entrance", "HandshakeRefused", "Shown", "calling", "fault_of", "shown"]


@dataclass(frozen=True, slots=True)
class Shown:
    """How somebody called: over TLS, and the SHA-256 of the certificate that they showed."""

    secure: bool = False
    fingerprint: str | None = None


def shown(association: Association) -> Shown:
    """How the peer of an association called."""
    line = association.dul.socket
    connection = None if line is None else line.socket
    if not isinstance(connection, ssl.SSLSocket):
        return Shown()
    leaf = connection.getpeercert(binary_form=True)
    return Shown(True, _sha256(leaf) if leaf else None)


class HandshakeRefused(Exception):
    """No TLS came of it; the message says why in a few words. `ours`: for a reason that no peer can do anything about."""

    def __init__(self, why: str, ours: bool = False) -> None:
        super().__init__(why)
        self.ours = ours


class Entrance:
    """The server's side. Threads share it; so many handshakes may be under way, the oldest goes when another one comes."""

    def __init__(self, settings: Settings, store: Store, limits: Limits) -> None:
        self._settings, self._store = settings, store
        self._seconds, self._most, self._fresh = limits.request_seconds, limits.handshakes, limits.known_seconds
        self._lock = threading.Lock()
        self._known: tuple[str, ...] = ()
        self._known_at: float | None = None
        self._under_way: dict[ssl.SSLSocket, None] = {}
        self._pair, self._looked_at = dicom_pair(settings), time.monotonic()
        self._made_of: tuple[object, ...] = ()
        self._context = self._present()

    def shake(self, connection: socket.socket) -> ssl.SSLSocket:
        """The connection as TLS, within the time for a request. HandshakeRefused; the connection is then closed."""
        deadline = time.monotonic() + self._seconds
        connection.settimeout(0)
        try:
            context = self._present()
        except (Refused, BadSetting, OSError, ValueError) as error:
            connection.close()
            raise HandshakeRefused(str(error), ours=True) from error
        try:
            line = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        except (OSError, ValueError) as error:
            connection.close()
            raise HandshakeRefused(words(error)) from error
        self._enter(line)
        try:
            _shaken(line, deadline)
        except (OSError, ValueError) as error:
            line.close()
            raise HandshakeRefused(words(error)) from error
        finally:
            with self._lock:
                self._under_way.pop(line, None)
        return line

    def _enter(self, line: ssl.SSLSocket) -> None:
        with self._lock:
            while len(self._under_way) >= self._most:
                oldest = next(iter(self._under_way))
                del self._under_way[oldest]
                hang_up(oldest)
            self._under_way[line] = None

    def under_way(self) -> int:
        return len(self._under_way)

    def _present(self) -> ssl.SSLContext:
        """With the certificate and the known peers of now, or of a moment ago: a change needs no restart.

        Nobody gets in by it who was turned out since: whose certificate it is, is asked for each association.
        """
        with self._lock:
            fresh = self._known_at is not None and time.monotonic() - self._known_at < self._fresh
            known = self._known
        if not fresh:
            with self._store.read(SYSTEM) as work:
                known = certificates(work)
        with self._lock:
            if not fresh:
                self._known, self._known_at = known, time.monotonic()
            if time.monotonic() - self._looked_at >= LOOK_SECONDS:
                self._pair, self._looked_at = dicom_pair(self._settings), time.monotonic()
            made_of = (*known, self._pair.pem)
            if made_of != self._made_of:
                self._context, self._made_of = self._made(known), made_of
            return self._context

    def _made(self, known: tuple[str, ...]) -> ssl.SSLContext:
        context = plainly(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
        context.num_tickets = 0  # nothing to read for a client before it has asked
        context.load_cert_chain(self._pair.certificate, self._pair.key)
        authorities = self._settings.dicom_tls_authorities
        if authorities is not None:
            context.load_verify_locations(authorities)
        # Our own is known, too: the node checks its own line with it.
        context.load_verify_locations(cadata="\n".join((*known, self._pair.pem)))
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        if self._settings.dicom_tls_mutual:
            context.verify_mode = ssl.CERT_REQUIRED
        elif known or authorities is not None:
            context.verify_mode = ssl.CERT_OPTIONAL
        return context


def calling(settings: Settings | None, to: Destination) -> ssl.SSLContext | None:
    """For one association to a peer that is called over TLS; None for one that is called in the clear."""
    return tls_dicom.calling(settings, to.certificate) if to.tls else None


def _shaken(line: ssl.SSLSocket, deadline: float) -> None:
    while True:
        try:
            line.do_handshake()
        except ssl.SSLWantReadError:
            _wait(line, select.POLLIN, deadline)
        except ssl.SSLWantWriteError:
            _wait(line, select.POLLOUT, deadline)
        else:
            line.settimeout(None)
            return


def _wait(line: ssl.SSLSocket, event: int, deadline: float) -> None:
    left = deadline - time.monotonic()
    waiting = select.poll()
    waiting.register(line.fileno(), event)
    if left <= 0 or not waiting.poll(left * 1000):
        raise TimeoutError("no handshake in time")


def _sha256(leaf: bytes) -> str:
    return hashlib.sha256(leaf).hexdigest()
